package sluice.client.queue;

import java.time.Duration;
import java.util.Optional;

/** What is to become of a message. */
sealed interface Outcome {

    record Acknowledge() implements Outcome {}

    /**
     * @param delay empty: as the group's settings say
     */
    record Release(Optional<Duration> delay, String reason) implements Outcome {}

    record Reject(String reason) implements Outcome {}

    /** It was never begun: it goes back at once, as if it had not been delivered. */
    record Return() implements Outcome {}

    record Extend(Duration visibility) implements Outcome {}

    /** For people; empty if there is none. */
    default String reason() {
        return "";
    }

    /** True if the message is this consumer's no more afterwards. */
    default boolean isEnd() {
        return !(this instanceof Extend);
    }
}
