package sluice.bench.client;

/**
 * Many small writers, each of which sends one record, waits for its acknowledgement, and sends the
 * next.
 */
public interface SingleWrites extends AutoCloseable {

    /** Ends all of them. */
    @Override
    void close();
}
