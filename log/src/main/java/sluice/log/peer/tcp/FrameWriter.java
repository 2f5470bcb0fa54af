package sluice.log.peer.tcp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import org.jspecify.annotations.Nullable;

/**
 * Puts frames on a connection that takes as many bytes as it has room for: each frame is a
 * four-byte length, big-endian, and its bytes; {@link FrameReader#PING} stands between two frames.
 *
 * <p>What waits is copied into one buffer outside the heap, as the JDK would for each array by
 * itself, and many frames are handed to the kernel at once. Used by one thread at a time.
 */
final class FrameWriter {

    private final WritableByteChannel channel;
    private final FrameQueue queue;

    /** Between position 0 and its position is what the kernel has not taken. */
    private final ByteBuffer out;

    private ByteBuffer @Nullable [] frame;
    private int nextPart;
    private int frameBytes;
    private long bytesTaken;

    FrameWriter(WritableByteChannel channel, FrameQueue queue, int writeBytesMax) {
        this.channel = channel;
        this.queue = queue;
        this.out = Arena.ofAuto().allocate(writeBytesMax).asByteBuffer();
    }

    /**
     * Writes what waits, as much as fits the buffer and what begins there, for as long as the
     * kernel takes it.
     *
     * @return false if bytes are left that the kernel did not take
     */
    boolean writeWaiting() throws IOException {
        do {
            fill();
            if (out.position() > 0 && !flush()) {
                return false;
            }
        } while (frame != null);
        return true;
    }

    /** Bytes that the kernel has taken since the beginning. */
    long bytesTaken() {
        return bytesTaken;
    }

    /**
     * Puts a ping between two frames; it goes out with the next write.
     *
     * @return false if a frame is under way, which is as good as one
     */
    boolean ping() {
        if (frame != null || out.position() > 0) {
            return false;
        }
        out.putInt(FrameReader.PING);
        return true;
    }

    private void fill() {
        while (out.remaining() >= Integer.BYTES) {
            if (frame == null && !begin()) {
                return;
            }
            ByteBuffer[] parts = frame;
            while (parts != null && nextPart < parts.length) {
                ByteBuffer part = parts[nextPart];
                int count = Math.min(part.remaining(), out.remaining());
                out.put(out.position(), part, part.position(), count);
                out.position(out.position() + count);
                part.position(part.position() + count);
                if (part.hasRemaining()) {
                    return;
                }
                nextPart++;
            }
            frame = null;
            queue.release(frameBytes);
        }
    }

    private boolean begin() {
        ByteBuffer[] next = queue.poll();
        if (next == null) {
            return false;
        }
        frame = next;
        nextPart = 0;
        frameBytes = 0;
        for (ByteBuffer part : next) {
            frameBytes += part.remaining();
        }
        out.putInt(frameBytes);
        return true;
    }

    private boolean flush() throws IOException {
        out.flip();
        try {
            int count = 0;
            while (out.hasRemaining() && (count = channel.write(out)) > 0) {
                bytesTaken += count;
            }
            return !out.hasRemaining();
        } finally {
            out.compact();
        }
    }
}
