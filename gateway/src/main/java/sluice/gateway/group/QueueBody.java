package sluice.gateway.group;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.QueueConfig.Backoff;
import sluice.metadata.QueueConfig.Backoff.Growth;

/**
 * What a PUT of a queue group says beside type and topics:
 *
 * <pre>
 *   {"start": "earliest" | "latest" | {"timestamp": ms} | {"offset": n},
 *    "sessionTimeout": "8s", "reconnectGrace": "20s", "prefetch": 1, "maxInFlight": 20000,
 *    "deliveryLimit": 20,                                           0 for none
 *    "backoff": {"type": "exponential" | "fixed", "delay": "1s", "maxDelay": "5m", "jitter": 20},
 *    "deadLetterTopic": "name" | null,                              else ‹group›.dead-letters
 *    "onReject": "dead-letter" | "drop", "activeConsumer": "all" | "single",
 *    "order": "none" | "key", "priority": false, "onExpiry": "drop" | "dead-letter",
 *    "tenants": {"header": "tenant", "maxInFlight": 0, "weights": {"name": 1}} | null}
 * </pre>
 */
final class QueueBody {

    private static final String DEAD_LETTERS = ".dead-letters";

    private QueueBody() {}

    static QueueConfig parse(JsonFields body, String group, List<String> topics) {
        return new QueueConfig(
                topics,
                GroupBody.start(body),
                GroupBody.span(body, "sessionTimeout", GroupConfig.SESSION_TIMEOUT),
                GroupBody.span(body, "reconnectGrace", QueueConfig.RECONNECT_GRACE),
                whole(body, "prefetch", QueueConfig.PREFETCH),
                whole(body, "maxInFlight", QueueConfig.IN_FLIGHT_MAX),
                whole(body, "deliveryLimit", QueueConfig.DELIVERY_LIMIT),
                backoff(body),
                deadLetters(body, group),
                onReject(body),
                activeConsumer(body),
                false,
                choice(body));
    }

    private static QueueConfig.Choice choice(JsonFields body) {
        boolean isByKey =
                switch (body.text("order").orElse("none")) {
                    case "none" -> false;
                    case "key" -> true;
                    default -> throw body.bad("order", "expected none or key");
                };
        QueueConfig.OnExpiry onExpiry =
                switch (body.text("onExpiry").orElse("drop")) {
                    case "drop" -> QueueConfig.OnExpiry.DROP;
                    case "dead-letter" -> QueueConfig.OnExpiry.DEAD_LETTER;
                    default -> throw body.bad("onExpiry", "expected drop or dead-letter");
                };
        return new QueueConfig.Choice(
                isByKey, body.flag("priority", false), onExpiry, tenants(body));
    }

    private static Optional<QueueConfig.Tenants> tenants(JsonFields body) {
        if (!body.has("tenants")) {
            return Optional.empty();
        }
        JsonFields fields =
                body.objectIfOne("tenants")
                        .orElseThrow(() -> body.bad("tenants", "expected an object"));
        var weights = new HashMap<String, Integer>();
        if (fields.has("weights")) {
            JsonFields each =
                    fields.objectIfOne("weights")
                            .orElseThrow(() -> fields.bad("weights", "expected an object"));
            for (String tenant : each.names()) {
                weights.put(tenant, whole(each, tenant, 1));
            }
        }
        var tenants =
                new QueueConfig.Tenants(
                        fields.text("header").orElse(QueueConfig.Tenants.HEADER),
                        whole(fields, "maxInFlight", 0),
                        weights);
        fields.end();
        return Optional.of(tenants);
    }

    /** What is out of range is refused by the coordinator, with the range. */
    private static int whole(JsonFields body, String name, int otherwise) {
        return body.number(name, Integer.MIN_VALUE, Integer.MAX_VALUE)
                .map(Long::intValue)
                .orElse(otherwise);
    }

    private static Backoff backoff(JsonFields body) {
        if (!body.has("backoff")) {
            return Backoff.USUAL;
        }
        JsonFields fields =
                body.objectIfOne("backoff")
                        .orElseThrow(() -> body.bad("backoff", "expected an object"));
        Growth growth =
                switch (fields.text("type").orElse("exponential")) {
                    case "exponential" -> Growth.EXPONENTIAL;
                    case "fixed" -> Growth.FIXED;
                    default -> throw fields.bad("type", "expected exponential or fixed");
                };
        Duration delay = GroupBody.span(fields, "delay", Backoff.USUAL.delay());
        Duration delayMax =
                switch (growth) {
                    case FIXED -> delay;
                    case EXPONENTIAL -> {
                        Duration usual = Backoff.USUAL.delayMax();
                        yield GroupBody.span(
                                fields, "maxDelay", delay.compareTo(usual) > 0 ? delay : usual);
                    }
                };
        int jitter = whole(fields, "jitter", Backoff.USUAL.jitterPercent());
        fields.end();
        return new Backoff(growth, delay, delayMax, jitter);
    }

    private static Optional<String> deadLetters(JsonFields body, String group) {
        return body.isNull("deadLetterTopic")
                ? Optional.empty()
                : Optional.of(body.text("deadLetterTopic").orElse(group + DEAD_LETTERS));
    }

    private static QueueConfig.OnReject onReject(JsonFields body) {
        return switch (body.text("onReject").orElse("dead-letter")) {
            case "dead-letter" -> QueueConfig.OnReject.DEAD_LETTER;
            case "drop" -> QueueConfig.OnReject.DROP;
            default -> throw body.bad("onReject", "expected dead-letter or drop");
        };
    }

    private static QueueConfig.ActiveConsumer activeConsumer(JsonFields body) {
        return switch (body.text("activeConsumer").orElse("all")) {
            case "all" -> QueueConfig.ActiveConsumer.ALL;
            case "single" -> QueueConfig.ActiveConsumer.SINGLE;
            default -> throw body.bad("activeConsumer", "expected all or single");
        };
    }
}
