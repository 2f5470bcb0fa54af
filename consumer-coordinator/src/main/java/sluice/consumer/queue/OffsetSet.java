package sluice.consumer.queue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Many offsets in little memory: two or three bytes each, a bit where they lie close, and some 120
 * bytes for each 65,536 offsets in which there is one. Owned by one lane.
 */
final class OffsetSet {

    /** Told of offsets that follow each other. */
    interface Runs {
        void run(long from, long count);
    }

    private static final int CHUNK_BITS = 16;
    private static final int CHUNK = 1 << CHUNK_BITS;

    /** What a chunk takes besides its offsets. */
    private static final int CHUNK_BYTES = 120;

    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();
    private @Nullable Chunk last;
    private long count;
    private long bytes;

    boolean isEmpty() {
        return count == 0;
    }

    long count() {
        return count;
    }

    /** Of memory, roughly. */
    long bytes() {
        return bytes;
    }

    /** False if it was there. */
    boolean add(long offset) {
        Chunk chunk = last;
        long number = offset >>> CHUNK_BITS;
        if (chunk == null || chunk.number != number) {
            chunk = chunks.get(number);
            if (chunk == null) {
                chunk = new Chunk(number);
                chunks.put(number, chunk);
                bytes += chunk.bytes();
            }
            last = chunk;
        }
        long before = chunk.bytes();
        boolean isNew = chunk.add((int) (offset & (CHUNK - 1)));
        count += isNew ? 1 : 0;
        bytes += chunk.bytes() - before;
        return isNew;
    }

    /** False if it was not there. */
    boolean remove(long offset) {
        Chunk chunk = chunks.get(offset >>> CHUNK_BITS);
        if (chunk == null) {
            return false;
        }
        long before = chunk.bytes();
        if (!chunk.remove((int) (offset & (CHUNK - 1)))) {
            return false;
        }
        count--;
        bytes += chunk.bytes() - before;
        if (chunk.count == 0) {
            drop(chunk);
        }
        return true;
    }

    private void drop(Chunk chunk) {
        chunks.remove(chunk.number);
        bytes -= chunk.bytes();
        if (last == chunk) {
            last = null;
        }
    }

    boolean contains(long offset) {
        Chunk chunk = chunks.get(offset >>> CHUNK_BITS);
        int low = (int) (offset & (CHUNK - 1));
        return chunk != null && chunk.ceiling(low) == low;
    }

    /** The lowest, −1 if there is none. */
    long first() {
        return ceiling(0);
    }

    /** The lowest that is at least that, −1 if there is none. */
    long ceiling(long offset) {
        long number = offset >>> CHUNK_BITS;
        Chunk chunk = chunks.get(number);
        if (chunk != null) {
            int low = chunk.ceiling((int) (offset & (CHUNK - 1)));
            if (low >= 0) {
                return (number << CHUNK_BITS) + low;
            }
        }
        Map.Entry<Long, Chunk> next = chunks.higherEntry(number);
        return next == null ? -1 : (next.getKey() << CHUNK_BITS) + next.getValue().ceiling(0);
    }

    /** Takes out all below; returns how many. */
    long removeBelow(long offset) {
        long before = count;
        for (Chunk each : List.copyOf(chunks.headMap(offset >>> CHUNK_BITS).values())) {
            count -= each.count;
            drop(each);
        }
        for (long each = first(); each >= 0 && each < offset; each = first()) {
            remove(each);
        }
        return before - count;
    }

    void clear() {
        chunks.clear();
        last = null;
        count = 0;
        bytes = 0;
    }

    /** In order; each run as long as it can be. */
    void forEachRun(Runs to) {
        long from = -1;
        long end = -1;
        for (Chunk chunk : chunks.values()) {
            long base = chunk.number << CHUNK_BITS;
            for (int low = chunk.ceiling(0); low >= 0; ) {
                int stop = chunk.endOfRun(low);
                if (base + low == end) {
                    end = base + stop;
                } else {
                    if (from >= 0) {
                        to.run(from, end - from);
                    }
                    from = base + low;
                    end = base + stop;
                }
                low = stop < CHUNK ? chunk.ceiling(stop) : -1;
            }
        }
        if (from >= 0) {
            to.run(from, end - from);
        }
    }

    /** Offsets with the same upper bits: a sorted list while there are few, then a bitmap. */
    private static final class Chunk {
        private static final int LISTED_MAX = 4096;
        private static final int WORDS = CHUNK / Long.SIZE;

        final long number;
        int count;
        private char[] listed = new char[4];
        private long @Nullable [] bits;

        Chunk(long number) {
            this.number = number;
        }

        long bytes() {
            return CHUNK_BYTES + (bits == null ? 2L * listed.length : 8L * WORDS);
        }

        boolean add(int low) {
            long[] map = bits;
            if (map == null && count == LISTED_MAX && find(low) < 0) {
                map = toBits();
            }
            if (map != null) {
                boolean isNew = (map[low >>> 6] & (1L << low)) == 0;
                map[low >>> 6] |= 1L << low;
                count += isNew ? 1 : 0;
                return isNew;
            }
            int at = count == 0 || listed[count - 1] < low ? -count - 1 : find(low);
            if (at >= 0) {
                return false;
            }
            at = -at - 1;
            if (count == listed.length) {
                listed = Arrays.copyOf(listed, Math.min(LISTED_MAX, count + count / 2));
            }
            System.arraycopy(listed, at, listed, at + 1, count - at);
            listed[at] = (char) low;
            count++;
            return true;
        }

        private long[] toBits() {
            var map = new long[WORDS];
            for (int i = 0; i < count; i++) {
                map[listed[i] >>> 6] |= 1L << listed[i];
            }
            bits = map;
            listed = new char[0];
            return map;
        }

        boolean remove(int low) {
            long[] map = bits;
            if (map != null) {
                boolean was = (map[low >>> 6] & (1L << low)) != 0;
                map[low >>> 6] &= ~(1L << low);
                count -= was ? 1 : 0;
                if (was && count == LISTED_MAX / 2) {
                    toList(map);
                }
                return was;
            }
            int at = find(low);
            if (at < 0) {
                return false;
            }
            System.arraycopy(listed, at + 1, listed, at, count - at - 1);
            count--;
            return true;
        }

        private void toList(long[] map) {
            var list = new char[count];
            int at = 0;
            for (int word = 0; word < WORDS; word++) {
                for (long left = map[word]; left != 0; left &= left - 1) {
                    list[at++] = (char) ((word << 6) + Long.numberOfTrailingZeros(left));
                }
            }
            listed = list;
            bits = null;
        }

        private int find(int low) {
            return Arrays.binarySearch(listed, 0, count, (char) low);
        }

        int ceiling(int low) {
            long[] map = bits;
            if (map == null) {
                int at = find(low);
                at = at < 0 ? -at - 1 : at;
                return at < count ? listed[at] : -1;
            }
            int word = low >>> 6;
            long left = map[word] & (-1L << low);
            while (left == 0) {
                if (++word == WORDS) {
                    return -1;
                }
                left = map[word];
            }
            return (word << 6) + Long.numberOfTrailingZeros(left);
        }

        /** The first after it that is not there. */
        int endOfRun(int low) {
            long[] map = bits;
            if (map == null) {
                int at = find(low);
                int next = low + 1;
                while (++at < count && listed[at] == next) {
                    next++;
                }
                return next;
            }
            int word = low >>> 6;
            long left = ~map[word] & (-1L << low);
            while (left == 0) {
                if (++word == WORDS) {
                    return CHUNK;
                }
                left = ~map[word];
            }
            return (word << 6) + Long.numberOfTrailingZeros(left);
        }
    }
}
