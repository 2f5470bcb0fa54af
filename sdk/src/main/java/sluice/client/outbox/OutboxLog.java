package sluice.client.outbox;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/** What the relay needs of the log. */
interface OutboxLog {

    /**
     * @return an id that no other producer has
     * @throws RuntimeException if none was given; asking again is safe
     */
    long newProducerId();

    /**
     * How many partitions the topic has, at least: partitions are never removed.
     *
     * @throws UnknownTopic if there is no such topic
     * @throws RuntimeException if it is not known now
     */
    int partitionCount(String topic) throws UnknownTopic;

    /**
     * Appends the batch with {@code acks=all} under its own producer id, epoch and sequence. One
     * attempt: it is repeated by whoever finds the batch in the table.
     *
     * @param rows those of the batch, in its order
     * @return completes with what became of it, never exceptionally, and in bounded time
     */
    CompletableFuture<Sent> append(FixedBatch batch, List<OutboxRow> rows);

    /** Lets nobody wait any more: attempts under way end as {@link Sent.Again}, questions fail. */
    default void stop() {}

    /** There is no such topic. */
    final class UnknownTopic extends Exception {
        private static final long serialVersionUID = 1;

        UnknownTopic(String topic) {
            super("there is no such topic: topic=" + topic + "; create it, then retry its rows");
        }
    }
}
