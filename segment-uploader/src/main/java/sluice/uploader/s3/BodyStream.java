package sluice.uploader.s3;

import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** Reads buffers one after another, without putting them together. Owned by one thread. */
final class BodyStream extends InputStream {

    private final Queue<ByteBuffer> rest = new ArrayDeque<>();

    BodyStream(List<ByteBuffer> body) {
        body.stream()
                .map(ByteBuffer::duplicate)
                .filter(ByteBuffer::hasRemaining)
                .forEach(rest::add);
    }

    @Override
    public int read() {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
    }

    @Override
    public int read(byte[] into, int from, int length) {
        if (length == 0) {
            return 0;
        }
        int done = 0;
        for (ByteBuffer head = rest.peek(); head != null && done < length; head = rest.peek()) {
            int count = Math.min(head.remaining(), length - done);
            head.get(into, from + done, count);
            done += count;
            if (!head.hasRemaining()) {
                rest.remove();
            }
        }
        return done == 0 ? -1 : done;
    }

    @Override
    public int available() {
        ByteBuffer head = rest.peek();
        return head == null ? 0 : head.remaining();
    }
}
