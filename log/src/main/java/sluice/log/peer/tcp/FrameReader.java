package sluice.log.peer.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.util.function.Consumer;
import sluice.log.lane.Turn;

/**
 * Cuts what a connection brings into frames. Each frame is a four-byte length, big-endian, and so
 * many bytes; the length −1 is a ping, with nothing after it.
 *
 * <p>Frames are handed out as parts of the chunk into which the connection was read, and a chunk is
 * never read into again behind a frame. Only a frame that crosses the end of its chunk is moved; a
 * frame larger than a chunk gets a buffer of its own.
 */
final class FrameReader {

    static final int PING = -1;

    private static final int CHUNK_BYTES = 256 << 10;

    /** A chunk with less room than this behind the last whole frame is left. */
    private static final int READ_BYTES_MIN = 16 << 10;

    private final ReadableByteChannel source;
    private final int frameBytesMax;
    private final Runnable onBytes;
    private final Consumer<ByteBuffer> onFrame;
    private final boolean isGathering;

    /** Position is where the next byte from the source goes. */
    private ByteBuffer chunk = ByteBuffer.allocate(CHUNK_BYTES);

    /** Where in the chunk the next frame begins. */
    private int frameAt;

    /**
     * Reads from one connection, on one thread.
     *
     * @param onBytes told each time that something came
     * @param onFrame given each frame, in a buffer that is its own
     * @param isGathering true: what came in one read is handed out in one {@link Turn}, so nobody
     *     who is given a frame may block
     */
    FrameReader(
            ReadableByteChannel source,
            int frameBytesMax,
            Runnable onBytes,
            Consumer<ByteBuffer> onFrame,
            boolean isGathering) {
        this.source = source;
        this.frameBytesMax = frameBytesMax;
        this.onBytes = onBytes;
        this.onFrame = onFrame;
        this.isGathering = isGathering;
    }

    /**
     * Reads until the connection ends.
     *
     * @throws EOFException when it ends
     */
    void readAll() throws IOException {
        while (true) {
            readSome();
            try (Turn _ = isGathering ? Turn.open() : null) {
                handOut();
            }
            makeRoom();
        }
    }

    /** The JDK copies into a direct buffer as large as what it may read, so it may read little. */
    private void readSome() throws IOException {
        int limit = chunk.limit();
        chunk.limit(Math.min(limit, chunk.position() + CHUNK_BYTES));
        int count;
        try {
            count = source.read(chunk);
        } finally {
            chunk.limit(limit);
        }
        if (count < 0) {
            throw new EOFException("the peer closed the connection");
        }
        onBytes.run();
    }

    private void handOut() throws IOException {
        while (chunk.position() - frameAt >= Integer.BYTES) {
            int length = lengthAt(frameAt);
            if (length == PING) {
                frameAt += Integer.BYTES;
                continue;
            }
            int begin = frameAt + Integer.BYTES;
            if (chunk.position() - begin < length) {
                return;
            }
            frameAt = begin + length;
            onFrame.accept(chunk.slice(begin, length));
        }
    }

    private int lengthAt(int at) throws IOException {
        int length = chunk.getInt(at);
        if (length != PING && (length < 0 || length > frameBytesMax)) {
            throw new IOException(
                    "the peer announced a frame that none of ours has: length="
                            + length
                            + " frameBytesMax="
                            + frameBytesMax);
        }
        return length;
    }

    /** Sees to it that the frame that has begun fits behind its beginning, and reads stay large. */
    private void makeRoom() throws IOException {
        int begun = chunk.position() - frameAt;
        int needed = Integer.BYTES;
        if (begun >= Integer.BYTES) {
            needed += lengthAt(frameAt);
        }
        if (chunk.capacity() - frameAt >= Math.max(needed, READ_BYTES_MIN)) {
            return;
        }
        ByteBuffer next = ByteBuffer.allocate(Math.max(needed, CHUNK_BYTES));
        next.put(chunk.slice(frameAt, begun));
        chunk = next;
        frameAt = 0;
    }
}
