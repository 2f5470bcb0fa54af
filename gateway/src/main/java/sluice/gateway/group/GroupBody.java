package sluice.gateway.group;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import sluice.consumer.group.GroupRequest;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/**
 * What a PUT of a group says:
 *
 * <pre>
 *   {"type": "stream", "topics": ["orders", "audit-*"],            both needed
 *    "start": "earliest" | "latest" | {"timestamp": ms} | {"offset": n},
 *    "delivery": "at-least-once" | "at-most-once",
 *    "sessionTimeout": "8s", "revocationTimeout": "30s", "allowMissing": false}
 * </pre>
 *
 * <p>With type queue, see {@link QueueBody}.
 */
final class GroupBody {

    private GroupBody() {}

    /**
     * @param group its name
     */
    static GroupRequest.Put parse(String group, JsonFields body) {
        GroupConfig.Type type = type(body);
        List<String> topics =
                body.texts("topics")
                        .filter(names -> !names.isEmpty())
                        .orElseThrow(
                                () -> body.bad("topics", "expected names or patterns of topics"));
        GroupConfig config =
                switch (type) {
                    case STREAM -> stream(body, topics);
                    case QUEUE -> QueueBody.parse(body, group, topics);
                };
        boolean allowMissing = body.flag("allowMissing", false);
        body.end();
        return new GroupRequest.Put(config, allowMissing);
    }

    private static StreamConfig stream(JsonFields body, List<String> topics) {
        return new StreamConfig(
                topics,
                start(body),
                delivery(body),
                span(body, "sessionTimeout", GroupConfig.SESSION_TIMEOUT),
                span(body, "revocationTimeout", StreamConfig.REVOCATION_TIMEOUT));
    }

    private static GroupConfig.Type type(JsonFields body) {
        String text = body.textNeeded("type");
        for (GroupConfig.Type type : GroupConfig.Type.values()) {
            if (word(type).equals(text)) {
                return type;
            }
        }
        throw body.bad("type", "expected stream or queue");
    }

    static GroupConfig.Start start(JsonFields body) {
        Optional<JsonFields> object = body.objectIfOne("start");
        if (object.isPresent()) {
            Optional<Long> offset = object.get().number("offset", 0, Long.MAX_VALUE);
            GroupConfig.Start at =
                    offset.isPresent()
                            ? new GroupConfig.Start.Offset(offset.get())
                            : new GroupConfig.Start.Timestamp(
                                    object.get().numberNeeded("timestamp", 0, Long.MAX_VALUE));
            object.get().end();
            return at;
        }
        return switch (body.text("start").orElse("earliest")) {
            case "earliest" -> new GroupConfig.Start.Earliest();
            case "latest" -> new GroupConfig.Start.Latest();
            default ->
                    throw body.bad(
                            "start",
                            "expected earliest, latest, {\"timestamp\": ms} or {\"offset\": n}");
        };
    }

    private static GroupConfig.Delivery delivery(JsonFields body) {
        String text = body.text("delivery").orElse("at-least-once");
        for (GroupConfig.Delivery delivery : GroupConfig.Delivery.values()) {
            if (word(delivery).equals(text)) {
                return delivery;
            }
        }
        throw body.bad("delivery", "expected at-least-once or at-most-once");
    }

    static Duration span(JsonFields body, String name, Duration otherwise) {
        return body.text(name).map(text -> Spans.parse(body, name, text)).orElse(otherwise);
    }

    /** As the API writes it: in lower case, its words joined by hyphens. */
    static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
