package sluice.log.wal.memory;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;

/**
 * A process's use of a disk in memory. The disk itself outlives it: after a crash, {@link #reopen}
 * gives the next process the same disk, with the page cache as it was, and this object refuses
 * everything. A {@link #powerCut()} takes the page cache too.
 *
 * <p>When a sync ends is decided by the executor; with {@code Runnable::run} it ends at once. One
 * sync of a segment is in flight at a time, so an executor that lets tasks overtake is safe.
 *
 * <p>Faults are for the test that injects them; {@link WalDisk} tells what the member sees.
 */
public final class MemoryWalDisk implements WalDisk {

    /** What can be made to fail once. */
    public enum Operation {
        CREATE,
        /** Half of the bytes are written before it fails. */
        WRITE,
        /** The bytes are never durable, though the disk calls them clean from then on. */
        SYNC,
        READ,
        FENCE
    }

    private final Platter platter;
    private final Executor syncs;
    private final Map<SegmentId, SyncTurn> turns = new HashMap<>();
    private boolean closed;

    /** The syncs of one segment: one in flight, and those who wait for the next. */
    private static final class SyncTurn {
        private List<SyncDone> waiting = new ArrayList<>();
        private boolean inFlight;
        private @Nullable IOException failure;
    }

    private MemoryWalDisk(Platter platter, Executor syncs) {
        this.platter = platter;
        this.syncs = syncs;
    }

    /**
     * An empty disk of 1 GiB.
     *
     * @param syncs runs the end of each sync
     */
    public MemoryWalDisk(UUID diskId, Executor syncs) {
        this(new Platter(diskId), syncs);
    }

    /** The disk as the next process finds it; this object is dead from now on. */
    public MemoryWalDisk reopen(Executor nextSyncs) {
        synchronized (platter) {
            closed = true;
            platter.segments.values().forEach(StoredSegment::abandonSync);
            return new MemoryWalDisk(platter, nextSyncs);
        }
    }

    /** Drops every byte that no sync covered. Syncs in flight never end. */
    public void powerCut() {
        synchronized (platter) {
            turns.clear();
            platter.segments.values().forEach(StoredSegment::powerCut);
        }
    }

    /** As {@link #powerCut()}, but by chance some of these bytes are on the disk after all. */
    public void powerCut(RandomGenerator random) {
        synchronized (platter) {
            turns.clear();
            platter.segments.values().forEach(segment -> segment.powerCut(random));
        }
    }

    /** Lets the next such operation fail; called twice, the next two. */
    public void failNext(Operation operation) {
        synchronized (platter) {
            platter.failing.merge(operation, 1, Integer::sum);
        }
    }

    /** What {@link #failNext} asked for and did not happen yet does not happen any more. */
    public void failNoMore() {
        synchronized (platter) {
            platter.failing.clear();
        }
    }

    /** Sets how many bytes fit on the disk; writes and fences beyond find no space. */
    public void capacityBytes(long bytes) {
        synchronized (platter) {
            platter.capacityBytes = bytes;
        }
    }

    /** Takes everything away, also the identity. */
    public void wipe(UUID newDiskId) {
        synchronized (platter) {
            turns.clear();
            platter.segments.clear();
            platter.fences.clear();
            platter.damagedFences.clear();
            platter.diskId = newDiskId;
            platter.age = 0;
        }
    }

    /** A disk with the same identity and contents that goes its own way from now on. */
    public MemoryWalDisk snapshot(Executor snapshotSyncs) {
        synchronized (platter) {
            return new MemoryWalDisk(platter.copy(), snapshotSyncs);
        }
    }

    /**
     * Turns one bit round, on the platter too.
     *
     * @param bit 0 to 7
     */
    public void flipBit(SegmentId segment, long position, int bit) throws IOException {
        synchronized (platter) {
            StoredSegment stored = platter.existing(segment);
            int at = Math.toIntExact(position);
            stored.corrupt(at, new byte[] {(byte) (stored.byteAt(at) ^ (1 << bit))});
        }
    }

    /** Puts bytes where nobody wrote them, on the platter too. */
    public void corrupt(SegmentId segment, long position, byte[] bytes) throws IOException {
        synchronized (platter) {
            platter.existing(segment).corrupt(Math.toIntExact(position), bytes);
        }
    }

    public void damageFence(SegmentId segment) {
        synchronized (platter) {
            platter.damagedFences.add(segment);
        }
    }

    @Override
    public UUID diskId() {
        synchronized (platter) {
            return platter.diskId;
        }
    }

    @Override
    public void create(SegmentId segment, ByteBuffer... first) throws IOException {
        synchronized (platter) {
            refuseIfClosed();
            platter.failIfDue(Operation.CREATE, segment);
            if (platter.fences.containsKey(segment)) {
                throw new IOException("a fenced segment is never created: segment=" + segment);
            }
            if (platter.segments.containsKey(segment)) {
                throw new IOException("the segment exists already: segment=" + segment);
            }
            platter.segments.put(segment, StoredSegment.durable(platter.freeBytes(), first));
        }
    }

    @Override
    public void write(SegmentId segment, long position, ByteBuffer... bytes) throws IOException {
        synchronized (platter) {
            StoredSegment stored = usable(segment);
            long at = position;
            boolean failing = platter.isDue(Operation.WRITE);
            for (ByteBuffer part : bytes) {
                int whole = part.remaining();
                int fitting = failing ? whole / 2 : platter.fitting(stored, at, whole);
                stored.write(Math.toIntExact(at), part.slice(part.position(), fitting));
                part.position(part.position() + fitting);
                at += fitting;
                if (failing) {
                    throw new IOException("injected: write failed: segment=" + segment);
                }
                if (fitting < whole) {
                    throw new IOException("No space left on device: segment=" + segment);
                }
            }
        }
    }

    @Override
    public void sync(SegmentId segment, SyncDone done) {
        SyncTurn turn;
        StoredSegment stored;
        synchronized (platter) {
            turn = turns.computeIfAbsent(segment, id -> new SyncTurn());
            if (turn.inFlight) {
                turn.waiting.add(done);
                return;
            }
            stored = platter.segments.get(segment);
            if (!closed && turn.failure == null && stored != null) {
                turn.inFlight = true;
                turn.waiting.add(done);
            }
        }
        if (stored != null && turn.inFlight) {
            beginSync(segment, turn, stored);
        } else {
            done.done(refusal(segment, turn));
        }
    }

    private IOException refusal(SegmentId segment, SyncTurn turn) {
        if (turn.failure != null) {
            return turn.failure;
        }
        return new IOException(
                closed
                        ? "the process that used this disk is gone"
                        : "this disk has no such segment: segment=" + segment);
    }

    /** Takes what is dirty now; the executor decides when it is durable. */
    private void beginSync(SegmentId segment, SyncTurn turn, StoredSegment stored) {
        List<SyncDone> told;
        synchronized (platter) {
            told = turn.waiting;
            turn.waiting = new ArrayList<>();
            stored.beginSync();
        }
        syncs.execute(() -> endSync(segment, turn, stored, told));
    }

    private void endSync(
            SegmentId segment, SyncTurn turn, StoredSegment stored, List<SyncDone> told) {
        boolean again;
        IOException failure;
        synchronized (platter) {
            if (closed || turns.get(segment) != turn) {
                return;
            }
            if (turn.failure == null && platter.isDue(Operation.SYNC)) {
                turn.failure = new IOException("injected: sync failed: segment=" + segment);
            }
            failure = turn.failure;
            stored.endSync(failure == null);
            again = !turn.waiting.isEmpty();
            turn.inFlight = again;
        }
        for (SyncDone done : told) {
            done.done(failure);
        }
        if (again) {
            beginSync(segment, turn, stored);
        }
    }

    @Override
    public int read(SegmentId segment, long position, ByteBuffer into) throws IOException {
        synchronized (platter) {
            refuseIfClosed();
            platter.failIfDue(Operation.READ, segment);
            return platter.existing(segment).read(position, into);
        }
    }

    @Override
    public long length(SegmentId segment) throws IOException {
        synchronized (platter) {
            refuseIfClosed();
            return platter.existing(segment).length();
        }
    }

    @Override
    public void truncate(SegmentId segment, long length) throws IOException {
        synchronized (platter) {
            StoredSegment stored = usable(segment);
            stored.truncate((int) Math.min(length, stored.length()));
        }
    }

    @Override
    public boolean exists(SegmentId segment) {
        synchronized (platter) {
            return platter.segments.containsKey(segment);
        }
    }

    @Override
    public void writeFence(SegmentId segment, long epoch) throws IOException {
        synchronized (platter) {
            OptionalLong present = fence(segment);
            if (present.isPresent() && present.getAsLong() >= epoch) {
                return;
            }
            platter.failIfDue(Operation.FENCE, segment);
            if (platter.freeBytes() <= 0) {
                throw new IOException("No space left on device: fence of segment=" + segment);
            }
            platter.fences.put(segment, epoch);
        }
    }

    @Override
    public OptionalLong fence(SegmentId segment) throws IOException {
        synchronized (platter) {
            refuseIfClosed();
            if (platter.damagedFences.contains(segment)) {
                throw new IOException("the fence of a segment is damaged: segment=" + segment);
            }
            Long epoch = platter.fences.get(segment);
            return epoch == null ? OptionalLong.empty() : OptionalLong.of(epoch);
        }
    }

    @Override
    public void delete(SegmentId segment) throws IOException {
        synchronized (platter) {
            refuseIfClosed();
            platter.segments.remove(segment);
        }
    }

    @Override
    public List<SegmentId> list() throws IOException {
        synchronized (platter) {
            refuseIfClosed();
            return platter.list();
        }
    }

    @Override
    public long age() {
        synchronized (platter) {
            return platter.age;
        }
    }

    @Override
    public void grow(long age, SyncDone done) {
        syncs.execute(() -> {
            synchronized (platter) {
                if (closed) {
                    return;
                }
                platter.age = age;
            }
            done.done(null);
        });
    }

    @Override
    public long usedBytes() {
        synchronized (platter) {
            return platter.usedBytes();
        }
    }

    @Override
    public long freeBytes() {
        synchronized (platter) {
            return platter.freeBytes();
        }
    }

    @Override
    public void close() {
        synchronized (platter) {
            closed = true;
        }
    }

    private StoredSegment usable(SegmentId segment) throws IOException {
        refuseIfClosed();
        SyncTurn turn = turns.get(segment);
        if (turn != null && turn.failure != null) {
            throw new IOException(
                    "an earlier sync of this segment failed: segment=" + segment, turn.failure);
        }
        return platter.existing(segment);
    }

    private void refuseIfClosed() throws IOException {
        if (closed) {
            throw new IOException("the process that used this disk is gone");
        }
    }
}
