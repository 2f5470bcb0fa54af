package sluice.client.batch;

import java.nio.ByteBuffer;

/**
 * The variable-length numbers inside records: zigzag, then seven bits a byte, lowest first, the top
 * bit set on every byte but the last. At most 5 bytes for an int and 10 for a long.
 *
 * <p>Reading allocates nothing, so an int and the index after it come back packed in one long.
 */
final class Varint {

    /** What reading returns where there is no number; no packed result is negative. */
    static final int MALFORMED = -1;

    private static final int INT_BYTES_MAX = 5;
    private static final int LONG_BYTES_MAX = 10;

    private Varint() {}

    /**
     * Reads an int that must end before {@code end}.
     *
     * @return for {@link #value} and {@link #next}, or {@link #MALFORMED} if it is cut off or has
     *     more than 32 bits
     */
    static long readInt(ByteBuffer source, int at, int end) {
        int raw = 0;
        int index = at;
        for (int shift = 0; shift < INT_BYTES_MAX * 7; shift += 7) {
            if (index >= end) {
                return MALFORMED;
            }
            int next = source.get(index++);
            if (shift == 28 && (next & 0xF0) != 0) {
                return MALFORMED;
            }
            raw |= (next & 0x7F) << shift;
            if (next >= 0) {
                int value = (raw >>> 1) ^ -(raw & 1);
                return ((long) index << 32) | (value & 0xFFFF_FFFFL);
            }
        }
        return MALFORMED;
    }

    static int value(long packed) {
        return (int) packed;
    }

    /** The index after the number. */
    static int next(long packed) {
        return (int) (packed >>> 32);
    }

    /**
     * Finds the end of a long that must end before {@code end}.
     *
     * @return the index after it, or {@link #MALFORMED} if it is cut off or has more than 64 bits
     */
    static int skipLong(ByteBuffer source, int at, int end) {
        for (int i = 0; i < LONG_BYTES_MAX; i++) {
            if (at + i >= end) {
                return MALFORMED;
            }
            int next = source.get(at + i);
            if (i == LONG_BYTES_MAX - 1 && (next & 0xFE) != 0) {
                return MALFORMED;
            }
            if (next >= 0) {
                return at + i + 1;
            }
        }
        return MALFORMED;
    }

    /** Reads a long that {@link #skipLong} has accepted. */
    static long readLong(ByteBuffer source, int at) {
        long raw = 0;
        int index = at;
        for (int shift = 0; ; shift += 7) {
            int next = source.get(index++);
            raw |= (next & 0x7FL) << shift;
            if (next >= 0) {
                return (raw >>> 1) ^ -(raw & 1);
            }
        }
    }

    static int sizeBytes(long value) {
        int bits = Long.SIZE - Long.numberOfLeadingZeros(zigzag(value) | 1);
        return (bits + 6) / 7;
    }

    /**
     * Writes a number; an int and the long of the same value have the same bytes.
     *
     * @return the index after it
     */
    static int write(byte[] target, int at, long value) {
        long rest = zigzag(value);
        int index = at;
        while ((rest & ~0x7FL) != 0) {
            target[index++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        target[index++] = (byte) rest;
        return index;
    }

    private static long zigzag(long value) {
        return (value << 1) ^ (value >> 63);
    }
}
