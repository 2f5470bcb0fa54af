package sluice.client.batch;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Checks what a snappy stream claims before it is decompressed, since the decompressor believes it:
 * it allocates as much as a chunk's length field says, calls itself for every header inside the
 * stream, and throws errors for lengths it does not like.
 *
 * <pre>
 *   magic      8  0x82 "SNAPPY" 0x00    a stream without it is one raw block
 *   versions   8
 *   chunks:
 *     length   4  big-endian, bytes of the block
 *     block    …  starts with its uncompressed size: seven bits a byte, lowest first
 * </pre>
 */
final class SnappyFrames {

    private static final long MAGIC = 0x82_53_4E_41_50_50_59_00L;
    private static final int HEADER_BYTES = 2 * Long.BYTES;

    /** A block's shortest way to many bytes is three bytes for 64: nothing honest is over this. */
    private static final int RATIO_MAX = 32;

    private static final int SIZE_FIELD_BYTES_MAX = 5;

    private SnappyFrames() {}

    /**
     * @param stream from its index 0 to its limit
     * @throws IOException if a claim cannot be true
     */
    static void check(ByteBuffer stream) throws IOException {
        int end = stream.limit();
        if (end < HEADER_BYTES || stream.getLong(0) != MAGIC) {
            checkBlock(stream, 0, end);
            return;
        }
        int index = HEADER_BYTES;
        while (index < end) {
            if (end - index < Integer.BYTES) {
                throw new IOException("snappy chunk is cut off");
            }
            int length = stream.getInt(index);
            index += Integer.BYTES;
            if (length < 0 || length > end - index) {
                throw new IOException(
                        "snappy chunk does not fit: chunkBytes=%d availableBytes=%d"
                                .formatted(length, end - index));
            }
            checkBlock(stream, index, index + length);
            index += length;
        }
    }

    private static void checkBlock(ByteBuffer stream, int at, int end) throws IOException {
        long inflatedBytes = 0;
        for (int i = 0; i < SIZE_FIELD_BYTES_MAX && at + i < end; i++) {
            int next = stream.get(at + i);
            inflatedBytes |= (next & 0x7FL) << (7 * i);
            if (next >= 0) {
                if (inflatedBytes > (long) (end - at) * RATIO_MAX) {
                    throw new IOException(
                            "snappy block claims more than it can hold: blockBytes=%d claimedBytes=%d"
                                    .formatted(end - at, inflatedBytes));
                }
                return;
            }
        }
        throw new IOException("snappy block has no size");
    }
}
