package sluice.client.batch;

import java.io.InputStream;
import java.nio.ByteBuffer;

/** The bytes of a buffer as a stream. */
final class BufferInput extends InputStream {

    private final ByteBuffer rest;

    /**
     * @param source from its index 0 to its limit
     */
    BufferInput(ByteBuffer source) {
        rest = source.duplicate().position(0);
    }

    @Override
    public int read() {
        return rest.hasRemaining() ? rest.get() & 0xFF : -1;
    }

    @Override
    public int read(byte[] target, int at, int length) {
        if (length == 0) {
            return 0;
        }
        if (!rest.hasRemaining()) {
            return -1;
        }
        int count = Math.min(length, rest.remaining());
        rest.get(target, at, count);
        return count;
    }

    @Override
    public int available() {
        return rest.remaining();
    }
}
