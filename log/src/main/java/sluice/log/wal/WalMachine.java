package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.log.wal.SegmentMembers.Member;

/**
 * The owner's side of one wal: gives entries their sequence, sends them to all members of the
 * current segment, and says which are on all of their disks.
 *
 * <pre>
 *              ┌──────────── append, durable ───────────┐
 *   opened ──▶ writing ──(size, age, or a member is lost; a next segment is PREPARED)──▶ rolled
 *                ▲                                                                         │
 *                └──────(the roll and a new PREPARED are in the metadata)──────────────────┘
 * </pre>
 *
 * <p>Rules (design.md section 5; the traces B18 and B19 of the model show what is lost without
 * them): the end of a segment is the high watermark at the moment of the roll, and from then on no
 * acknowledgement of that segment counts; the next segment begins there, with everything above it
 * sent again; a segment is begun only if the metadata is known to name it PREPARED with exactly
 * these members. No I/O, no clock: time comes in as an argument. One owner thread.
 */
public final class WalMachine {

    /**
     * @param segmentBytesMax a segment that reached it and has committed entries is rolled
     * @param segmentAgeNs a segment that has committed entries is rolled at this age
     * @param memberSlowNs a member that owes an answer for longer is left behind
     * @param unackedBytesMax entries not yet on all disks; above it, {@link #hasRoom} says no
     * @param frameBytesMax entries sent in one frame
     */
    public record Limits(
            long segmentBytesMax,
            long segmentAgeNs,
            long memberSlowNs,
            long unackedBytesMax,
            int frameBytesMax) {}

    private final UUID wal;
    private final UUID self;
    private final Limits limits;
    private final WalOutput output;
    private final Patience patience;

    private int index;
    private SegmentMembers members = SegmentMembers.NONE;
    private long segmentStart;
    private long segmentOpenedNs;
    private long position;

    private long next;
    private long hash = WalEntry.FIRST_HASH;
    private long hwm;
    private final UnackedEntries unacked = new UnackedEntries();
    private final UnsentEntries unsent = new UnsentEntries();
    private long ownerEnd;
    private final IdleMark mark = new IdleMark();

    private int preparedIndex = -1;
    private List<UUID> preparedMembers = List.of();
    private boolean stopped;

    /**
     * @param self the owner's own disk
     */
    public WalMachine(UUID wal, UUID self, Limits limits, WalOutput output) {
        this.wal = wal;
        this.self = self;
        this.limits = limits;
        this.output = output;
        this.patience = new Patience(limits.memberSlowNs());
    }

    /** Begins the first segment; the metadata names it OPEN with these members from entry 0. */
    public void open(int firstIndex, List<UUID> firstMembers, long nowNs, long wallMs) {
        assert members.isEmpty() : "opened twice";
        begin(firstIndex, firstMembers, nowNs, wallMs);
    }

    /** The metadata names this segment PREPARED with these members. */
    public void prepared(int nextIndex, List<UUID> nextMembers) {
        assert nextIndex > index : "prepared " + nextIndex + " behind " + index;
        SegmentMembers.assertDistinct(nextMembers);
        preparedIndex = nextIndex;
        preparedMembers = List.copyOf(nextMembers);
    }

    /**
     * Takes back what {@link #prepared} said, before the metadata is asked to name another in its
     * place: while that write is under way, neither may be begun.
     */
    public void unprepare() {
        preparedIndex = -1;
        preparedMembers = List.of();
    }

    public boolean hasPrepared() {
        return preparedIndex >= 0;
    }

    public List<UUID> preparedMembers() {
        return preparedMembers;
    }

    /** The current segment's members. */
    public List<UUID> members() {
        return members.disks();
    }

    public int segment() {
        return index;
    }

    /** First entry of the current segment. */
    public long segmentStart() {
        return segmentStart;
    }

    /** True if the current segment has reached its size. */
    public boolean isFull() {
        return position >= limits.segmentBytesMax();
    }

    /** The sequence that the next entry gets. */
    public long next() {
        return next;
    }

    /** All entries below are on all members' disks. */
    public long hwm() {
        return hwm;
    }

    public boolean hasRoom(int payloadBytes) {
        return !stopped
                && unacked.bytes() + WalEntry.HEADER_BYTES + payloadBytes
                        <= limits.unackedBytesMax();
    }

    public long unackedBytes() {
        return unacked.bytes();
    }

    /** No more appends and no more acknowledgements, for ever. */
    public void stop() {
        stopped = true;
    }

    public boolean isStopped() {
        return stopped;
    }

    /**
     * Appends an entry; it is sent at the next {@link #flush}, or before if a frame is full. The
     * payload's bytes must not change until the entry is below the high watermark.
     */
    public long append(
            byte type,
            byte retention,
            int slot,
            int slotEpoch,
            long topicId,
            int partition,
            int offsets,
            long baseOffset,
            ByteBuffer payload,
            long nowNs,
            long wallMs) {
        assert !stopped && !members.isEmpty() : "not writing";
        ByteBuffer header =
                WalEntry.header(
                        type,
                        retention,
                        slot,
                        slotEpoch,
                        next,
                        hash,
                        hwm,
                        wallMs,
                        topicId,
                        partition,
                        offsets,
                        baseOffset,
                        payload);
        var pending = new PendingEntry(next, header, payload, nowNs);
        unacked.add(pending);
        mark.appended(type, nowNs);
        hash = WalEntry.hashOf(header, 0);
        next++;
        place(pending);
        return pending.sequence;
    }

    /**
     * Writes the high watermark down once all entries are committed and none followed for a while:
     * else no later entry says so of the last one, and if it is damaged in a copy, the copy looks
     * torn. Not needed where a segment begins: its header says as much.
     */
    public void markIfIdle(long idleNs, long nowNs, long wallMs) {
        boolean isIdle = unacked.isEmpty() && hwm > segmentStart;
        if (!stopped && isIdle && mark.isDue(idleNs, nowNs)) {
            var none = ByteBuffer.allocate(0);
            append(WalEntry.MARK, (byte) 0, 0, 0, 0, 0, 0, 0, none, nowNs, wallMs);
            flush();
        }
    }

    private void place(PendingEntry entry) {
        entry.position = position;
        position += entry.bytes;
        if (!unsent.fits(entry, limits.frameBytesMax())) {
            flush();
        }
        unsent.add(entry);
    }

    /** Sends what was appended since the last call. */
    public void flush() {
        if (stopped || unsent.isEmpty()) {
            return;
        }
        for (Member member : members.all()) {
            if (!member.lost) {
                send(member, unsent.frame(new SegmentId(wal, index)));
            }
        }
        unsent.clear();
    }

    private void send(Member member, ByteBuffer... frame) {
        if (!output.send(member.disk, frame)) {
            member.lost = true;
        }
    }

    /** What a member said. */
    public void received(UUID from, WalFrame frame) {
        if (stopped || !frame.segment().wal().equals(wal)) {
            return;
        }
        if (frame instanceof WalFrame.Refused(_, var reason, _)
                && reason == WalFrame.Reason.FENCED) {
            // A recoverer has the wal, whichever of its segments it asked for first.
            stopped = true;
            output.fenced();
            return;
        }
        Member member = members.find(from);
        if (member == null || frame.segment().index() != index) {
            return; // Of a segment left behind: it is sealed, and counts no more.
        }
        switch (frame) {
            case WalFrame.Durable durable -> durable(member, durable.end());
            case WalFrame.Refused _, WalFrame.Open _, WalFrame.Append _ -> member.lost = true;
        }
    }

    private void durable(Member member, long end) {
        if (end > (unsent.isEmpty() ? next : unsent.first())) {
            member.lost = true; // It claims what it was never sent: believe nothing it says.
        }
        if (member.lost || end <= member.end) {
            return;
        }
        member.end = end;
        output.memberDurable(member.disk, end);
        if (member.disk.equals(self) && end > ownerEnd) {
            ownerEnd = end;
            output.ownerDurable(end);
        }
        long all = members.least();
        if (all > hwm) {
            commit(all);
        }
    }

    private void commit(long end) {
        hwm = end;
        patience.committed();
        unacked.releaseBelow(
                end,
                done -> {
                    if (WalEntry.type(done.header, 0) == WalEntry.BATCH) {
                        output.entryCommitted(done.sequence, index, done.position, done.bytes);
                    }
                });
        output.committed(end);
    }

    /** A member's link is gone. */
    public void disconnected(UUID disk) {
        Member member = members.find(disk);
        if (member != null) {
            member.lost = true;
        }
    }

    /** Why the current segment should be left behind now, if it should. */
    public Optional<String> wantsRoll(long nowNs) {
        if (stopped) {
            return Optional.empty();
        }
        Optional<String> fault =
                members.first(member -> member.lost)
                        .map(disk -> "member lost: " + disk)
                        .or(() -> slowest(nowNs).map(disk -> "member slow: " + disk));
        return fault.isPresent() ? fault : isGrown(nowNs);
    }

    /** Why the current segment should end for itself: its size, or its age. */
    public Optional<String> isGrown(long nowNs) {
        if (stopped || hwm == segmentStart) {
            return Optional.empty(); // What was sent again may fill it already: let it arrive.
        }
        if (isFull()) {
            return Optional.of("size");
        }
        boolean isOld = nowNs - segmentOpenedNs >= limits.segmentAgeNs();
        return isOld ? Optional.of("age") : Optional.empty();
    }

    /**
     * A member that holds the oldest entry up for too long, though another one has it. Entries that
     * were sent again at a roll are given their time anew.
     */
    public Optional<UUID> slowest(long nowNs) {
        return patience.isOver(waitedNs(nowNs))
                ? laggards().stream().findFirst()
                : Optional.empty();
    }

    /** How long the oldest entry that is not on all disks waits in this segment. */
    public long waitedNs(long nowNs) {
        return unacked.isEmpty()
                ? 0
                : nowNs - Math.max(unacked.oldest().appendedNs, segmentOpenedNs);
    }

    /** Members that hold the oldest entry up while another one has it; none if all are alike. */
    public List<UUID> laggards() {
        return unacked.isEmpty() ? List.of() : members.laggards(hwm);
    }

    /** Members that take no more of the current segment. */
    public List<UUID> lostMembers() {
        return members.lost();
    }

    /**
     * Leaves the current segment at the high watermark and goes on in the prepared one, sending
     * again what is above it.
     *
     * @return false if none is prepared: nothing changed
     */
    public boolean roll(long nowNs, long wallMs) {
        if (stopped || preparedIndex < 0) {
            return false;
        }
        unsent.clear();
        if (hwm == segmentStart && !unacked.isEmpty()) {
            patience.leftInVain();
        }
        int old = index;
        begin(preparedIndex, preparedMembers, nowNs, wallMs);
        unprepare();
        for (PendingEntry pending : unacked.all()) {
            place(pending);
        }
        flush();
        output.rolled(old, index, hwm);
        return true;
    }

    private void begin(int newIndex, List<UUID> newMembers, long nowNs, long wallMs) {
        index = newIndex;
        segmentStart = hwm;
        segmentOpenedNs = nowNs;
        position = SegmentHeader.BYTES;
        ownerEnd = Math.max(ownerEnd, hwm);
        var open =
                new WalFrame.Open(new SegmentId(wal, index), hwm, unacked.releasedHash(), wallMs);
        members = new SegmentMembers(newMembers, hwm);
        for (Member member : members.all()) {
            send(member, open.encode());
        }
    }

    public UUID wal() {
        return wal;
    }

    @Override
    public String toString() {
        return "wal=%s segment=%d next=%d hwm=%d unacked=%d prepared=%d"
                .formatted(wal, index, next, hwm, unacked.count(), preparedIndex);
    }
}
