package sluice.engine;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Owner;
import sluice.metadata.SlotStore;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;

/**
 * Takes slots that nobody may write to: those without an owner, and those whose owner's wal is
 * SEALED. Nobody takes a slot from a wal that is not.
 *
 * <p>Which of them it takes, {@link SlotTargets} says. When two gateways want the same one, the
 * conditional write decides. Owned by the engine's lane.
 */
final class SlotKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(SlotKeeper.class);
    private static final int WRITES_IN_FLIGHT_MAX = 24;

    private final Lane lane;
    private final Background background;
    private final SlotStore store;
    private final SlotTable table;
    private final OwnedSlots owned;
    private final Membership membership;
    private final WalKeeper wal;
    private final EngineLimits limits;
    private final EngineMetrics metrics;
    private final Runnable allTaken;
    private final long startedNs;
    private final ArrayList<Integer> wanted = new ArrayList<>();
    private final Set<Integer> inFlight = new HashSet<>();
    private Map<UUID, WalRecord> wals = Map.of();
    private boolean isStopped;
    private boolean isNews;

    /**
     * @param allTaken called when slots were taken and no more are being taken, for others to be
     *     told
     */
    SlotKeeper(
            Lane lane,
            Background background,
            SlotStore store,
            SlotTable table,
            OwnedSlots owned,
            Membership membership,
            WalKeeper wal,
            EngineLimits limits,
            EngineMetrics metrics,
            Runnable allTaken) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.table = table;
        this.owned = owned;
        this.membership = membership;
        this.wal = wal;
        this.limits = limits;
        this.metrics = metrics;
        this.allTaken = allTaken;
        this.startedNs = lane.nowNs();
    }

    void stop() {
        isStopped = true;
        wanted.clear();
    }

    /** Takes what is free and should be here; the wals were just read, the table before them. */
    void consider(Map<UUID, WalRecord> present, SlotTargets targets) {
        lane.assertOwner();
        if (isStopped || !mayBegin()) {
            return;
        }
        wals = present;
        wanted.clear();
        for (int slot = 0; slot < table.count(); slot++) {
            Versioned<SlotRecord> record = table.get(slot);
            if (isOurs(record.value())) {
                adopt(record.value());
            } else if (mayTake(record.value()) && isForUs(targets.taker(slot))) {
                wanted.add(slot);
            }
        }
        takeNext();
    }

    private boolean isForUs(Optional<UUID> node) {
        return node.filter(membership.self()::equals).isPresent();
    }

    private boolean mayBegin() {
        return membership.alive(false).size() >= limits.expectedGateways()
                || lane.nowNs() - startedNs >= limits.startGrace().toNanos()
                || owned.count() > 0
                || isShared();
    }

    /** Living gateways own slots: no first sharing is to be waited for. */
    private boolean isShared() {
        for (int slot = 0; slot < table.count(); slot++) {
            Optional<Owner> owner = table.owner(slot);
            if (owner.isPresent() && membership.isAlive(owner.get().node(), owner.get().wal())) {
                return true;
            }
        }
        return false;
    }

    private boolean isOurs(SlotRecord record) {
        return record.owner().filter(owner -> owner.wal().equals(wal.wal().wal())).isPresent();
    }

    /** A slot that was taken by a write whose answer never came. */
    private void adopt(SlotRecord record) {
        if (owned.get(record.slot()).isEmpty() && !inFlight.contains(record.slot())) {
            own(record);
        }
    }

    /** Not while our own release of the slot is under way, of which the record may tell first. */
    private boolean mayTake(SlotRecord record) {
        return owned.get(record.slot()).isEmpty() && isFree(record);
    }

    private boolean isFree(SlotRecord record) {
        if (record.owner().isEmpty()) {
            return true;
        }
        WalRecord owner = wals.get(record.owner().get().wal());
        return owner != null
                && (owner.state() == WalRecord.State.SEALED
                        || owner.state() == WalRecord.State.RELEASED);
    }

    private void takeNext() {
        while (!wanted.isEmpty() && inFlight.size() < WRITES_IN_FLIGHT_MAX && !isStopped) {
            int slot = wanted.removeLast();
            Versioned<SlotRecord> record = table.get(slot);
            // It may have become ours since it was wanted.
            if (mayTake(record.value()) && inFlight.add(slot)) {
                take(record);
            }
        }
        if (wanted.isEmpty() && inFlight.isEmpty() && isNews) {
            isNews = false;
            allTaken.run();
        }
    }

    private void take(Versioned<SlotRecord> found) {
        SlotRecord taken =
                SlotChanges.taken(
                        found.value(),
                        new Owner(wal.wal().wal(), membership.self()),
                        wal.wal().next(),
                        wals);
        background.run(
                lane,
                () -> store.replace(taken, found.version()),
                outcome -> ended(taken, outcome));
    }

    private void ended(SlotRecord taken, Outcome<Written> outcome) {
        inFlight.remove(taken.slot());
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long version)) -> {
                table.put(new Versioned<>(taken, version));
                if (!isStopped) {
                    isNews = true;
                    own(taken);
                }
            }
            case Outcome.Success<Written>(Written.Conflict()) -> table.refresh(taken.slot());
            case Outcome.Failure<Written>(var error) -> {
                // If it was applied after all, the next look at the slots adopts it.
                LOG.atWarn()
                        .addKeyValue("slot", taken.slot())
                        .setCause(error)
                        .log("slot not taken; looking again");
                table.refresh(taken.slot());
            }
        }
        takeNext();
    }

    private void own(SlotRecord record) {
        long fromEntry = record.sources().getLast().fromEntry();
        owned.add(
                new OwnedSlot(
                        record.slot(),
                        record.epoch(),
                        lane.nowNs(),
                        fromEntry,
                        record.sources().size() > 1));
        metrics.slotTaken();
    }
}
