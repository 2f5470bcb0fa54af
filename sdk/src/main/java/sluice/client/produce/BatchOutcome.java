package sluice.client.produce;

import java.time.Duration;
import sluice.client.error.Problem;

/** What became of one batch in one request. */
sealed interface BatchOutcome {

    /**
     * It is in the log.
     *
     * @param baseOffset of its first record; {@link RecordMetadata#NO_OFFSET} if that is not told
     */
    record Appended(long baseOffset, boolean isDuplicate) implements BatchOutcome {}

    /** It is not in the log, and the same batch would be refused again. */
    record Refused(Problem problem) implements BatchOutcome {}

    /** It is not in the log: the owner misses a batch before it in the sequence. */
    record OutOfOrder(Problem problem) implements BatchOutcome {}

    /**
     * To be sent again.
     *
     * @param retryAfter the least wait that the gateway asked for
     * @param mayBeAppended true if it may be in the log all the same
     */
    record Again(String reason, Duration retryAfter, boolean mayBeAppended)
            implements BatchOutcome {}
}
