package sluice.consumer.dispatch;

import java.util.UUID;
import sluice.consumer.queue.DeliveryId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/** What a queue group refuses, each with its code and what to do. */
public final class QueueRefusals {

    private QueueRefusals() {}

    static SluiceException unknownSession(UUID session) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-session",
                "there is no such session, or it ended: session="
                        + session
                        + "; its messages went back, open a new one");
    }

    static SluiceException fenced(UUID session) {
        return new SluiceException(
                Kind.CONFLICT,
                "session-fenced",
                "a newer connection has taken this session: session="
                        + session
                        + "; stop, and open a new session if this was not meant");
    }

    static SluiceException moved(UUID session) {
        return new SluiceException(
                Kind.CONFLICT,
                "session-moved",
                "another gateway coordinates the group now, and cannot tell which answers arrived: session="
                        + session
                        + "; resume the session with the deliveries that it holds");
    }

    static SluiceException sessionNeeded() {
        return new SluiceException(
                Kind.INVALID,
                "session-needed",
                "the group has one active consumer, which a call without session cannot be; open a session");
    }

    static SluiceException tooManySessions(int max) {
        return new SluiceException(
                Kind.OVERLOADED,
                "too-many-sessions",
                "a group has at most so many sessions: max="
                        + max
                        + "; wait until one ends, or take more messages with one");
    }

    static SluiceException tooManyCalls(int max) {
        return new SluiceException(
                Kind.OVERLOADED,
                "too-many-receives",
                "so many calls without session wait for messages of the group: max="
                        + max
                        + "; retry after a pause, or open sessions");
    }

    static SluiceException unknownAnswer(UUID session, long received, long last) {
        return new SluiceException(
                Kind.INVALID,
                "unknown-answer",
                "the session was never given that answer: session=%s received=%d last=%d; send the number of the last answer that arrived"
                        .formatted(session, received, last));
    }

    public static SluiceException unknownDelivery(DeliveryId delivery) {
        return new SluiceException(
                Kind.NOT_FOUND,
                "unknown-delivery",
                "no delivery of this group: delivery=" + delivery.toText());
    }

    static SluiceException badNumber(String name, long value, String expected) {
        return new SluiceException(
                Kind.INVALID,
                "bad-queue-request",
                "%s=%d expected=%s".formatted(name, value, expected));
    }
}
