package sluice.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import sluice.engine.peer.CallReply;
import sluice.log.SluiceException;
import sluice.log.object.ProducerSnapshot;
import sluice.log.wal.Fenced;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.SlotRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalStore;
import sluice.uploader.ObjectStore;

/** What a broken engine does instead; called from patched classes. */
public final class EngineSabotage {

    private EngineSabotage() {}

    /** Half of the members are read without being fenced. */
    public static void fenceHalf(
            MemberMachine member, SegmentId segment, long epoch, MemberMachine.FenceDone done) {
        WalDisk disk = diskOf(member);
        if (((disk.diskId().hashCode() ^ segment.hashCode()) & 1) == 0) {
            member.fence(segment, epoch, done);
            return;
        }
        try {
            done.done(
                    SegmentCopy.scan(disk, segment)
                            .<Fenced>map(Fenced.Held::of)
                            .orElseGet(Fenced.NeverHeld::new));
        } catch (IOException | SluiceException e) {
            done.done(new Fenced.Unknown("not read: " + e.getMessage(), -1));
        }
    }

    private static WalDisk diskOf(MemberMachine member) {
        try {
            var field = MemberMachine.class.getDeclaredField("disk");
            field.setAccessible(true);
            return (WalDisk) field.get(member);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Silence, and a copy that cannot tell, are taken for a copy that holds nothing. */
    static boolean isAlwaysDefinite(FencedCopies copies, Segment segment) {
        return true;
    }

    /** A prepared segment is no concern of a recoverer. */
    public static List<Segment> withoutPrepared(WalRecord record) {
        return record.chain().stream()
                .filter(segment -> segment.state() != SegmentState.PREPARED)
                .toList();
    }

    /** What the copies of a segment hold comes before where the next segment begins. */
    public static <T> Optional<T> otherFirst(Optional<T> first, Supplier<Optional<T>> other) {
        return other.get().or(() -> first);
    }

    public static void putNothing(ObjectStore store, String key, List<ByteBuffer> body) {}

    /** Every slot is free. */
    static boolean isFree(SlotKeeper keeper, SlotRecord record) {
        return true;
    }

    /** What was rolled is trimmed, whether it is in objects or not. */
    public static boolean isRolled(SegmentId segment, WalRecord record) {
        return record.chain().stream()
                .noneMatch(each ->
                        each.index() <= segment.index() && each.state() != SegmentState.SEALED);
    }

    /** All that is uploaded is said to be in checkpoints. */
    static WalRecord foldAll(WalRecord record, long end) {
        return WalChanges.folded(record, record.uploadedEnd());
    }

    /** Nothing is needed any more. */
    public static boolean containsNothing(Set<?> needed, Object wal) {
        return false;
    }

    /** Who waited too long is told that nothing was done. */
    static CallReply.Failed definiteTimeout() {
        return OwnerAppends.failed(
                new SluiceException(
                        SluiceException.Kind.UNAVAILABLE, "ack-timeout", "nothing was done"));
    }

    /** Not to know is as good as to know that nothing was done. */
    public static SluiceException.Kind kindOfFailure(SluiceException error) {
        return error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME
                ? SluiceException.Kind.UNAVAILABLE
                : error.kind();
    }

    /** A disk that went back in time is as good as it ever was. */
    static boolean isNeverBelow(DiskAge age, long told) {
        return false;
    }

    /** Producers are forgotten with the owner. */
    static void restoreNothing(Producers producers, Producers.Snapshot snapshot) {}

    /** No checkpoint knows of producers. */
    static List<ProducerSnapshot> snapshotOfNothing(Producers producers, long hwm) {
        return List.of();
    }

    /** Writes whatever the record says by now. */
    public static Written replaceAnyway(WalStore store, WalRecord record, long version) {
        long present = store.get(record.wal()).orElseThrow().version();
        return store.replace(record, present);
    }

    /** Each process numbers its calls from the same place. */
    public static long zero(RandomGenerator random) {
        return 0;
    }

    /** A slot is let go without waiting for its entries to be in objects. */
    static boolean isUploadedAnyway(Handoffs handoffs, long end) {
        return true;
    }

    /** An owner believes that it still is one. */
    static void confirmAnyway(
            Authority authority, Runnable confirmed, Consumer<SluiceException> otherwise) {
        confirmed.run();
    }
}
