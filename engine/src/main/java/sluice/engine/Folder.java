package sluice.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.metadata.SlotRecord.Source;
import sluice.metadata.SlotStore;
import sluice.metadata.Versioned;

/**
 * Writes slot checkpoints, so that wal records stay small and dead wals can be let go.
 *
 * <p>A slot is folded when it still depends on a wal of another process, or when the own wal names
 * more objects than it should; then, once all its loaded slots are folded, those objects leave the
 * record. Slots are folded a few at a time: nobody waits for it. Owned by the engine's lane.
 */
final class Folder {

    private static final Logger LOG = LoggerFactory.getLogger(Folder.class);
    private static final int IN_FLIGHT_MAX = 4;

    /** A slot that was just taken is loaded for those who wait for it, and for nothing else. */
    private static final long REST_NS = Duration.ofSeconds(2).toNanos();

    private static final Duration RETRY = Duration.ofSeconds(1);

    private final Lane lane;
    private final Background background;
    private final SlotStore store;
    private final OwnedSlots owned;
    private final SlotTable table;
    private final WalRegistry registry;
    private final int foldObjects;
    private final CheckpointWriter checkpoints;

    private final ArrayDeque<OwnedSlot> queue = new ArrayDeque<>();
    private final Set<Integer> round = new HashSet<>();
    private long roundEnd = -1;
    private int inFlight;
    private boolean isStopped;

    Folder(
            Lane lane,
            Background background,
            SlotStore store,
            OwnedSlots owned,
            SlotTable table,
            WalRegistry registry,
            int foldObjects,
            CheckpointWriter checkpoints) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.owned = owned;
        this.table = table;
        this.registry = registry;
        this.foldObjects = foldObjects;
        this.checkpoints = checkpoints;
    }

    void stop() {
        isStopped = true;
        queue.clear();
    }

    /** Looks for slots to fold; called every second or so. */
    void consider() {
        lane.assertOwner();
        if (isStopped) {
            return;
        }
        if (roundEnd < 0 && registry.record().objects().size() >= foldObjects) {
            beginRound();
        }
        if (queue.isEmpty()) {
            for (OwnedSlot slot : owned.all()) {
                if (slot.hasForeignSources
                        && !slot.isFolding
                        && !slot.isClosing
                        && lane.nowNs() - slot.sinceNs >= REST_NS
                        && queue.size() < IN_FLIGHT_MAX) {
                    queue.addLast(slot);
                }
            }
        }
        next();
    }

    private void beginRound() {
        roundEnd = registry.record().uploadedEnd();
        for (OwnedSlot slot : owned.all()) {
            // A slot that was never loaded has no entry in the own wal.
            if (slot.isLoaded) {
                round.add(slot.slot);
                queue.addLast(slot);
            }
        }
        endRoundIfDone();
    }

    private void next() {
        while (inFlight < IN_FLIGHT_MAX && !queue.isEmpty() && !isStopped) {
            OwnedSlot slot = queue.removeFirst();
            boolean isOwned = owned.get(slot.slot).filter(slot::equals).isPresent();
            if (isOwned && slot.isClosing && round.contains(slot.slot)) {
                lane.schedule(RETRY, () -> tryAgain(slot));
            } else if (isOwned && !slot.isFolding && !slot.isClosing) {
                slot.isFolding = true;
                inFlight++;
                owned.withLoaded(slot.slot, this::fold, error -> failed(slot, error));
            }
        }
    }

    private void fold(OwnedSlot slot) {
        long end = registry.record().uploadedEnd();
        Versioned<SlotRecord> found = table.get(slot.slot);
        if (!isOurs(slot, found.value())) {
            failed(slot, null);
            return;
        }
        checkpoints.put(
                slot,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<Optional<Checkpoint>>(var pointer) ->
                                point(slot, found, pointer, end);
                        case Outcome.Failure<Optional<Checkpoint>>(var error) ->
                                failed(slot, error);
                    }
                });
    }

    /**
     * False for a gateway that slept while its wal was sealed: its table may say already who has
     * the slot now, and a checkpoint written there would hide what the new owner wrote.
     */
    private boolean isOurs(OwnedSlot slot, SlotRecord found) {
        UUID ownWal = registry.record().wal();
        return found.epoch() == slot.epoch
                && found.owner().filter(owner -> owner.wal().equals(ownWal)).isPresent();
    }

    private void point(
            OwnedSlot slot, Versioned<SlotRecord> found, Optional<Checkpoint> pointer, long end) {
        SlotRecord before = found.value();
        var after =
                new SlotRecord(
                        before.slot(),
                        before.epoch(),
                        before.owner(),
                        List.of(new Source(registry.record().wal(), Math.max(end, slot.fromEntry))),
                        pointer);
        background.run(
                lane,
                () -> store.replace(after, found.version()),
                outcome -> {
                    if (outcome
                            instanceof Outcome.Success<Written>(Written.Applied(long version))) {
                        table.put(new Versioned<>(after, version));
                        slot.hasForeignSources = false;
                        done(slot);
                    } else {
                        table.refresh(slot.slot);
                        failed(slot, null);
                    }
                });
    }

    private void done(OwnedSlot slot) {
        slot.isFolding = false;
        inFlight--;
        round.remove(slot.slot);
        endRoundIfDone();
        next();
    }

    /** The slot is another's: its checkpoint was written when it left. */
    void left(OwnedSlot slot) {
        round.remove(slot.slot);
        endRoundIfDone();
    }

    private void endRoundIfDone() {
        if (roundEnd >= 0 && round.isEmpty()) {
            long end = roundEnd;
            roundEnd = -1;
            registry.change("fold", record -> WalChanges.folded(record, end), _ -> {});
        }
    }

    private void failed(OwnedSlot slot, @org.jspecify.annotations.Nullable SluiceException error) {
        slot.isFolding = false;
        inFlight--;
        LOG.atWarn()
                .addKeyValue("slot", slot.slot)
                .setCause(error)
                .log("slot not folded; trying again later");
        if (round.contains(slot.slot)) {
            lane.schedule(RETRY, () -> tryAgain(slot));
        }
    }

    private void tryAgain(OwnedSlot slot) {
        if (!isStopped) {
            queue.addLast(slot);
            next();
        }
    }
}
