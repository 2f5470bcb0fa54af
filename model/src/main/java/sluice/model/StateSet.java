package sluice.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A set of states in order of insertion, four bits a number: some 60 bytes a state, so that
 * millions fit a test's heap. Not for several threads.
 */
final class StateSet {

    /** The largest number in a state. */
    static final int MAX = 15;

    private static final VarHandle WORDS =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final int CHUNK_BITS = 14;
    private static final int CHUNK = 1 << CHUNK_BITS;

    private final int fields;
    private final int packedBytes;
    private final byte[] packed;
    private byte[][] chunks = new byte[16][];
    private int[] table = new int[1 << 16];
    private int size;

    /**
     * @param fields numbers in each state
     */
    StateSet(int fields) {
        this.fields = fields;
        // Whole words, so that they can be hashed as such.
        packedBytes = (fields + 2 * Long.BYTES - 1) / (2 * Long.BYTES) * Long.BYTES;
        packed = new byte[packedBytes];
    }

    int size() {
        return size;
    }

    /**
     * Adds a state if it is new.
     *
     * @return its index; {@code ~index} if it was there
     */
    int add(byte[] state) {
        pack(state);
        int mask = table.length - 1;
        int at = hash(packed, 0) & mask;
        while (table[at] != 0) {
            int index = table[at] - 1;
            if (isAt(index)) {
                return ~index;
            }
            at = (at + 1) & mask;
        }
        table[at] = size + 1;
        store();
        if (size * 2 > table.length) {
            grow();
        }
        return size - 1;
    }

    private void store() {
        int chunk = size >>> CHUNK_BITS;
        if (chunk == chunks.length) {
            chunks = Arrays.copyOf(chunks, 2 * chunks.length);
        }
        if ((size & (CHUNK - 1)) == 0) {
            chunks[chunk] = new byte[CHUNK * packedBytes];
        }
        System.arraycopy(packed, 0, chunks[chunk], offset(size), packedBytes);
        size++;
    }

    private void pack(byte[] state) {
        assert state.length == fields : "fields=" + state.length;
        int seen = 0;
        int at = 0;
        for (int i = 0; i + 1 < fields; i += 2) {
            seen |= state[i] | state[i + 1];
            packed[at++] = (byte) (state[i] | state[i + 1] << 4);
        }
        if ((fields & 1) == 1) {
            seen |= state[fields - 1];
            packed[at] = state[fields - 1];
        }
        assert (seen & ~MAX) == 0 : "a number is above " + MAX + ": " + Arrays.toString(state);
    }

    /** The state with that index, as a copy. */
    byte[] get(int index) {
        byte[] chunk = chunks[index >>> CHUNK_BITS];
        int from = offset(index);
        var state = new byte[fields];
        for (int i = 0; i < fields; i++) {
            state[i] = (byte) ((chunk[from + (i >> 1)] >> ((i & 1) << 2)) & MAX);
        }
        return state;
    }

    private boolean isAt(int index) {
        int from = offset(index);
        return Arrays.equals(
                chunks[index >>> CHUNK_BITS], from, from + packedBytes, packed, 0, packedBytes);
    }

    private int offset(int index) {
        return (index & (CHUNK - 1)) * packedBytes;
    }

    private void grow() {
        table = new int[2 * table.length];
        int mask = table.length - 1;
        for (int index = 0; index < size; index++) {
            int at = hash(chunks[index >>> CHUNK_BITS], offset(index)) & mask;
            while (table[at] != 0) {
                at = (at + 1) & mask;
            }
            table[at] = index + 1;
        }
    }

    private int hash(byte[] bytes, int from) {
        long hash = 1125899906842597L;
        for (int i = from; i < from + packedBytes; i += Long.BYTES) {
            hash = (hash ^ (long) WORDS.get(bytes, i)) * 0x9E3779B97F4A7C15L;
            hash ^= hash >>> 29;
        }
        return (int) (hash ^ (hash >>> 32));
    }
}
