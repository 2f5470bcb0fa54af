package sluice.client.stream;

/** Handles records one at a time, in order within each partition. */
@FunctionalInterface
public interface RecordHandler {

    /**
     * Called by one thread at a time for each partition, by several for different ones.
     *
     * @throws Exception if the record was not handled: ends {@link StreamConsumer#run}
     */
    void handle(ConsumerRecord record) throws Exception;
}
