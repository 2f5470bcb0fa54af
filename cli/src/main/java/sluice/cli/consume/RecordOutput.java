package sluice.cli.consume;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.locks.ReentrantLock;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;

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

    /**
     * Writes the chunk and empties it.
     *
     * @throws Closed if nobody reads any more
     * @throws CommandFailure if it cannot be written for another reason
     */
    void write(OutputChunk chunk) {
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
            throw closedOrFailed(gone);
        } finally {
            lock.unlock();
        }
    }

    void flush() {
        lock.lock();
        try {
            out.flush();
        } catch (IOException gone) {
            throw closedOrFailed(gone);
        } finally {
            lock.unlock();
        }
    }

    private static RuntimeException closedOrFailed(IOException cause) {
        String message = String.valueOf(cause.getMessage());
        // "Broken pipe" on Unix, "The pipe is being closed" on Windows.
        return message.contains("pipe")
                ? new Closed(cause)
                : new CommandFailure(
                        Problem.local(
                                "Output cannot be written",
                                message,
                                "make room or choose another place, then read again"));
    }
}
