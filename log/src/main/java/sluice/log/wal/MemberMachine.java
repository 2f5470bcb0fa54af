package sluice.log.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.WalFrame.Append;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Open;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;

/**
 * One disk as a member of wal segments, its own gateway's and its peers' alike: writes what owners
 * send, syncs in groups, and says that entries are durable only after a sync that began after they
 * were written.
 *
 * <pre>
 *   (none) ──OPEN──▶ open ──wrong bytes, gap, failure──▶ closed
 *      │               │                                   │
 *      └────fence──────┴───────────────fence───────────────┴──▶ fenced (durable)
 * </pre>
 *
 * <p>Only an open copy takes appends. A copy found on the disk after a restart is closed: its owner
 * sees the lost connection and leaves the segment behind. All methods run on the member's lane.
 */
public final class MemberMachine {

    /**
     * @param syncDelay how long written entries wait for others before a disk that has nothing else
     *     to sync syncs them; while it syncs, they wait anyway, and go next
     * @param syncBytes so many written bytes do not wait
     * @param diskBytesMax budget of all copies; above it, new segments and appends are refused
     * @param freeBytesMin so much of the file system is left alone
     */
    public record Limits(Duration syncDelay, int syncBytes, long diskBytesMax, long freeBytesMin) {}

    /** Told what the disk can no longer be trusted with; the process ends. */
    public interface DiskFailure {
        void failed(SegmentId segment, IOException cause);
    }

    private static final class Copy {
        final SegmentId segment;
        final UUID owner;
        long position = SegmentHeader.BYTES;
        long next;
        long hash;
        long durable;
        long unsyncedBytes;
        boolean open = true;
        Lane.@Nullable Timer timer;

        Copy(SegmentId segment, UUID owner, long start, long hash) {
            this.segment = segment;
            this.owner = owner;
            this.next = start;
            this.durable = start;
            this.hash = hash;
        }
    }

    private final Lane lane;
    private final WalDisk disk;
    private final PeerTransport transport;
    private final Limits limits;
    private final DiskFailure failure;
    private final Map<SegmentId, Copy> copies = new HashMap<>();

    /** Segments of which a sync is in flight, whoever asked for it. */
    private final Set<SegmentId> syncing = new HashSet<>();

    /**
     * Copies that wait for a sync, oldest first: a journal takes one after another all the same.
     */
    private final Set<Copy> waitingForDisk = new LinkedHashSet<>();

    private final TrimmedSegments trimmed = new TrimmedSegments();

    /** After a failure, what the page cache says proves nothing: only a restart tells. */
    private boolean failed;

    public MemberMachine(
            Lane lane, WalDisk disk, PeerTransport transport, Limits limits, DiskFailure failure) {
        this.lane = lane;
        this.disk = disk;
        this.transport = transport;
        this.limits = limits;
        this.failure = failure;
    }

    /** An OPEN or APPEND from the segment's owner. */
    public void received(UUID owner, WalFrame frame) {
        lane.assertOwner();
        switch (frame) {
            case Open open -> open(owner, open);
            case Append append -> append(owner, append);
            case Durable durable -> throw notForMembers(durable);
            case Refused refused -> throw notForMembers(refused);
        }
    }

    private static SluiceException notForMembers(WalFrame frame) {
        return new SluiceException(
                SluiceException.Kind.INVALID,
                "malformed-frame",
                "an owner sends OPEN and APPEND only: segment=" + frame.segment());
    }

    private void open(UUID owner, Open open) {
        try {
            if (failed) {
                refuse(owner, open.segment(), Reason.DISK_FAILED, open.start());
            } else if (disk.fence(open.segment()).isPresent()) {
                refuse(owner, open.segment(), Reason.FENCED, open.start());
            } else if (disk.exists(open.segment())) {
                refuse(owner, open.segment(), Reason.UNKNOWN, open.start());
            } else if (!hasRoom(0)) {
                refuse(owner, open.segment(), Reason.NO_SPACE, open.start());
            } else {
                var header =
                        new SegmentHeader(
                                open.segment(), open.start(), open.startHash(), open.openedAtMs());
                disk.create(open.segment(), header.encode());
                copies.put(
                        open.segment(),
                        new Copy(open.segment(), owner, open.start(), open.startHash()));
            }
        } catch (IOException e) {
            refuse(owner, open.segment(), Reason.DISK_FAILED, open.start());
            fail(open.segment(), e);
        }
    }

    private void append(UUID owner, Append append) {
        Copy copy = copies.get(append.segment());
        if (failed) {
            refuse(owner, append.segment(), Reason.DISK_FAILED, append.first());
        } else if (copy == null || !copy.open || !copy.owner.equals(owner)) {
            refuse(owner, append.segment(), whyNotOpen(append.segment()), append.first());
        } else if (append.first() != copy.next) {
            close(copy, Reason.GAP);
        } else if (!hasRoom(append.entries().remaining())) {
            close(copy, Reason.NO_SPACE);
        } else {
            write(copy, append.entries());
        }
    }

    private Reason whyNotOpen(SegmentId segment) {
        try {
            return disk.fence(segment).isPresent() ? Reason.FENCED : Reason.UNKNOWN;
        } catch (IOException e) {
            return Reason.DISK_FAILED;
        }
    }

    private boolean hasRoom(long bytes) {
        return disk.usedBytes() + bytes <= limits.diskBytesMax()
                && disk.freeBytes() - bytes >= limits.freeBytesMin();
    }

    private void write(Copy copy, ByteBuffer entries) {
        long next = copy.next;
        long hash = copy.hash;
        int bytes = entries.remaining();
        try {
            int at = entries.position();
            while (at < entries.limit()) {
                int length = WalEntry.check(entries, at, entries.limit(), next, hash);
                hash = WalEntry.hashOf(entries, at);
                next++;
                at += length;
            }
            disk.write(copy.segment, copy.position, entries);
        } catch (SluiceException e) {
            close(copy, Reason.CORRUPT);
            return;
        } catch (IOException e) {
            close(copy, Reason.DISK_FAILED);
            fail(copy.segment, e);
            return;
        }
        copy.position += bytes;
        copy.next = next;
        copy.hash = hash;
        copy.unsyncedBytes += bytes;
        considerSync(copy);
    }

    private void considerSync(Copy copy) {
        if (syncing.contains(copy.segment) || copy.unsyncedBytes == 0) {
            return;
        }
        if (!syncing.isEmpty()) {
            cancelTimer(copy);
            waitingForDisk.add(copy);
        } else if (copy.unsyncedBytes >= limits.syncBytes() || limits.syncDelay().isZero()) {
            sync(copy);
        } else if (copy.timer == null) {
            copy.timer = lane.schedule(limits.syncDelay(), () -> onSyncTimer(copy));
        }
    }

    private void onSyncTimer(Copy copy) {
        copy.timer = null;
        if (!syncing.isEmpty()) {
            considerSync(copy);
        } else if (copy.unsyncedBytes > 0) {
            sync(copy);
        }
    }

    /** The disk has time for the next one. */
    private void syncNext(SegmentId ended) {
        syncing.remove(ended);
        while (syncing.isEmpty() && !waitingForDisk.isEmpty()) {
            Copy next = waitingForDisk.iterator().next();
            waitingForDisk.remove(next);
            if (next.open && next.unsyncedBytes > 0) {
                sync(next);
            }
        }
    }

    private void sync(Copy copy) {
        cancelTimer(copy);
        long end = copy.next;
        syncing.add(copy.segment);
        copy.unsyncedBytes = 0;
        disk.sync(copy.segment, error -> lane.executeHere(() -> onSynced(copy, end, error)));
    }

    private static void cancelTimer(Copy copy) {
        if (copy.timer != null) {
            copy.timer.cancel();
            copy.timer = null;
        }
    }

    private void onSynced(Copy copy, long end, @Nullable IOException error) {
        if (error != null) {
            close(copy, Reason.DISK_FAILED);
            fail(copy.segment, error);
            syncNext(copy.segment);
            return;
        }
        if (copy.open && copy.unsyncedBytes > 0) {
            waitingForDisk.add(copy);
        }
        syncNext(copy.segment); // The disk goes on before the owner is told.
        assert end >= copy.durable : "durable goes back: " + copy.durable + " to " + end;
        copy.durable = end;
        if (copy.open) {
            send(copy.owner, new Durable(copy.segment, end));
        }
    }

    private void fail(SegmentId segment, IOException cause) {
        failed = true;
        failure.failed(segment, cause);
    }

    private void close(Copy copy, Reason reason) {
        stopTaking(copy);
        refuse(copy.owner, copy.segment, reason, copy.next);
    }

    private static void stopTaking(Copy copy) {
        copy.open = false;
        cancelTimer(copy);
    }

    private void refuse(UUID owner, SegmentId segment, Reason reason, long end) {
        send(owner, new Refused(segment, reason, end));
    }

    /** A frame that cannot be sent is lost like one on a broken link: the owner rolls away. */
    private void send(UUID owner, WalFrame frame) {
        transport.send(owner, PeerTransport.Link.WAL, frame.encode());
    }

    /** The owner's link is gone, and with it perhaps frames: its open copies are closed. */
    public void disconnected(UUID owner) {
        lane.assertOwner();
        for (Copy copy : copies.values()) {
            if (copy.owner.equals(owner)) {
                stopTaking(copy);
            }
        }
    }

    /** Answer to {@link #fence}, given on the member's lane. */
    public interface FenceDone {
        void done(Fenced outcome);
    }

    /**
     * Closes the segment for its owner, durably, and then says how far this disk's copy goes. The
     * answer is given only after the fence is on the disk, and what it covers is synced.
     *
     * @param epoch of the wal record under which the caller recovers
     */
    public void fence(SegmentId segment, long epoch, FenceDone done) {
        lane.assertOwner();
        Copy copy = copies.get(segment);
        if (copy != null) {
            stopTaking(copy);
        }
        try {
            disk.writeFence(segment, epoch);
            OptionalLong stored = disk.fence(segment);
            assert stored.isPresent() && stored.getAsLong() >= epoch : "fence not stored";
        } catch (IOException e) {
            done.done(new Fenced.Unknown("the fence could not be stored: " + e.getMessage()));
            return;
        }
        if (disk.exists(segment)) {
            syncThenAnswer(segment, done);
        } else if (trimmed.contains(segment)) {
            done.done(new Fenced.Unknown("the copy went after its objects were committed"));
        } else {
            done.done(new Fenced.NeverHeld());
        }
    }

    private void syncThenAnswer(SegmentId segment, FenceDone done) {
        if (!syncing.add(segment)) {
            lane.schedule(Duration.ofMillis(1), () -> syncThenAnswer(segment, done));
            return;
        }
        disk.sync(segment, error -> lane.execute(() -> answerFence(segment, error, done)));
    }

    private void answerFence(SegmentId segment, @Nullable IOException error, FenceDone done) {
        syncNext(segment);
        if (error != null) {
            fail(segment, error);
            done.done(new Fenced.Unknown("the copy could not be synced: " + error.getMessage()));
        } else if (failed) {
            done.done(new Fenced.Unknown("the disk failed, so its page cache proves nothing"));
        } else {
            done.done(extentOf(segment));
        }
    }

    private Fenced extentOf(SegmentId segment) {
        try {
            Optional<SegmentCopy.Extent> found = SegmentCopy.scan(disk, segment);
            if (found.isEmpty()) {
                return new Fenced.Unknown("the copy disappeared");
            }
            SegmentCopy.Extent extent = found.get();
            Copy copy = copies.get(segment);
            if (extent.damaged() || (copy != null && extent.end() < copy.durable)) {
                String why = "the copy is damaged at entry " + extent.end();
                return new Fenced.Unknown(why, extent.hwm());
            }
            return Fenced.Held.of(extent);
        } catch (IOException | SluiceException e) {
            return new Fenced.Unknown("the copy cannot be read: " + e.getMessage());
        }
    }

    /**
     * Forgets a copy that committed metadata covers. Its fence, if it has one, stays.
     *
     * <p>The caller has read that commit itself; a message from a peer is no reason to come here.
     */
    public void trim(SegmentId segment) {
        lane.assertOwner();
        Copy copy = copies.get(segment);
        if (copy != null) {
            stopTaking(copy);
        }
        if (syncing.contains(segment)) {
            lane.schedule(Duration.ofMillis(5), () -> trim(segment));
            return;
        }
        copies.remove(segment);
        trimmed.add(segment);
        try {
            disk.delete(segment);
        } catch (IOException e) {
            fail(segment, e);
        }
    }
}
