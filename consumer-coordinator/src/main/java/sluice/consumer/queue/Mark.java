package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Where a message belongs, once it was looked at.
 *
 * @param key hash of the record's key, {@link #NO_KEY} if it has none or the queue is not ordered
 *     by key
 */
record Mark(Line line, long key) {

    static final long NO_KEY = 0;
    static final Mark PLAIN = new Mark(Line.PLAIN, NO_KEY);

    /**
     * @param seed so that keys which meet in one queue do not meet in others
     */
    static long hash(@Nullable ByteBuffer key, long seed) {
        if (key == null) {
            return NO_KEY;
        }
        ByteBuffer bytes = key.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        long hash = mix(seed ^ (bytes.remaining() * 0x9e3779b97f4a7c15L));
        while (bytes.remaining() >= Long.BYTES) {
            hash = mix(hash ^ bytes.getLong()) + 0x9e3779b97f4a7c15L;
        }
        long rest = 0;
        while (bytes.hasRemaining()) {
            rest = (rest << 8) | (bytes.get() & 0xff);
        }
        hash = mix(hash ^ rest);
        return hash == NO_KEY ? 1 : hash;
    }

    /** Stafford's variant 13 of the finalizer of MurmurHash3. */
    private static long mix(long value) {
        long mixed = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
        return mixed ^ (mixed >>> 31);
    }
}
