package sluice.log.wal.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * One segment twice: as the process sees it, through the page cache, and as it is on the platter.
 *
 * <p>Bytes go from the one to the other by a sync that ends well. Those of a sync that fails are
 * called clean and never get there, as a kernel does it.
 */
final class StoredSegment {

    static final int PAGE_BYTES = 4096;

    /** Bytes as they were at one moment, at a position. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Piece(int position, byte[] bytes) {
        int end() {
            return position + bytes.length;
        }
    }

    private byte[] cached = new byte[0];
    private int cachedLength;
    private byte[] durable = new byte[0];
    private int durableLength;

    /** Positions written and not yet given to a sync, as pairs of begin and end. */
    private final List<int[]> dirty = new ArrayList<>();

    private List<Piece> syncing = List.of();

    /** A segment whose first bytes are on the platter already. */
    static StoredSegment durable(long bytesMax, ByteBuffer... first) throws IOException {
        var segment = new StoredSegment();
        for (ByteBuffer part : first) {
            if (segment.length() + part.remaining() > bytesMax) {
                throw new IOException("No space left on device");
            }
            segment.write(segment.length(), part);
        }
        segment.beginSync();
        segment.endSync(true);
        return segment;
    }

    StoredSegment copy() {
        var copy = new StoredSegment();
        copy.cached = cached.clone();
        copy.cachedLength = cachedLength;
        copy.durable = durable.clone();
        copy.durableLength = durableLength;
        for (int[] range : dirty) {
            copy.dirty.add(range.clone());
        }
        copy.syncing = syncing;
        copy.abandonSync();
        return copy;
    }

    int length() {
        return cachedLength;
    }

    void write(int position, ByteBuffer bytes) {
        int end = Math.addExact(position, bytes.remaining());
        cached = withRoom(cached, end);
        bytes.get(cached, position, bytes.remaining());
        markDirty(Math.min(position, cachedLength), end);
        cachedLength = Math.max(cachedLength, end);
    }

    private void markDirty(int begin, int end) {
        int[] last = dirty.isEmpty() ? null : dirty.getLast();
        if (last != null && last[1] == begin) {
            last[1] = end;
        } else if (begin < end) {
            dirty.add(new int[] {begin, end});
        }
    }

    int read(long position, ByteBuffer into) {
        if (position >= cachedLength) {
            return into.hasRemaining() ? -1 : 0;
        }
        int count = Math.min(into.remaining(), cachedLength - (int) position);
        into.put(cached, (int) position, count);
        return count;
    }

    /** Cuts the end off; what remains is durable. */
    void truncate(int length) {
        endSync(true);
        beginSync();
        endSync(true);
        cut(length);
        if (length < durableLength) {
            Arrays.fill(durable, length, durableLength, (byte) 0);
            durableLength = length;
        }
    }

    private void cut(int length) {
        if (length < cachedLength) {
            Arrays.fill(cached, length, cachedLength, (byte) 0);
            cachedLength = length;
        }
    }

    /** Takes what is dirty now; what is written from now on is another sync's. */
    void beginSync() {
        List<Piece> pieces = new ArrayList<>();
        for (int[] range : dirty) {
            pieces.add(new Piece(range[0], Arrays.copyOfRange(cached, range[0], range[1])));
        }
        dirty.clear();
        syncing = pieces;
    }

    void endSync(boolean wellDone) {
        if (wellDone) {
            for (Piece piece : syncing) {
                store(piece.position(), piece.bytes(), piece.bytes().length);
            }
        }
        syncing = List.of();
    }

    /** Who waited for the sync is gone: its bytes are as dirty as before. */
    void abandonSync() {
        for (Piece piece : syncing) {
            dirty.addFirst(new int[] {piece.position(), piece.end()});
        }
        syncing = List.of();
    }

    private void store(int position, byte[] bytes, int count) {
        int end = position + count;
        durable = withRoom(durable, end);
        System.arraycopy(bytes, 0, durable, position, count);
        durableLength = Math.max(durableLength, end);
    }

    /** Everything but durable bytes is gone. */
    void powerCut() {
        dirty.clear();
        syncing = List.of();
        cached = durable.clone();
        cachedLength = durableLength;
    }

    /**
     * Of what was not durable, some pages got there and some did not; the file ends anywhere. A
     * page that did not get there is as it was before, or zero beyond the old end.
     */
    void powerCut(RandomGenerator random) {
        List<Piece> pending = new ArrayList<>(syncing);
        for (int[] range : dirty) {
            pending.add(new Piece(range[0], Arrays.copyOfRange(cached, range[0], range[1])));
        }
        int endMax = durableLength;
        for (Piece piece : pending) {
            endMax = Math.max(endMax, piece.end());
        }
        int end = random.nextInt(durableLength, endMax + 1);
        for (Piece piece : pending) {
            for (int at = piece.position(); at < Math.min(piece.end(), end); ) {
                int pageEnd = (at / PAGE_BYTES + 1) * PAGE_BYTES;
                int stop = Math.min(Math.min(piece.end(), end), pageEnd);
                if (random.nextBoolean()) {
                    int from = at - piece.position();
                    store(at, Arrays.copyOfRange(piece.bytes(), from, from + stop - at), stop - at);
                }
                at = stop;
            }
        }
        durable = withRoom(durable, end);
        durableLength = Math.max(durableLength, end);
        powerCut();
    }

    /** Changes bytes behind the back of whoever uses the disk; not beyond the segment's end. */
    void corrupt(int position, byte[] bytes) {
        if (position < 0 || position + bytes.length > cachedLength) {
            throw new IllegalArgumentException(
                    "not in the segment: position=" + position + " length=" + cachedLength);
        }
        System.arraycopy(bytes, 0, cached, position, bytes.length);
        int inDurable = Math.min(bytes.length, durableLength - position);
        if (inDurable > 0) {
            System.arraycopy(bytes, 0, durable, position, inDurable);
        }
    }

    byte byteAt(int position) {
        return cached[position];
    }

    private static byte[] withRoom(byte[] array, int length) {
        return length <= array.length
                ? array
                : Arrays.copyOf(array, Math.max(length, Math.min(array.length * 2, 1 << 30)));
    }
}
