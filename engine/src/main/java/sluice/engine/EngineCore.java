package sluice.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.WalFrame;
import sluice.metadata.AssignmentStore;
import sluice.metadata.GatewayRecord;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;
import sluice.uploader.SlotIndex;

/**
 * The life of one gateway process, from its first heartbeat to its sealed wal:
 *
 * <pre>
 *   joining ──enough members in reach, wal recorded──▶ open ──drain──▶ draining ──▶ sealed
 *                                                       └──a recoverer took the wal──▶ lost
 * </pre>
 *
 * <p>While open, it looks at the metadata about once a second and does what is due: slots, dead
 * wals, trimming, folding. Owned by the engine's lane.
 */
final class EngineCore implements WalKeeper.Observer, PeerFrames.Engine {

    private static final Logger LOG = LoggerFactory.getLogger(EngineCore.class);

    enum Phase {
        JOINING,
        OPEN,
        DRAINING,
        SEALED,
        LOST
    }

    private final EngineParts parts;
    private final Lane lane;
    private final EnginePorts ports;
    private final EngineLimits limits;
    private final EngineMetrics metrics;
    private final UUID wal;
    private final Membership membership;
    private final SlotTable table;
    private final WalStore walStore;
    private final OwnedSlots owned;
    private final Recoveries recoveries;
    private final Trimmer trimmer;
    private final Consumer<String> onLost;
    private final Notices notices;
    private final ClusterLook look;
    private final Balancer balancer;
    private final long startedNs;

    private Phase phase = Phase.JOINING;
    private boolean isCreating;
    private boolean isDraining;

    /** True since every slot was seen with an owner: there is somebody to bring a request to. */
    private boolean isServing;

    private Optional<OpenWal> opened = Optional.empty();

    /** Segments of the own wal before this one are no longer read from the disk. */
    private int tailFloor;

    EngineCore(
            EngineParts parts,
            UUID wal,
            Recoveries recoveries,
            Trimmer trimmer,
            Consumer<String> onLost) {
        this.parts = parts;
        this.ports = parts.ports();
        this.lane = ports.lane();
        this.limits = parts.limits();
        this.metrics = parts.metrics();
        this.wal = wal;
        this.membership = parts.membership();
        this.table = parts.table();
        this.walStore = parts.walStore();
        this.owned = parts.owned();
        this.recoveries = recoveries;
        this.trimmer = trimmer;
        this.onLost = onLost;
        this.notices = new Notices(recoveries.calls(), membership);
        var assignments = new AssignmentStore(ports.items());
        this.look =
                new ClusterLook(lane, ports.background(), table, walStore, assignments, this::seen);
        this.balancer =
                new Balancer(
                        lane,
                        ports.background(),
                        assignments,
                        table,
                        membership.self(),
                        limits,
                        this::changed,
                        () -> lookSoon(true));
        this.startedNs = lane.nowNs();
    }

    private boolean isOver() {
        return phase == Phase.SEALED || phase == Phase.LOST;
    }

    /** True if it reads the metadata, and what there is to write of its wal arrives there. */
    boolean isWell() {
        Duration lately = limits.suspectAfter().multipliedBy(2);
        boolean isStuck = opened.stream().anyMatch(each -> each.isStuck(lately));
        return !isOver() && !isStuck && look.isFresh(lately);
    }

    boolean isReady() {
        return phase == Phase.OPEN && isServing;
    }

    Map<UUID, Versioned<WalRecord>> wals() {
        return look.wals();
    }

    void afterDrain() {
        opened.ifPresent(each -> each.keeper().afterDrain());
    }

    /** Called after each look at the heartbeats. */
    void looked() {
        lane.assertOwner();
        considerOpening();
        if (!isOver()) {
            look.look();
        }
    }

    @Override
    public void connected() {
        considerOpening();
    }

    private void considerOpening() {
        if (phase != Phase.JOINING || isCreating || !membership.hasBeaten()) {
            return;
        }
        int inReach = membership.candidates().size();
        boolean waited = lane.nowNs() - startedNs >= limits.startGrace().toNanos();
        int wanted = Math.min(limits.replicationFactor(), limits.expectedGateways());
        if (inReach < limits.membersMin() || (inReach < wanted && !waited)) {
            return;
        }
        isCreating = true;
        WalRecord created = WalChanges.created(wal, membership.self(), choose(0), choose(1));
        ports.background()
                .run(
                        lane,
                        () -> walStore.createOrGet(created),
                        outcome -> {
                            isCreating = false;
                            if (outcome
                                    instanceof Outcome.Success<Versioned<WalRecord>>(var found)) {
                                if (Authority.isTaken(found.value())) {
                                    lost("its wal was recovered before it was open");
                                } else {
                                    open(found);
                                }
                            }
                        });
    }

    private List<UUID> choose(int segment) {
        return MemberChoice.choose(
                membership.candidates(),
                limits.replicationFactor(),
                limits.membersMin(),
                segment,
                node -> membership.gateway(node).map(GatewayRecord::zone).orElse(""));
    }

    private void open(Versioned<WalRecord> created) {
        OpenWal wired =
                OpenWal.wire(parts, created, this, this::uploaded, this::changed, this::lost);
        opened = Optional.of(wired);
        phase = Phase.OPEN;
        wired.keeper().open();
        wired.scrubber().start();
        LOG.atInfo()
                .addKeyValue("wal", wal)
                .addKeyValue("members", created.value().chain().getFirst().members())
                .log("wal open");
        changed();
        lane.schedule(Duration.ofMillis(500), this::expireAppends);
    }

    private void expireAppends() {
        opened.ifPresent(each -> each.appends().expire(lane.nowNs()));
        if (!isOver()) {
            lane.schedule(Duration.ofMillis(500), this::expireAppends);
        }
    }

    /** What is due, now that the metadata was read. */
    private void seen(ClusterLook.Seen seen) {
        Versioned<WalRecord> own = seen.wals().get(wal);
        if (own != null && Authority.isTaken(own.value())) {
            // An idle gateway has no member to tell it so.
            lost("the wal's record was taken by a recoverer");
            return;
        }
        Map<UUID, WalRecord> records = seen.records();
        trim(records);
        parts.warmer().consider(records.values());
        if (phase == Phase.OPEN && own != null) {
            var targets = new SlotTargets(membership.alive(false), seen.wals(), seen.assignment());
            UUID self = membership.self();
            opened.ifPresent(each -> each.consider(records, targets, self, seen.readNs()));
            isServing = isServing || table.isOwnedThroughout();
            balancer.consider(seen, targets);
        }
        recoveries.consider(seen.wals(), wal);
        if (seen.slotsRead()) {
            recoveries.release(seen.before(), table);
        }
    }

    /** The metadata was changed here: the others are told, and what follows from it is done. */
    void changed() {
        lane.assertOwner();
        notices.send();
        look.soon(false);
    }

    /** Looks at the metadata at once, for it changed, or a gateway's process is gone. */
    void lookSoon(boolean alsoSlots) {
        if (!isOver()) {
            look.soon(alsoSlots);
        }
    }

    private void trim(Map<UUID, WalRecord> records) {
        int floor = tailFloor;
        ports.memberLane().execute(() -> trimmer.trim(records, wal, floor));
    }

    private void uploaded(WalRecord.Segment segment, List<SlotIndex.ObjectExtents> objects) {
        owned.objectsCommitted(objects);
        owned.dropTailBefore(segment.index() + 1);
        // Readers that were told of its pieces a moment ago may still read them from the file.
        lane.schedule(
                Duration.ofSeconds(5), () -> tailFloor = Math.max(tailFloor, segment.index() + 1));
    }

    @Override
    public void entryCommitted(long sequence, int segment, long position, int bytes) {
        metrics.committed(bytes);
        opened.ifPresent(each -> each.appends().entryCommitted(sequence, segment, position, bytes));
    }

    @Override
    public void committed(long hwm) {
        opened.ifPresent(each -> each.appends().committed());
    }

    @Override
    public void ownerDurable(long end) {
        opened.ifPresent(each -> each.appends().ownerDurable(end));
    }

    @Override
    public void sealed(WalRecord.Segment segment) {
        metrics.rolled();
        opened.ifPresent(each -> each.uploads().sealed(segment));
    }

    @Override
    public void fenced() {
        lost("a member was told by a recoverer that this wal is closed");
    }

    /** The wal, or the disk, is not this process's any more. */
    void lost(String why) {
        if (isOver()) {
            return;
        }
        phase = Phase.LOST;
        LOG.atError()
                .addKeyValue("wal", wal)
                .addKeyValue("why", why)
                .log("the wal is lost; this process must end and start anew");
        stopWork(why);
        onLost.accept(why);
    }

    private void stopWork(String why) {
        opened.ifPresent(each -> each.stop(why));
        owned.clear();
    }

    @Override
    public void walFrame(UUID memberDisk, WalFrame frame) {
        opened.ifPresent(each -> each.keeper().wal().received(memberDisk, frame));
    }

    @Override
    public void disconnected(UUID peer, PeerTransport.Link link) {
        switch (link) {
            case WAL -> opened.ifPresent(each -> each.keeper().wal().disconnected(peer));
            case CALL -> recoveries.calls().disconnected(peer);
        }
        membership.disconnected(peer);
    }

    /** Answers a request for a partition of a slot that may be this gateway's. */
    void handle(CallRequest.OfPartition request, Consumer<CallReply> answer) {
        whenOpen(
                open -> open.handle(request, phase != Phase.DRAINING, parts, answer),
                error -> answer.accept(OwnerAppends.failed(error)));
    }

    /** Goes on with the slot's epoch, or {@code failed} is told {@code not-owner}. */
    void whenOwned(int slot, Consumer<Long> go, Consumer<SluiceException> failed) {
        whenOpen(open -> open.whenOwned(slot, owned, go, failed), failed);
    }

    private void whenOpen(Consumer<OpenWal> go, Consumer<SluiceException> failed) {
        lane.assertOwner();
        if (opened.isEmpty() || isOver()) {
            failed.accept(OwnedSlots.notOwner(-1));
        } else {
            go.accept(opened.get());
        }
    }

    /**
     * Ends the wal in order: no more appends, all of it in objects, record SEALED. Then others may
     * take the slots.
     *
     * @param done called on the lane, once
     */
    void drain(Runnable done) {
        lane.assertOwner();
        if (isDraining) {
            done.run();
            return;
        }
        isDraining = true;
        if (phase != Phase.OPEN || opened.isEmpty()) {
            membership.stop();
            done.run();
            return;
        }
        new Drain(
                        lane,
                        ports.background(),
                        walStore,
                        membership,
                        opened.get(),
                        new DrainSteps(),
                        done)
                .start();
    }

    private final class DrainSteps implements Drain.Steps {
        @Override
        public void closing() {
            phase = Phase.DRAINING;
        }

        @Override
        public void sealed() {
            phase = Phase.SEALED;
            stopWork("this gateway was stopped");
            notices.send();
        }

        @Override
        public boolean isLost() {
            return phase == Phase.LOST;
        }
    }

    /** Bytes and counts for the metrics, by name. */
    Map<String, Long> gauges() {
        Map<String, Long> gauges = new HashMap<>();
        gauges.put("disk.used.bytes", ports.disk().usedBytes());
        owned.addTo(gauges);
        opened.ifPresent(each -> each.addTo(gauges));
        return gauges;
    }
}
