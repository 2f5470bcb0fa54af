package sluice.bench.system;

import java.io.IOException;
import java.util.List;

/**
 * A system on this machine, with what it stores to on the same machine. For one thread at a time.
 */
public interface RunningSystem extends AutoCloseable {

    /** As the tables name it. */
    String name();

    /** Starts it, empty; returns when it serves. */
    void start() throws IOException, InterruptedException;

    /** Its processes. */
    List<SystemProcess> processes();

    /** Ends all of it and deletes what it wrote. */
    @Override
    void close();
}
