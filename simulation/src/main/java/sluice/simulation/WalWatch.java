package sluice.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import sluice.log.SluiceException;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalEntry;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalRecord.State;
import sluice.metadata.WalRecord.WalObject;

/** Judges every change of a wal's record at the moment it is made (I6, I10, I12, I15). */
final class WalWatch {

    private static final int CHAIN_MAX = 1_000;
    private static final int OBJECTS_MAX = 1_000;

    private final SimulatedCluster cluster;
    private final Coverage coverage;
    private final Map<UUID, WalRecord> last = new HashMap<>();

    WalWatch(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.coverage = cluster.coverage;
        coverage.declare(
                "wal: rolled",
                "wal: prepared segment replaced",
                "wal: segment with fewer members than wanted",
                "wal: taken by a recoverer",
                "wal: recovery taken over by another recoverer",
                "wal: recovery begun again by the same recoverer",
                "wal: recovered",
                "wal: recovered by the gateway whose disk it was",
                "wal: recovered with an activated prepared segment",
                "wal: recovered with nothing left to upload",
                "wal: sealed by its owner",
                "wal: objects folded away",
                "wal: released");
    }

    Optional<WalRecord> last(UUID wal) {
        return Optional.ofNullable(last.get(wal));
    }

    boolean isEnded(UUID wal) {
        WalRecord record = last.get(wal);
        return record != null
                && (record.state() == State.SEALED || record.state() == State.RELEASED);
    }

    /** True if the metadata covers all entries of the segment, so that no copy is needed. */
    boolean isCovered(SegmentId segment) {
        WalRecord record = last.get(segment.wal());
        if (record == null) {
            return false;
        }
        return switch (record.state()) {
            case SEALED, RELEASED -> true;
            case OPEN, FENCING ->
                    // A chain that is empty was closed by its owner, and is all in objects.
                    record.chain().isEmpty() || segment.index() < record.chain().getFirst().index();
        };
    }

    void changed(WalRecord now) {
        WalRecord before = last.put(now.wal(), now);
        checkShape(now);
        checkObjects(before, now);
        if (before != null) {
            checkMove(before, now);
            count(before, now);
        }
    }

    private void broken(String what, WalRecord before, WalRecord now) {
        cluster.broken(what + ": before=" + before + " now=" + now);
    }

    private void checkShape(WalRecord now) {
        if (now.chain().size() > CHAIN_MAX || now.objects().size() > OBJECTS_MAX) {
            cluster.broken("I15: a wal record grows: " + now);
        }
        long end = now.uploadedEnd();
        boolean isOpenSeen = false;
        for (Segment segment : now.chain()) {
            boolean isLast = segment.equals(now.chain().getLast());
            switch (segment.state()) {
                case SEALED -> {
                    if (segment.start() != end || segment.end() < end || isOpenSeen) {
                        cluster.broken("I15: a chain with a gap at " + segment + ": " + now);
                    }
                    end = segment.end();
                }
                case OPEN -> {
                    if (segment.start() != end || isOpenSeen) {
                        cluster.broken("I15: a chain with a gap at " + segment + ": " + now);
                    }
                    isOpenSeen = true;
                }
                case PREPARED -> {
                    if (!isLast) {
                        cluster.broken("I15: a prepared segment that is not the last: " + now);
                    }
                }
            }
        }
    }

    /** New objects are there whole, and cover exactly what the record says is uploaded. */
    private void checkObjects(@org.jspecify.annotations.Nullable WalRecord before, WalRecord now) {
        List<WalObject> known = before == null ? List.of() : before.objects();
        long covered = before == null ? 0 : before.uploadedEnd();
        for (WalObject object : now.objects()) {
            if (known.contains(object)) {
                continue;
            }
            int length = cluster.objectLength(object.key());
            if (length != object.lengthBytes()) {
                cluster.broken(
                        "I10: an object was committed that is not there: length=%d %s"
                                .formatted(length, object));
            }
            if (object.fromEntry() > covered
                    && holdsBatches(now.wal(), covered, object.fromEntry())) {
                cluster.broken("I10: objects leave a hole before " + object + ": " + now);
            }
            covered = Math.max(covered, object.toEntry());
        }
        boolean isUploadOfNothing = before != null && now.uploadedEnd() == before.uploadedEnd();
        if (before != null
                && !isUploadOfNothing
                && covered < now.uploadedEnd()
                && holdsBatches(now.wal(), covered, now.uploadedEnd())) {
            broken("I10: uploaded is more than the objects hold", before, now);
        }
    }

    /** True unless all these entries are marks, which are in no object. */
    private boolean holdsBatches(UUID wal, long from, long to) {
        for (SimulatedGateway node : cluster.nodes) {
            try {
                for (SegmentId segment : node.disk().list()) {
                    if (segment.wal().equals(wal) && holdsBatches(node, segment, from, to)) {
                        return true;
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return false;
    }

    private static boolean holdsBatches(
            SimulatedGateway node, SegmentId segment, long from, long to) throws IOException {
        boolean[] found = new boolean[1];
        try {
            Optional<SegmentCopy.Extent> whole = SegmentCopy.scan(node.disk(), segment);
            if (whole.isPresent()) {
                SegmentCopy.read(
                        node.disk(),
                        segment,
                        whole.get().end(),
                        (source, at, position) -> {
                            long sequence = WalEntry.sequence(source, at);
                            found[0] |=
                                    sequence >= from
                                            && sequence < to
                                            && WalEntry.type(source, at) != WalEntry.MARK;
                        });
            }
        } catch (SluiceException e) {
            return false; // A damaged copy says nothing.
        }
        return found[0];
    }

    private void checkMove(WalRecord before, WalRecord now) {
        boolean isLegal =
                switch (before.state()) {
                    case OPEN -> now.state() != State.RELEASED;
                    case FENCING -> now.state() == State.FENCING || now.state() == State.SEALED;
                    case SEALED -> now.state() == State.SEALED || now.state() == State.RELEASED;
                    case RELEASED -> now.state() == State.RELEASED;
                };
        long epochs = now.epoch() - before.epoch();
        boolean isClaim = now.state() == State.FENCING;
        if (!isLegal || epochs != (isClaim ? 1 : 0)) {
            broken("I6: no legal move of a wal", before, now);
        }
        if (now.uploadedEnd() < before.uploadedEnd()
                || (isEnded(before) && now.uploadedEnd() != before.uploadedEnd())) {
            broken("I6: the end of a wal moved", before, now);
        }
        Map<Integer, Segment> segments =
                before.chain().stream().collect(Collectors.toMap(Segment::index, each -> each));
        for (Segment segment : now.chain()) {
            Segment earlier = segments.get(segment.index());
            if (earlier == null) {
                continue;
            }
            if (!earlier.members().equals(segment.members())
                    || (earlier.state() == SegmentState.SEALED && !earlier.equals(segment))) {
                broken("I6: a segment changed that must not", before, now);
            }
        }
        for (WalObject object : before.objects()) {
            if (!now.objects().contains(object) && object.toEntry() > now.foldedEnd()) {
                broken("I10: an object was forgotten that nothing covers", before, now);
            }
        }
    }

    private static boolean isEnded(WalRecord record) {
        return record.state() == State.SEALED || record.state() == State.RELEASED;
    }

    private void count(WalRecord before, WalRecord now) {
        if (now.state() == State.OPEN) {
            countOpen(before, now);
        } else if (now.state() == State.FENCING) {
            coverage.count(
                    before.state() == State.OPEN
                            ? "wal: taken by a recoverer"
                            : Objects.equals(before.recoverer(), now.recoverer())
                                    ? "wal: recovery begun again by the same recoverer"
                                    : "wal: recovery taken over by another recoverer");
            cluster.note("", "wal " + now.wal() + " FENCING by " + now.recoverer());
        } else if (now.state() == State.SEALED && before.state() == State.FENCING) {
            coverage.count("wal: recovered");
            countRecovery(before, now);
            cluster.note("", "wal " + now.wal() + " SEALED at " + now.uploadedEnd());
        } else if (now.state() == State.SEALED && before.state() == State.OPEN) {
            coverage.count("wal: sealed by its owner");
            cluster.note("", "wal " + now.wal() + " SEALED by its owner");
        } else if (now.state() == State.RELEASED && before.state() == State.SEALED) {
            coverage.count("wal: released");
        }
        if (now.foldedEnd() > before.foldedEnd() && now.state() == State.OPEN) {
            coverage.count("wal: objects folded away");
        }
    }

    private void countOpen(WalRecord before, WalRecord now) {
        if (now.chain().isEmpty() || before.chain().isEmpty()) {
            return;
        }
        Segment last = now.chain().getLast();
        Segment lastBefore = before.chain().getLast();
        if (last.index() == lastBefore.index()) {
            return;
        }
        if (last.members().size() < cluster.limits.replicationFactor()) {
            coverage.count("wal: segment with fewer members than wanted");
        }
        boolean isReplaced =
                lastBefore.state() == SegmentState.PREPARED
                        && now.chain().stream().noneMatch(s -> s.index() == lastBefore.index());
        coverage.count(isReplaced ? "wal: prepared segment replaced" : "wal: rolled");
    }

    private void countRecovery(WalRecord before, WalRecord now) {
        if (now.recoverer().equals(Optional.of(now.node()))) {
            coverage.count("wal: recovered by the gateway whose disk it was");
        }
        if (now.uploadedEnd() == before.uploadedEnd()) {
            coverage.count("wal: recovered with nothing left to upload");
        }
        before.chain().stream()
                .filter(segment -> segment.state() == SegmentState.PREPARED)
                .filter(segment ->
                        now.objects().stream()
                                .anyMatch(object -> object.segment() == segment.index()))
                .forEach(_ -> coverage.count("wal: recovered with an activated prepared segment"));
    }
}
