package sluice.engine;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GatewayRecord;
import sluice.metadata.SlotRecord;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;
import sluice.uploader.ObjectStore;
import sluice.uploader.SegmentPacker;

/**
 * Which dead wals this gateway recovers, and when. One at a time. Owned by the engine's lane.
 *
 * <p>A wal is dead if its process does not beat: its gateway is suspected, gone, or beats with
 * another wal. The gateway whose disk it was goes first, else one chosen by hash; the others step
 * in if that takes long.
 */
final class Recoveries {

    /** A heartbeat may be older than the wal that it does not name yet. */
    private static final long LOOKS_BEFORE_RECOVERY = 2;

    private static final long LOOKS_BEFORE_STEPPING_IN = 15;

    /** Dead wals recovered side by side. */
    private static final int RUNNING_MAX = 2;

    private final Lane lane;
    private final Background background;
    private final PeerCalls calls;
    private final WalStore store;
    private final ObjectStore objects;
    private final SegmentPacker packer;
    private final Membership membership;
    private final EngineMetrics metrics;
    private final Runnable sealed;
    private final Map<UUID, Integer> deadSinceLook = new HashMap<>();
    private final Set<UUID> running = new HashSet<>();

    /**
     * @param sealed called when a wal was sealed here: its slots are free
     */
    Recoveries(
            Lane lane,
            Background background,
            PeerCalls calls,
            WalStore store,
            ObjectStore objects,
            SegmentPacker packer,
            Membership membership,
            EngineMetrics metrics,
            Runnable sealed) {
        this.lane = lane;
        this.background = background;
        this.calls = calls;
        this.store = store;
        this.objects = objects;
        this.packer = packer;
        this.membership = membership;
        this.metrics = metrics;
        this.sealed = sealed;
    }

    PeerCalls calls() {
        return calls;
    }

    /** Looks at wals that were just read. */
    void consider(Map<UUID, Versioned<WalRecord>> wals, UUID ownWal) {
        lane.assertOwner();
        deadSinceLook.keySet().retainAll(wals.keySet());
        for (Versioned<WalRecord> each : wals.values()) {
            WalRecord record = each.value();
            if (record.wal().equals(ownWal) || !isUnsealed(record) || isAlive(record)) {
                deadSinceLook.remove(record.wal());
            } else {
                considerDead(each);
            }
        }
    }

    private static boolean isUnsealed(WalRecord record) {
        return record.state() == WalRecord.State.OPEN || record.state() == WalRecord.State.FENCING;
    }

    private boolean isAlive(WalRecord record) {
        return record.state() == WalRecord.State.OPEN
                && membership.isAlive(record.node(), record.wal());
    }

    private void considerDead(Versioned<WalRecord> found) {
        WalRecord record = found.value();
        int since = deadSinceLook.computeIfAbsent(record.wal(), _ -> membership.looks());
        int looks = membership.looks() - since;
        boolean isOurTurn =
                recoverer(record).filter(membership.self()::equals).isPresent()
                        || looks >= LOOKS_BEFORE_STEPPING_IN;
        boolean isTime =
                looks >= LOOKS_BEFORE_RECOVERY
                        || record.state() == WalRecord.State.FENCING
                        || membership.isSuspected(record.node(), record.wal());
        if (isOurTurn && isTime && running.size() < RUNNING_MAX && running.add(record.wal())) {
            new Recovery(
                            lane,
                            background,
                            calls,
                            store,
                            objects,
                            packer,
                            membership.self(),
                            found,
                            sealed -> ended(record.wal(), sealed))
                    .start();
        }
    }

    /** As {@link #forceSeal}, from any thread. */
    CompletionStage<Engine.ForcedEnd> forceSealed(ForcedSeal.Request request) {
        var future = new CompletableFuture<Engine.ForcedEnd>();
        lane.execute(() ->
                forceSeal(
                        request,
                        outcome -> {
                            switch (outcome) {
                                case Outcome.Success<ForcedSeal.Told>(var told) ->
                                        future.complete(told.toEnd(request.wal()));
                                case Outcome.Failure<ForcedSeal.Told>(var error) ->
                                        future.completeExceptionally(error);
                            }
                        }));
        return future;
    }

    /**
     * Seals a wal that waits for members which do not come back; see {@link ForcedSeal}.
     *
     * @param then told once, on the lane
     */
    void forceSeal(ForcedSeal.Request request, Consumer<Outcome<ForcedSeal.Told>> then) {
        lane.assertOwner();
        var tools =
                new ForcedSeal.Tools(lane, background, calls, store, objects, packer, membership);
        // Else the ordinary way is tried here meanwhile, and takes the claim away.
        boolean isOurs = running.add(request.wal());
        new ForcedSeal(
                        tools,
                        request,
                        outcome -> {
                            if (isOurs) {
                                running.remove(request.wal());
                            }
                            if (outcome instanceof Outcome.Success<ForcedSeal.Told>(var told)
                                    && told.sealed()) {
                                sealed.run();
                            }
                            then.accept(outcome);
                        })
                .start();
    }

    private Optional<UUID> recoverer(WalRecord record) {
        List<UUID> alive = membership.alive(true).stream().map(GatewayRecord::node).toList();
        return alive.contains(record.node())
                ? Optional.of(record.node())
                : Rendezvous.choose(alive, record.wal().getMostSignificantBits());
    }

    private void ended(UUID wal, boolean isSealed) {
        running.remove(wal);
        deadSinceLook.put(wal, membership.looks());
        if (isSealed) {
            metrics.recovered();
            sealed.run();
        }
    }

    /**
     * Lets go of sealed wals on which no slot depends any more; one gateway does it.
     *
     * @param wals read before the slots were: once a wal is SEALED, no slot comes to depend on it,
     *     but one may have between an older look at the slots and the seal
     * @param table all of it read after that
     */
    void release(Map<UUID, Versioned<WalRecord>> wals, SlotTable table) {
        lane.assertOwner();
        List<GatewayRecord> alive = membership.alive(true);
        if (!table.isLoaded()
                || alive.isEmpty()
                || !alive.getFirst().node().equals(membership.self())) {
            return;
        }
        Set<UUID> needed = new HashSet<>();
        for (int slot = 0; slot < table.count(); slot++) {
            SlotRecord record = table.get(slot).value();
            record.sources().forEach(source -> needed.add(source.wal()));
            record.owner().ifPresent(owner -> needed.add(owner.wal()));
        }
        for (Versioned<WalRecord> each : wals.values()) {
            WalRecord record = each.value();
            if (record.state() == WalRecord.State.SEALED && !needed.contains(record.wal())) {
                WalRecord released = WalChanges.released(record);
                background.run(lane, () -> store.replace(released, each.version()), _ -> {});
            }
        }
    }
}
