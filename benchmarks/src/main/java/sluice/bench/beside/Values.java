package sluice.bench.beside;

import java.nio.ByteBuffer;
import java.util.Random;

/** Values to send: bytes that do not compress, always the same ones. */
public final class Values {

    private static final int COUNT = 512;

    private final byte[][] pool = new byte[COUNT][];
    private int next;

    public Values(int bytes) {
        var random = new Random(20_260_101);
        for (int i = 0; i < COUNT; i++) {
            pool[i] = new byte[bytes];
            random.nextBytes(pool[i]);
        }
    }

    /** One of a few, shared: not to be changed. */
    public byte[] next() {
        next = (next + 1) % COUNT;
        return pool[next];
    }

    /** One of its own that begins with a number. */
    public byte[] stamped(long number) {
        byte[] value = next().clone();
        ByteBuffer.wrap(value).putLong(number);
        return value;
    }
}
