package sluice.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where the committed batches of one partition lie in wal segments that are still on this gateway's
 * disk, in offset order and without a gap. Kept in flat arrays: 24 bytes a batch. Owned by the
 * engine's lane.
 */
final class TailIndex {

    private static final int FIRST_CAPACITY = 8;

    /**
     * A run of bytes of one segment's file.
     *
     * @param position of the entry's first byte, in bytes
     * @param bytes of the entry, its header included
     */
    record Piece(int segment, long position, int bytes) {}

    private long[] baseOffsets = new long[FIRST_CAPACITY];
    private long[] positions = new long[FIRST_CAPACITY];
    private int[] segments = new int[FIRST_CAPACITY];
    private int[] sizes = new int[FIRST_CAPACITY];
    private int head;
    private int size;
    private long nextOffset;

    TailIndex(long nextOffset) {
        this.nextOffset = nextOffset;
    }

    /** First offset of the tail; the next offset if the tail is empty. */
    long start() {
        return size == 0 ? nextOffset : baseOffsets[head];
    }

    long nextOffset() {
        return nextOffset;
    }

    int size() {
        return size;
    }

    void add(long baseOffset, long next, int segment, long position, int bytes) {
        assert baseOffset == nextOffset : "gap: expected=" + nextOffset + " got=" + baseOffset;
        if (head + size == baseOffsets.length) {
            makeRoom();
        }
        int at = head + size;
        baseOffsets[at] = baseOffset;
        segments[at] = segment;
        positions[at] = position;
        sizes[at] = bytes;
        size++;
        nextOffset = next;
    }

    private void makeRoom() {
        int capacity = size * 2 <= baseOffsets.length ? baseOffsets.length : 2 * size;
        long[] oldBases = baseOffsets;
        long[] oldPositions = positions;
        int[] oldSegments = segments;
        int[] oldSizes = sizes;
        if (capacity > baseOffsets.length) {
            baseOffsets = new long[capacity];
            positions = new long[capacity];
            segments = new int[capacity];
            sizes = new int[capacity];
        }
        System.arraycopy(oldBases, head, baseOffsets, 0, size);
        System.arraycopy(oldPositions, head, positions, 0, size);
        System.arraycopy(oldSegments, head, segments, 0, size);
        System.arraycopy(oldSizes, head, sizes, 0, size);
        head = 0;
    }

    /**
     * The batches from the one that holds {@code offset} on, up to about {@code maxBytes}, at least
     * one.
     *
     * @param offset from {@link #start} to before {@link #nextOffset}
     */
    List<Piece> from(long offset, int maxBytes) {
        assert offset >= start() && offset < nextOffset : "not in the tail: offset=" + offset;
        int at = Arrays.binarySearch(baseOffsets, head, head + size, offset);
        if (at < 0) {
            at = -at - 2;
        }
        var pieces = new ArrayList<Piece>();
        long bytes = 0;
        while (at < head + size && (pieces.isEmpty() || bytes + sizes[at] <= maxBytes)) {
            pieces.add(new Piece(segments[at], positions[at], sizes[at]));
            bytes += sizes[at];
            at++;
        }
        return pieces;
    }

    /** Forgets batches in segments before {@code segment}; returns how many. */
    int dropBefore(int segment) {
        int dropped = 0;
        while (size > 0 && segments[head] < segment) {
            head++;
            size--;
            dropped++;
        }
        if (size == 0) {
            head = 0;
        }
        return dropped;
    }
}
