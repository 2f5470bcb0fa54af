package sluice.gateway.admission;

import java.nio.ByteBuffer;

/**
 * The whole body of a request, which its receiver owns: it calls {@link #release} once the bytes,
 * and all that was made of them, are no longer held.
 */
public final class Body {

    private final byte[] array;
    private final int from;
    private final int length;
    private final ByteBudget.Share share;

    Body(byte[] array, int from, int length, ByteBudget.Share share) {
        this.array = array;
        this.from = from;
        this.length = length;
        this.share = share;
    }

    /** The array that holds the body from index {@link #from} on. Not copied; not changed by us. */
    public byte[] array() {
        return array;
    }

    public int from() {
        return from;
    }

    public int length() {
        return length;
    }

    /** The bytes from 0 to {@link #length}, not copied. */
    public ByteBuffer buffer() {
        return ByteBuffer.wrap(array, from, length).slice();
    }

    /** Gives the room back; later calls do nothing. */
    public void release() {
        share.release();
    }
}
