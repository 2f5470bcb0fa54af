package sluice.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.metadata.SlotStore;
import sluice.metadata.Versioned;

/**
 * Lets go of slots that take no appends any more and of which all is in objects:
 *
 * <pre>
 *   queued ──▶ put the checkpoint ──▶ write {no owner, checkpoint} ──▶ released
 *                 └─failed─▶ kept        └─not known─▶ the same write again, until it is
 * </pre>
 *
 * <p>Once the write was sent, the slot is not served again before its outcome is known: a write
 * whose answer was lost may be applied at any later time. Repeating it is safe, for both name the
 * same version. Owned by the engine's lane.
 */
final class SlotRelease {

    private static final Logger LOG = LoggerFactory.getLogger(SlotRelease.class);
    private static final int IN_FLIGHT_MAX = 16;
    private static final Duration RETRY = Duration.ofMillis(100);

    enum Ended {
        /** The slot is nobody's, or another's already: nothing of it is ours. */
        RELEASED,
        /** Nothing was written: the slot is ours as before. */
        KEPT
    }

    private record Wanted(OwnedSlot slot, Consumer<Ended> ended) {}

    private final Lane lane;
    private final Background background;
    private final SlotStore store;
    private final SlotTable table;
    private final CheckpointWriter checkpoints;
    private final UUID wal;
    private final ArrayDeque<Wanted> queue = new ArrayDeque<>();
    private int inFlight;

    SlotRelease(
            Lane lane,
            Background background,
            SlotStore store,
            SlotTable table,
            CheckpointWriter checkpoints,
            UUID wal) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.table = table;
        this.checkpoints = checkpoints;
        this.wal = wal;
    }

    /**
     * @param slot is closed, loaded or never used, and has no entry that is not in objects
     */
    void release(OwnedSlot slot, Consumer<Ended> ended) {
        lane.assertOwner();
        queue.addLast(new Wanted(slot, ended));
        next();
    }

    private void next() {
        while (inFlight < IN_FLIGHT_MAX && !queue.isEmpty()) {
            inFlight++;
            begin(queue.removeFirst());
        }
    }

    private void end(Wanted wanted, Ended ended) {
        inFlight--;
        wanted.slot().isReleasing = false;
        wanted.ended().accept(ended);
        next();
    }

    private void begin(Wanted wanted) {
        OwnedSlot slot = wanted.slot();
        if (slot.isFolding || slot.isLoading) {
            lane.schedule(RETRY, () -> begin(wanted));
        } else if (!slot.isLoaded) {
            // It may be loaded by a reader from now on, but it has no entries in our wal.
            write(wanted, SlotChanges::releasedUnused, true);
        } else {
            checkpoints.put(
                    slot,
                    outcome -> {
                        switch (outcome) {
                            case Outcome.Success<Optional<Checkpoint>>(var pointer) ->
                                    write(
                                            wanted,
                                            before -> SlotChanges.released(before, pointer),
                                            true);
                            case Outcome.Failure<Optional<Checkpoint>>(var error) -> {
                                LOG.atWarn()
                                        .addKeyValue("slot", slot.slot)
                                        .setCause(error)
                                        .log("slot kept: its checkpoint was not put");
                                end(wanted, Ended.KEPT);
                            }
                        }
                    });
        }
    }

    /**
     * @param isFirst true if no earlier copy of this write may be under way
     */
    private void write(Wanted wanted, UnaryOperator<SlotRecord> released, boolean isFirst) {
        Versioned<SlotRecord> found = table.get(wanted.slot().slot);
        if (!isOurs(wanted.slot(), found.value())) {
            // Released by an earlier copy of this write, or taken after our wal was sealed.
            end(wanted, Ended.RELEASED);
            return;
        }
        wanted.slot().isReleasing = true;
        SlotRecord after = released.apply(found.value());
        background.run(
                lane,
                () -> store.replace(after, found.version()),
                outcome -> written(wanted, released, after, isFirst, outcome));
    }

    private boolean isOurs(OwnedSlot slot, SlotRecord record) {
        return record.epoch() == slot.epoch
                && record.owner().filter(owner -> owner.wal().equals(wal)).isPresent();
    }

    private void written(
            Wanted wanted,
            UnaryOperator<SlotRecord> released,
            SlotRecord after,
            boolean isFirst,
            Outcome<Written> outcome) {
        switch (outcome) {
            case Outcome.Success<Written>(Written.Applied(long version)) -> {
                table.put(new Versioned<>(after, version));
                end(wanted, Ended.RELEASED);
            }
            case Outcome.Success<Written>(Written.Conflict()) -> look(wanted, released);
            case Outcome.Failure<Written>(var error) -> {
                boolean isNever = error.kind() == SluiceException.Kind.UNAVAILABLE;
                LOG.atWarn()
                        .addKeyValue("slot", wanted.slot().slot)
                        .setCause(error)
                        .log("slot not released yet");
                if (isNever && isFirst) {
                    end(wanted, Ended.KEPT);
                } else {
                    lane.schedule(RETRY, () -> look(wanted, released));
                }
            }
        }
    }

    /** Reads the record; then the write is repeated unless the slot is ours no more. */
    private void look(Wanted wanted, UnaryOperator<SlotRecord> released) {
        background.run(
                lane,
                () -> store.get(wanted.slot().slot),
                outcome -> {
                    if (outcome instanceof Outcome.Success<Versioned<SlotRecord>>(var found)) {
                        table.put(found);
                        write(wanted, released, false);
                    } else {
                        lane.schedule(RETRY, () -> look(wanted, released));
                    }
                });
    }
}
