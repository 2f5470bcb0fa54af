package sluice.cli.consume;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes to print, gathered by one thread and then written at once. Grows as needed. */
final class OutputChunk {

    private byte[] bytes = new byte[64 * 1024];
    private int size;

    void add(byte single) {
        room(1);
        bytes[size++] = single;
    }

    void add(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, size, more.length);
        size += more.length;
    }

    /** Adds what remains in the buffer, which is not moved. */
    void add(ByteBuffer more) {
        int count = more.remaining();
        room(count);
        more.get(more.position(), bytes, size, count);
        size += count;
    }

    void add(String text) {
        add(text.getBytes(StandardCharsets.UTF_8));
    }

    void add(long number) {
        add(Long.toString(number));
    }

    int sizeBytes() {
        return size;
    }

    /** Writes what was gathered and begins anew. */
    void writeTo(OutputStream out) throws IOException {
        out.write(bytes, 0, size);
        size = 0;
    }

    private void room(int more) {
        if (bytes.length - size < more) {
            long wanted = Math.max(2L * bytes.length, (long) size + more);
            bytes = Arrays.copyOf(bytes, (int) Math.min(wanted, Integer.MAX_VALUE - 8));
        }
    }
}
