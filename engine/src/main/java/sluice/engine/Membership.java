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
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.peer.PeerTransport;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.Versioned;

/**
 * Which gateways there are and which of them live: bumps the own counter, watches the others'.
 *
 * <p>A gateway is suspected when its counter did not move for some seconds of this observer's
 * monotonic clock, counted only from one successful look to another, so that an observer that was
 * itself asleep or cut off suspects nobody for it, unless it answers that it is well. A wrong
 * suspicion costs a failover, never data. Owned by the engine's lane.
 */
final class Membership {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** Refusals in a row that say that a process is gone, and the time between two. */
    private static final int KNOCKS = 2;

    private static final Duration KNOCK_AGAIN = Duration.ofMillis(150);

    /** The longest time between two knocks that found somebody, or nobody who says anything. */
    private static final Duration KNOCK_PAUSE_MAX = Duration.ofSeconds(1);

    /** Told what is found out. */
    interface Observer {
        /** The disk is what it was when it last told of itself: peers may be listened to. */
        void admitted();

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

        /** Its host says that nobody listens there any more; until its counter moves again. */
        boolean isGone;

        /** Looks that ended since then. */
        int looksSinceGone;

        boolean isKnocking;

        Seen(GatewayRecord record, long version) {
            this.record = record;
            this.version = version;
        }
    }

    private final Lane lane;
    private final Background background;
    private final GatewayStore store;
    private final Heartbeat own;
    private final PeerTransport transport;
    private final Pulses pulses;
    private final EngineLimits limits;
    private final Observer observer;
    private final Map<UUID, Seen> seen = new HashMap<>();
    private final Map<UUID, Long> quarantinedUntilNs = new HashMap<>();
    private long lastLookNs;
    private int looks;

    Membership(
            Lane lane,
            Background background,
            GatewayStore store,
            Heartbeat own,
            PeerTransport transport,
            PeerCalls calls,
            EngineLimits limits,
            Observer observer) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.own = own;
        this.transport = transport;
        this.pulses = new Pulses(lane, calls, limits.heartbeat(), limits.suspectAfter());
        this.limits = limits;
        this.observer = observer;
        this.lastLookNs = lane.nowNs();
    }

    /** Begins to beat and to look. */
    void start() {
        own.start(() -> {
            observer.admitted();
            look();
        });
    }

    /** Beats no more, and takes the own heartbeat away so that others need not wait for its end. */
    void leave(Runnable done) {
        own.leave(done);
    }

    boolean hasBeaten() {
        return own.hasBeaten();
    }

    /** Beats no more. */
    void stop() {
        own.stop();
    }

    /** From now on the gateway says that it takes no more slots. */
    void draining() {
        own.draining();
    }

    private void look() {
        if (!own.isStopped()) {
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
            boolean isAnother = !known.record.wal().equals(record.wal());
            boolean moved = isAnother || known.record.counter() != record.counter();
            known.stillNs = moved ? 0 : known.stillNs + sinceNs;
            if (known.isGone) {
                // The look under way then, and the first one after, may find its last beat.
                known.isGone = !isAnother && !(moved && known.looksSinceGone >= 2);
                known.looksSinceGone++;
            }
            boolean suspected = known.isGone || isSilent(known);
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
        for (UUID node : Set.copyOf(seen.keySet())) {
            if (!there.contains(node)) {
                seen.remove(node);
                pulses.forget(node);
            }
        }
        Map<UUID, String> addresses = new HashMap<>();
        for (Seen each : seen.values()) {
            if (!each.isSuspected
                    || transport.isConnected(each.record.node(), PeerTransport.Link.WAL)) {
                addresses.put(each.record.node(), each.record.peerAddress());
            }
        }
        transport.peers(addresses);
    }

    /** Asked in time, so that an answer is there, or none, when the heartbeat is missed. */
    private boolean isSilent(Seen known) {
        UUID node = known.record.node();
        if (known.stillNs < 2 * limits.heartbeat().toNanos()) {
            pulses.forget(node);
            return false;
        }
        pulses.ask(node, known.record.wal());
        return known.stillNs >= limits.suspectAfter().toNanos()
                && !pulses.isWell(node, known.record.wal());
    }

    /**
     * A link to a gateway is down. Until it is up again, the gateway is knocked at: if its host
     * refuses connections twice in a row, its process is gone, and nobody need wait for the
     * heartbeat to stand still. Where nothing answers, the heartbeat decides.
     */
    void disconnected(UUID node) {
        lane.assertOwner();
        Seen known = seen.get(node);
        if (known == null || node.equals(own.node()) || own.isStopped()) {
            return;
        }
        if (!known.isSuspected && !known.isKnocking) {
            known.isKnocking = true;
            knock(known, known.record.wal(), 0, KNOCK_AGAIN);
        }
    }

    private void knock(Seen known, UUID wal, int refusals, Duration pause) {
        transport.knock(
                known.record.node(),
                reach -> lane.execute(() -> knocked(known, wal, refusals, pause, reach)));
    }

    private void knocked(
            Seen known, UUID wal, int before, Duration pause, PeerTransport.Reach reach) {
        UUID node = known.record.node();
        if (!known.record.wal().equals(wal)) {
            // The next process is there already, perhaps at another address.
            known.isKnocking = false;
            return;
        }
        int refusals = reach == PeerTransport.Reach.REFUSED ? before + 1 : 0;
        if (refusals >= KNOCKS) {
            known.isKnocking = false;
            known.isGone = true;
            known.looksSinceGone = 0;
            known.isSuspected = true;
            LOG.atInfo()
                    .addKeyValue("node", node)
                    .log("gateway's process is gone: its host refuses connections");
            observer.suspected();
        } else if (known.isSuspected || own.isStopped() || seen.get(node) != known || isUp(node)) {
            known.isKnocking = false;
        } else {
            // A process that is dying may still listen for a moment.
            Duration next = refusals > 0 ? KNOCK_AGAIN : pause;
            Duration later = pause.multipliedBy(2);
            lane.schedule(
                    next,
                    () ->
                            knock(
                                    known,
                                    wal,
                                    refusals,
                                    later.compareTo(KNOCK_PAUSE_MAX) < 0
                                            ? later
                                            : KNOCK_PAUSE_MAX));
        }
    }

    private boolean isUp(UUID node) {
        return transport.isConnected(node, PeerTransport.Link.WAL)
                && transport.isConnected(node, PeerTransport.Link.CALL);
    }

    int looks() {
        return looks;
    }

    UUID self() {
        return own.node();
    }

    Optional<GatewayRecord> gateway(UUID node) {
        return Optional.ofNullable(seen.get(node)).map(each -> each.record);
    }

    /** True unless the gateway is suspected or has no heartbeat at all. */
    boolean isAlive(UUID node) {
        Seen known = seen.get(node);
        return node.equals(own.node()) || (known != null && !known.isSuspected);
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
        candidates.add(own.node());
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
        return !node.equals(own.node())
                && !quarantinedUntilNs.containsKey(node)
                && transport.isConnected(node, PeerTransport.Link.WAL);
    }

    boolean isDraining(UUID node) {
        Seen known = seen.get(node);
        return known != null && known.record.draining();
    }
}
