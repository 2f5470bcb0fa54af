package sluice.client.batch;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Bytes behind room for a header, in one array. */
final class BatchOutput extends OutputStream {

    private byte[] bytes;
    private int size;

    BatchOutput(int headerBytes, int expectedBytes) {
        bytes = new byte[headerBytes + expectedBytes];
        size = headerBytes;
    }

    @Override
    public void write(int value) {
        makeRoomFor(1);
        bytes[size++] = (byte) value;
    }

    @Override
    public void write(byte[] source, int at, int length) {
        makeRoomFor(length);
        System.arraycopy(source, at, bytes, size, length);
        size += length;
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }

    private void makeRoomFor(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, 2 * bytes.length));
        }
    }
}
