package sluice.gateway.group;

import java.time.Duration;
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
 *    "onReject": "dead-letter" | "drop", "activeConsumer": "all" | "single"}
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
                false);
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
