package sluice.bench.client;

/** A client that reads until it is closed. */
public interface BenchConsumer extends AutoCloseable {
    @Override
    void close();
}
