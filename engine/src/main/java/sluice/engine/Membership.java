package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.peer.PeerTransport;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.Versioned;

/**
 * Which gateways there are and which of them live: bumps the own counter, watches the others'.
 *
 * <p>A gateway is suspected when its counter did not move for some seconds of this observer's
 * monotonic clock, counted only from one successful look to another, so that an observer that was
 * itself asleep or cut off suspects nobody for it. A wrong suspicion costs a failover, never data.
 * Owned by the engine's lane.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** Refusals in a row that say that a process is gone, and the time between two. */
    private static final int KNOCKS = 2;

    private static final Duration KNOCK_AGAIN = Duration.ofMillis(150);

    /** Told what is found out. */
    interface Observer {
        /** After each look at the heartbeats. */
        void looked();

        /** Between two looks: a gateway's process is gone. */
        void suspected();
    }

    private static final class Seen {
        GatewayRecord record;
        long version;

        /** Time during which looks succeeded and the counter stood still. */
        long stillNs;

        boolean isSuspected;

        /** Its host says that nobody listens there any more; until its counter moves. */
        boolean isGone;

        boolean isKnocking;

        Seen(GatewayRecord record, long version) {
            this.record = record;
            this.version = version;
        }
    }

    private final Lane lane;
    private final Background background;
    private final GatewayStore store;
    private final PeerTransport transport;
    private final EngineLimits limits;
    private final Observer observer;
    private final Map<UUID, Seen> seen = new HashMap<>();
    private final Map<UUID, Long> quarantinedUntilNs = new HashMap<>();
    private GatewayRecord self;
    private long selfVersion;
    private long lastLookNs;
    private int looks;
    private boolean isStopped;

    Membership(
            Lane lane,
            Background background,
            GatewayStore store,
            PeerTransport transport,
            EngineLimits limits,
            GatewayRecord self,
            Observer observer) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.transport = transport;
        this.limits = limits;
        this.self = self;
        this.observer = observer;
        this.lastLookNs = lane.nowNs();
    }

    /** Begins to beat and to look. */
    void start() {
        lane.assertOwner();
        background.run(lane, () -> store.get(self.node()), this::foundSelf);
    }

    private void foundSelf(Outcome<Optional<Versioned<GatewayRecord>>> outcome) {
        if (outcome instanceof Outcome.Success<Optional<Versioned<GatewayRecord>>>(var found)) {
            // An earlier process of this disk left it: its wal is dead, since the disk is locked.
            selfVersion = found.map(Versioned::version).orElse(0L);
            beat();
            look();
        } else {
            lane.schedule(limits.heartbeat(), this::start);
        }
    }

    /** Beats no more, and takes the own heartbeat away so that others need not wait for its end. */
    void leave(Runnable done) {
        lane.assertOwner();
        isStopped = true;
        long version = selfVersion;
        background.run(lane, () -> store.remove(self.node(), version), _ -> done.run());
    }

    /** From now on the gateway says that it takes no more slots. */
    void draining() {
        self =
                new GatewayRecord(
                        self.node(),
                        self.wal(),
                        self.counter(),
                        self.httpAddress(),
                        self.peerAddress(),
                        self.zone(),
                        true);
    }

    private void beat() {
        if (isStopped) {
            return;
        }
        self =
                new GatewayRecord(
                        self.node(),
                        self.wal(),
                        self.counter() + 1,
                        self.httpAddress(),
                        self.peerAddress(),
                        self.zone(),
                        self.draining());
        GatewayRecord beat = self;
        long version = selfVersion;
        background.run(lane, () -> store.put(beat, version), this::beaten);
    }

    private void beaten(Outcome<Written> outcome) {
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long version)) -> selfVersion = version;
            case Outcome.Success<Written>(Written.Conflict()) -> findOwnVersion();
            case Outcome.Failure<Written>(var error) -> {
                LOG.atWarn().setCause(error).log("heartbeat not written; trying again");
                findOwnVersion();
            }
        }
        lane.schedule(limits.heartbeat(), this::beat);
    }

    private void findOwnVersion() {
        background.run(
                lane,
                () -> store.get(self.node()),
                outcome -> {
                    if (outcome
                            instanceof
                            Outcome.Success<Optional<Versioned<GatewayRecord>>>(var found)) {
                        selfVersion = found.map(Versioned::version).orElse(0L);
                    }
                });
    }

    private void look() {
        if (!isStopped) {
            background.run(lane, store::list, this::looked);
        }
    }

    private void looked(Outcome<List<Versioned<GatewayRecord>>> outcome) {
        long nowNs = lane.nowNs();
        if (outcome instanceof Outcome.Success<List<Versioned<GatewayRecord>>>(var found)) {
            // A gap longer than some looks says something of this observer, not of the others.
            long sinceNs = Math.min(nowNs - lastLookNs, 2 * limits.heartbeat().toNanos());
            take(found, sinceNs);
            looks++;
            observer.looked();
        }
        lastLookNs = nowNs;
        lane.schedule(limits.heartbeat(), this::look);
    }

    private void take(List<Versioned<GatewayRecord>> found, long sinceNs) {
        Set<UUID> there = new HashSet<>();
        for (Versioned<GatewayRecord> each : found) {
            GatewayRecord record = each.value();
            there.add(record.node());
            Seen known = seen.get(record.node());
            if (known == null) {
                seen.put(record.node(), new Seen(record, each.version()));
                continue;
            }
            boolean moved =
                    known.record.counter() != record.counter()
                            || !known.record.wal().equals(record.wal());
            known.stillNs = moved ? 0 : known.stillNs + sinceNs;
            known.isGone &= !moved;
            boolean suspected = known.isGone || known.stillNs >= limits.suspectAfter().toNanos();
            if (suspected != known.isSuspected) {
                LOG.atInfo()
                        .addKeyValue("node", record.node())
                        .addKeyValue("suspected", suspected)
                        .log("gateway's heartbeat changed its mind");
            }
            known.isSuspected = suspected;
            known.record = record;
            known.version = each.version();
        }
        seen.keySet().retainAll(there);
        Map<UUID, String> addresses = new HashMap<>();
        for (Seen each : seen.values()) {
            if (!each.isSuspected
                    || transport.isConnected(each.record.node(), PeerTransport.Link.WAL)) {
                addresses.put(each.record.node(), each.record.peerAddress());
            }
        }
        transport.peers(addresses);
    }

    /**
     * A link to a gateway is down. If its host then refuses connections twice in a row, its process
     * is gone, and nobody need wait for the heartbeat to stand still. Where nothing answers, the
     * heartbeat decides.
     */
    void disconnected(UUID node) {
        lane.assertOwner();
        Seen known = seen.get(node);
        if (known == null || node.equals(self.node()) || isStopped) {
            return;
        }
        if (!known.isSuspected && !known.isKnocking) {
            known.isKnocking = true;
            knock(known, KNOCKS);
        }
    }

    private void knock(Seen known, int left) {
        transport.knock(
                known.record.node(), reach -> lane.execute(() -> knocked(known, left - 1, reach)));
    }

    private void knocked(Seen known, int left, PeerTransport.Reach reach) {
        if (reach != PeerTransport.Reach.REFUSED) {
            known.isKnocking = false;
        } else if (left > 0) {
            lane.schedule(KNOCK_AGAIN, () -> knock(known, left));
        } else {
            known.isKnocking = false;
            known.isGone = true;
            known.isSuspected = true;
            LOG.atInfo()
                    .addKeyValue("node", known.record.node())
                    .log("gateway's process is gone: its host refuses connections");
            observer.suspected();
        }
    }

    int looks() {
        return looks;
    }

    UUID self() {
        return self.node();
    }

    Optional<GatewayRecord> gateway(UUID node) {
        return Optional.ofNullable(seen.get(node)).map(each -> each.record);
    }

    /** True unless the gateway is suspected or has no heartbeat at all. */
    boolean isAlive(UUID node) {
        Seen known = seen.get(node);
        return node.equals(self.node()) || (known != null && !known.isSuspected);
    }

    /** True if this very process is known to be gone, or silent for too long. */
    boolean isSuspected(UUID node, UUID wal) {
        Seen known = seen.get(node);
        return known != null && known.isSuspected && known.record.wal().equals(wal);
    }

    /** True if this very process is alive: the node beats, and with this wal. */
    boolean isAlive(UUID node, UUID wal) {
        Seen known = seen.get(node);
        return isAlive(node) && known != null && known.record.wal().equals(wal);
    }

    /** Gateways that live, in a fixed order; those that drain only if asked for. */
    List<GatewayRecord> alive(boolean alsoDraining) {
        return seen.values().stream()
                .filter(each -> isAlive(each.record.node()))
                .map(each -> each.record)
                .filter(record -> alsoDraining || !record.draining())
                .sorted((a, b) -> a.node().compareTo(b.node()))
                .toList();
    }

    List<GatewayRecord> all() {
        return seen.values().stream()
                .map(each -> each.record)
                .sorted((a, b) -> a.node().compareTo(b.node()))
                .toList();
    }

    /** Leaves a disk out of new segments for a while. */
    void quarantine(UUID node, long forNs) {
        quarantinedUntilNs.put(node, lane.nowNs() + forNs);
    }

    /** Disks that can take a new segment now, the own one first. */
    List<UUID> candidates() {
        long nowNs = lane.nowNs();
        quarantinedUntilNs.values().removeIf(until -> until - nowNs <= 0);
        var candidates = new ArrayList<UUID>();
        candidates.add(self.node());
        for (GatewayRecord record : alive(false)) {
            if (isCandidate(record.node())) {
                candidates.add(record.node());
            }
        }
        if (candidates.size() < limits.membersMin()) {
            // Better one that leaves soon than too few.
            for (GatewayRecord record : alive(true)) {
                if (record.draining() && isCandidate(record.node())) {
                    candidates.add(record.node());
                }
            }
        }
        return candidates;
    }

    private boolean isCandidate(UUID node) {
        return !node.equals(self.node())
                && !quarantinedUntilNs.containsKey(node)
                && transport.isConnected(node, PeerTransport.Link.WAL);
    }

    boolean isDraining(UUID node) {
        Seen known = seen.get(node);
        return known != null && known.record.draining();
    }
}
