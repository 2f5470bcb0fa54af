package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.WalMachine;
import sluice.log.wal.WalOutput;
import sluice.metadata.GatewayRecord;
import sluice.metadata.WalRecord;

/**
 * Keeps the own wal going: rolls it when it should be rolled, keeps a next segment PREPARED, and
 * has the metadata say so. Owned by the engine's lane.
 */
final class WalKeeper implements WalOutput {

    private static final Logger LOG = LoggerFactory.getLogger(WalKeeper.class);

    /** An idle wal says after so long up to where it is committed. */
    private static final long MARK_AFTER_NS = Duration.ofMillis(50).toNanos();

    /** Who is told what becomes of the wal. */
    interface Observer {
        void entryCommitted(long sequence, int segment, long position, int bytes);

        void committed(long hwm);

        void ownerDurable(long end);

        /** The metadata says that the segment is sealed: it can be uploaded. */
        void sealed(WalRecord.Segment segment);

        /** A recoverer has the wal: nothing may be acknowledged here any more. */
        void fenced();
    }

    private final Lane lane;
    private final PeerTransport transport;
    private final Membership membership;
    private final WalRegistry registry;
    private final DiskRoom room;
    private final EngineLimits limits;
    private final Observer observer;
    private final WalMachine wal;
    private final MemberWatch watch;
    private int lastIndex;
    private boolean isPreparing;
    private boolean isStopped;

    WalKeeper(
            Lane lane,
            PeerTransport transport,
            Membership membership,
            WalRegistry registry,
            DiskRoom room,
            EngineLimits limits,
            Observer observer) {
        this.lane = lane;
        this.transport = transport;
        this.membership = membership;
        this.registry = registry;
        this.room = room;
        this.limits = limits;
        this.observer = observer;
        this.wal =
                new WalMachine(
                        registry.record().wal(), registry.record().node(), limits.wal(), this);
        this.watch = new MemberWatch(wal, membership, limits, lane.nowNs());
    }

    WalMachine wal() {
        return wal;
    }

    /** Begins the segment that the created record names OPEN. */
    void open() {
        lane.assertOwner();
        List<WalRecord.Segment> chain = registry.record().chain();
        WalRecord.Segment first = chain.getFirst();
        wal.open(first.index(), first.members(), lane.nowNs(), lane.wallMs());
        lastIndex = chain.getLast().index();
        if (chain.getLast().state() == WalRecord.SegmentState.PREPARED) {
            wal.prepared(lastIndex, chain.getLast().members());
        }
        lane.schedule(MemberWatch.TICK, this::tick);
    }

    void stop() {
        isStopped = true;
        wal.stop();
    }

    private void tick() {
        if (!isStopped) {
            watch.look(lane.nowNs());
            wal.markIfIdle(MARK_AFTER_NS, lane.nowNs(), lane.wallMs());
            considerRoll();
            lane.schedule(MemberWatch.TICK, this::tick);
        }
    }

    /** Called after every group of appends and answers. */
    void afterDrain() {
        wal.flush();
        if (wal.isFull()) {
            considerRoll();
        }
    }

    /**
     * Ends the wal at the high watermark; nothing is appended or acknowledged any more. Needs no
     * other gateway. The last segment is told to the observer like those that were rolled.
     */
    void close() {
        stop();
        int index = wal.segment();
        long end = wal.hwm();
        registry.change(
                "close",
                record -> WalChanges.closed(record, index, end),
                record ->
                        record.chain().stream()
                                .filter(segment -> segment.index() == index)
                                .forEach(observer::sealed));
    }

    /**
     * Begins the next segment as soon as it is prepared, unless nothing was written in this one.
     */
    void rollSoon(String why) {
        if (!isStopped && wal.next() > wal.segmentStart()) {
            roll(why);
        }
    }

    /**
     * Refuses what could not be acknowledged.
     *
     * @throws SluiceException OVERLOADED {@code wal-record-full}; UNAVAILABLE {@code
     *     too-few-members} if a member of the open segment is lost and too few disks are in reach
     *     for another one
     */
    void checkAdmission() {
        registry.checkRoom();
        if (!wal.lostMembers().isEmpty()) {
            int inReach = membership.candidates().size();
            if (inReach < limits.membersMin()) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "too-few-members",
                        "too few gateways are in reach to take copies: inReach=%d membersMin=%d; retry after a pause"
                                .formatted(inReach, limits.membersMin()));
            }
        }
    }

    private void considerRoll() {
        boolean isOwnDiskFull = wal.lostMembers().contains(membership.self()) && room.isFull();
        if (registry.isExhausted() || isOwnDiskFull) {
            return; // The next segment would be refused as this one was.
        }
        Optional<String> fault = watch.fault();
        Optional<String> grown =
                wal.isGrown(lane.nowNs()).filter(_ -> wal.isFull() || !registry.isTight());
        if (fault.isPresent()) {
            rollAway(fault.get());
        } else if (grown.isPresent()) {
            roll(grown.get());
        } else if (!isPreparing && wantsOtherPrepared()) {
            prepareAnother();
        } else if (wantsMoreMembers() && !registry.isTight()) {
            roll("more members");
        } else if (isMemberLeaving()) {
            rollSoon("a member stops");
        }
    }

    /** Leaves members behind that are lost or slow: the next segment must do without them. */
    private void rollAway(String why) {
        long nowNs = lane.nowNs();
        watch.quarantine(nowNs);
        if (!wal.hasPrepared() || wantsOtherPrepared()) {
            if (!isPreparing) {
                prepareAnother();
            }
        } else if (watch.takeRoll(nowNs)) {
            roll(why);
        }
    }

    private void roll(String why) {
        if (!wal.hasPrepared()) {
            if (!isPreparing) {
                prepareAnother();
            }
            return;
        }
        LOG.atInfo()
                .addKeyValue("wal", wal.wal())
                .addKeyValue("segment", wal.segment())
                .addKeyValue("end", wal.hwm())
                .addKeyValue("why", why)
                .log("wal segment rolled");
        wal.roll(lane.nowNs(), lane.wallMs());
    }

    /** True if a member of the prepared segment cannot be used, or more members could be had. */
    private boolean wantsOtherPrepared() {
        List<UUID> candidates = membership.candidates();
        List<UUID> prepared = wal.preparedMembers();
        if (!wal.hasPrepared() || !candidates.containsAll(prepared)) {
            return candidates.size() >= limits.membersMin();
        }
        return prepared.size() < Math.min(limits.replicationFactor(), candidates.size());
    }

    /** True if the open segment has fewer members than it could, and the prepared one has more. */
    private boolean wantsMoreMembers() {
        return wal.hasPrepared()
                && wal.next() > wal.segmentStart()
                && wal.members().size() < limits.replicationFactor()
                && wal.preparedMembers().size() > wal.members().size();
    }

    /** True if a member of the open segment drains, and the prepared one does without it. */
    private boolean isMemberLeaving() {
        return wal.hasPrepared()
                && wal.members().stream()
                        .anyMatch(member ->
                                membership.isDraining(member)
                                        && !wal.preparedMembers().contains(member));
    }

    private List<UUID> choose(int index) {
        return MemberChoice.choose(
                membership.candidates(),
                limits.replicationFactor(),
                limits.membersMin(),
                index,
                node -> membership.gateway(node).map(GatewayRecord::zone).orElse(""));
    }

    private void prepareAnother() {
        List<UUID> members = choose(lastIndex + 1);
        if (members.isEmpty()) {
            return;
        }
        isPreparing = true;
        wal.unprepare();
        int index = ++lastIndex;
        registry.change(
                "prepare",
                record -> WalChanges.prepared(record, index, members),
                _ -> {
                    isPreparing = false;
                    wal.prepared(index, members);
                    considerRoll();
                });
    }

    @Override
    public boolean send(UUID member, ByteBuffer... frame) {
        if (wal.next() > wal.hwm()) {
            watch.sent(member, wal.next(), lane.nowNs());
        }
        return transport.send(member, PeerTransport.Link.WAL, frame);
    }

    @Override
    public void entryCommitted(long sequence, int segment, long position, int bytes) {
        observer.entryCommitted(sequence, segment, position, bytes);
    }

    @Override
    public void committed(long hwm) {
        observer.committed(hwm);
    }

    @Override
    public void ownerDurable(long end) {
        observer.ownerDurable(end);
    }

    @Override
    public void memberDurable(UUID member, long end) {
        watch.durable(member, end, lane.nowNs());
    }

    @Override
    public void rolled(int oldIndex, int nextIndex, long end) {
        watch.rolled();
        int index = ++lastIndex;
        List<UUID> members = choose(index);
        isPreparing = true;
        registry.change(
                "roll",
                record -> WalChanges.rolled(record, oldIndex, nextIndex, end, index, members),
                record -> {
                    isPreparing = false;
                    if (!members.isEmpty()) {
                        wal.prepared(index, members);
                    }
                    record.chain().stream()
                            .filter(segment -> segment.index() == oldIndex)
                            .forEach(observer::sealed);
                });
    }

    @Override
    public void fenced() {
        observer.fenced();
    }
}
