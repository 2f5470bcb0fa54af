package sluice.log.wal.memory;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import sluice.log.wal.SegmentId;
import sluice.log.wal.memory.MemoryWalDisk.Operation;

/** What is on a disk in memory, whoever uses it. Guarded by its own monitor. */
final class Platter {

    private static final long CAPACITY_BYTES = 1L << 30;

    UUID diskId;
    long age;
    long capacityBytes = CAPACITY_BYTES;
    final Map<SegmentId, StoredSegment> segments = new TreeMap<>();
    final Map<SegmentId, Long> fences = new TreeMap<>();
    final Set<SegmentId> damagedFences = new HashSet<>();
    final Map<Operation, Integer> failing = new EnumMap<>(Operation.class);

    Platter(UUID diskId) {
        this.diskId = diskId;
    }

    Platter copy() {
        var copy = new Platter(diskId);
        copy.age = age;
        copy.capacityBytes = capacityBytes;
        segments.forEach((id, segment) -> copy.segments.put(id, segment.copy()));
        copy.fences.putAll(fences);
        copy.damagedFences.addAll(damagedFences);
        return copy;
    }

    StoredSegment existing(SegmentId segment) throws NoSuchFileException {
        StoredSegment stored = segments.get(segment);
        if (stored == null) {
            throw new NoSuchFileException(
                    segment.toString(), null, "this disk has no such segment");
        }
        return stored;
    }

    boolean isDue(Operation operation) {
        return failing.computeIfPresent(operation, (o, times) -> times - 1) != null
                && forgetIfSpent(operation);
    }

    private boolean forgetIfSpent(Operation operation) {
        failing.remove(operation, 0);
        return true;
    }

    void failIfDue(Operation operation, SegmentId segment) throws IOException {
        if (isDue(operation)) {
            throw new IOException("injected: " + operation + " failed: segment=" + segment);
        }
    }

    /** How many of {@code count} bytes can be written there before the disk is full. */
    int fitting(StoredSegment segment, long position, int count) {
        long endMax = segment.length() + Math.max(0, freeBytes());
        return Math.clamp(endMax - position, 0, count);
    }

    long usedBytes() {
        long used = 0;
        for (StoredSegment segment : segments.values()) {
            used += segment.length();
        }
        return used;
    }

    long freeBytes() {
        return Math.max(0, capacityBytes - usedBytes());
    }

    List<SegmentId> list() {
        var all = new TreeSet<>(segments.keySet());
        all.addAll(fences.keySet());
        all.addAll(damagedFences);
        return new ArrayList<>(all);
    }
}
