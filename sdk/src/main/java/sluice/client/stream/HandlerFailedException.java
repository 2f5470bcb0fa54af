package sluice.client.stream;

/**
 * A handler threw. Its record is not committed, and comes next if the consumer goes on; records of
 * other partitions that were handled are committed.
 */
public final class HandlerFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient ConsumerRecord record;

    HandlerFailedException(ConsumerRecord record, Throwable cause) {
        super("the handler failed: record=" + record, cause);
        this.record = record;
    }

    /** The record that was not handled. */
    public ConsumerRecord record() {
        return record;
    }
}
