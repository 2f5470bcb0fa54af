package sluice.bench.client;

/** A client that writes. Called by one thread. */
public interface BenchProducer extends AutoCloseable {

    /**
     * Gives a record to the client; waits while the client holds too much.
     *
     * @param value not changed afterwards
     * @param intendedNs told again with the acknowledgement
     */
    void send(int partition, byte[] value, long intendedNs) throws InterruptedException;

    /** Returns when everything given was acknowledged or failed. */
    void flush() throws InterruptedException;

    /** Ends without waiting. */
    @Override
    void close();
}
