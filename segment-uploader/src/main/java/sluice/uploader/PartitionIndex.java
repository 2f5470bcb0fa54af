package sluice.uploader;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.Extent;

/**
 * Where the records of one partition lie that are in objects: extents in offset order without a
 * hole, the first of which may begin before the log start.
 *
 * @param logStart first offset that may be read
 * @param nextOffset offset after the last record in objects
 */
public record PartitionIndex(long logStart, long nextOffset, List<ObjectExtent> extents) {

    /** A partition of which nothing is in objects yet. */
    public static final PartitionIndex EMPTY = new PartitionIndex(0, 0, List.of());

    public PartitionIndex {
        extents = List.copyOf(extents);
        if (logStart < 0 || nextOffset < logStart) {
            throw malformed(logStart, nextOffset, extents);
        }
        if (extents.isEmpty()) {
            if (logStart != nextOffset) {
                throw malformed(logStart, nextOffset, extents);
            }
        } else {
            Extent first = extents.getFirst().extent();
            if (first.firstOffset() > logStart
                    || first.nextOffset() <= logStart
                    || extents.getLast().extent().nextOffset() != nextOffset
                    || !contiguous(extents)) {
                throw malformed(logStart, nextOffset, extents);
            }
        }
    }

    private static boolean contiguous(List<ObjectExtent> extents) {
        long expected = extents.getFirst().extent().firstOffset();
        for (ObjectExtent each : extents) {
            if (each.extent().firstOffset() != expected) {
                return false;
            }
            expected = each.extent().nextOffset();
        }
        return true;
    }

    private static IllegalArgumentException malformed(
            long logStart, long nextOffset, List<ObjectExtent> extents) {
        return new IllegalArgumentException(
                "not the index of a partition: logStart=%d nextOffset=%d extents=%d first=%s last=%s"
                        .formatted(
                                logStart,
                                nextOffset,
                                extents.size(),
                                extents.isEmpty() ? "none" : extents.getFirst().extent(),
                                extents.isEmpty() ? "none" : extents.getLast().extent()));
    }

    /** The extent that holds an offset; empty below the log start and from the next offset on. */
    public Optional<ObjectExtent> extentFor(long offset) {
        if (offset < logStart || offset >= nextOffset) {
            return Optional.empty();
        }
        int low = 0;
        int high = extents.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (extents.get(middle).extent().nextOffset() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return Optional.of(extents.get(low));
    }

    /** The first extent that may hold a record with a timestamp of at least that. */
    public Optional<ObjectExtent> firstExtentAtOrAfter(long timestampMs) {
        for (ObjectExtent each : extents) {
            if (each.extent().maxTimestampMs() >= timestampMs) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /**
     * Drops every leading extent whose first batch was appended before {@code appendedMs}. The
     * whole extent goes, since a reader must never see a record older than its retention.
     */
    PartitionIndex expireBefore(long appendedMs) {
        int expired = 0;
        while (expired < extents.size()
                && extents.get(expired).extent().appendedFromMs() < appendedMs) {
            expired++;
        }
        return expired == 0
                ? this
                : startingAt(
                        expired == extents.size()
                                ? nextOffset
                                : extents.get(expired).extent().firstOffset());
    }

    /** Moves the log start forward, at most to the next offset; never back. */
    PartitionIndex startingAt(long offset) {
        long start = Math.min(offset, nextOffset);
        if (start <= logStart) {
            return this;
        }
        int first = 0;
        while (first < extents.size() && extents.get(first).extent().nextOffset() <= start) {
            first++;
        }
        return new PartitionIndex(start, nextOffset, extents.subList(first, extents.size()));
    }

    /**
     * Appends extents in offset order; those already here, or wholly below the log start, change
     * nothing.
     *
     * @param stopAtGap what follows a gap is left out instead of refused
     * @throws SluiceException DATA {@code gap-in-log} or {@code overlap-in-log}
     */
    PartitionIndex plus(PartitionId partition, List<ObjectExtent> newer, boolean stopAtGap) {
        List<ObjectExtent> all = new ArrayList<>(extents);
        long next = nextOffset;
        for (ObjectExtent each : newer) {
            Extent extent = each.extent();
            if (extent.firstOffset() < next) {
                if (extent.nextOffset() > logStart && !holds(all, each)) {
                    throw broken(
                            "overlap-in-log",
                            "two objects hold the same offsets",
                            partition,
                            next,
                            each);
                }
                continue;
            }
            if (extent.firstOffset() > next) {
                if (stopAtGap) {
                    break;
                }
                throw broken(
                        "gap-in-log",
                        "offsets are missing between two objects",
                        partition,
                        next,
                        each);
            }
            all.add(each);
            next = extent.nextOffset();
        }
        return next == nextOffset ? this : new PartitionIndex(logStart, next, all);
    }

    private static boolean holds(List<ObjectExtent> sorted, ObjectExtent wanted) {
        int at =
                Collections.binarySearch(
                        sorted,
                        wanted,
                        Comparator.comparingLong(each -> each.extent().firstOffset()));
        return at >= 0 && sorted.get(at).equals(wanted);
    }

    private static SluiceException broken(
            String code, String what, PartitionId partition, long expected, ObjectExtent found) {
        return new SluiceException(
                Kind.DATA,
                code,
                "%s: partition=%s expectedOffset=%d foundOffset=%d foundNext=%d objectKey=%s"
                        .formatted(
                                what,
                                partition,
                                expected,
                                found.extent().firstOffset(),
                                found.extent().nextOffset(),
                                found.objectKey()));
    }
}
