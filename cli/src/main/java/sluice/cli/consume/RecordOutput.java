package sluice.cli.consume;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;

/** Where all partitions print: whole chunks, one at a time. */
final class RecordOutput {

    /** The reader of the output went away, as {@code head} does: an end, not a failure. */
    static final class Closed extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Closed(IOException cause) {
            super(cause);
        }
    }

    private final ReentrantLock lock = new ReentrantLock();
    private final OutputStream out;
    private final boolean flushEach;

    /**
     * @param flushEach true if somebody looks on: each chunk is flushed
     */
    RecordOutput(OutputStream out, boolean flushEach) {
        this.out = out;
        this.flushEach = flushEach;
    }

    /** Writes the chunk and empties it. */
    void write(OutputChunk chunk) throws Closed {
        if (chunk.sizeBytes() == 0) {
            return;
        }
        lock.lock();
        try {
            chunk.writeTo(out);
            if (flushEach) {
                out.flush();
            }
        } catch (IOException gone) {
            throw new Closed(gone);
        } finally {
            lock.unlock();
        }
    }

    void flush() throws Closed {
        lock.lock();
        try {
            out.flush();
        } catch (IOException gone) {
            throw new Closed(gone);
        } finally {
            lock.unlock();
        }
    }
}
