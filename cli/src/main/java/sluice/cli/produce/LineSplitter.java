package sluice.cli.produce;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.function.LongConsumer;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;

/**
 * Cuts a stream at each {@code \n}; every other byte stays in its line, {@code \r} included. A last
 * line need not be ended. Lines are handed on as soon as they are read, so a slow stream flows.
 */
final class LineSplitter {

    /** Takes the lines of one stream. */
    interface LineSink {
        /**
         * @param line owned by the sink
         * @param number from 1
         */
        void line(byte[] line, long number) throws IOException, InterruptedException;
    }

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final byte[] EMPTY = {};

    private final int lineBytesMax;
    private final LongConsumer bytesRead;
    private byte[] buffer = new byte[BUFFER_BYTES];

    /**
     * @param lineBytesMax a longer line is refused: what is not records must not fill the memory
     * @param bytesRead hears how many bytes each read brought
     */
    LineSplitter(int lineBytesMax, LongConsumer bytesRead) {
        this.lineBytesMax = lineBytesMax;
        this.bytesRead = bytesRead;
    }

    /**
     * @param name of the stream, for messages
     * @throws CommandFailure if a line is too long
     */
    void split(String name, InputStream in, LineSink sink)
            throws IOException, InterruptedException {
        int start = 0;
        int end = 0;
        long number = 0;
        while (true) {
            if (end == buffer.length) {
                if (start > 0) {
                    System.arraycopy(buffer, start, buffer, 0, end - start);
                } else {
                    grow(name, number + 1);
                }
                end -= start;
                start = 0;
            }
            int count = in.read(buffer, end, buffer.length - end);
            if (count < 0) {
                break;
            }
            bytesRead.accept(count);
            int limit = end + count;
            for (int at = end; at < limit; at++) {
                if (buffer[at] == '\n') {
                    sink.line(copy(start, at), ++number);
                    start = at + 1;
                }
            }
            end = limit;
        }
        if (end > start) {
            sink.line(copy(start, end), ++number);
        }
    }

    private byte[] copy(int from, int to) {
        return from == to ? EMPTY : Arrays.copyOfRange(buffer, from, to);
    }

    private void grow(String name, long number) {
        if (buffer.length >= lineBytesMax) {
            throw new CommandFailure(
                    Problem.local(
                            "Line too long",
                            "%s, line %d: expected a line feed within %d bytes"
                                    .formatted(name, number, lineBytesMax),
                            "check that this is a file of lines; each line becomes one record"));
        }
        buffer = Arrays.copyOf(buffer, (int) Math.min(2L * buffer.length, lineBytesMax));
    }
}
