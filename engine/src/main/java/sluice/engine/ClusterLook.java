package sluice.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.AssignmentRecord;
import sluice.metadata.AssignmentStore;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;

/**
 * Looks at the metadata again and again: at the assignment and all wals each time, at all slots
 * first if somebody wants them or the last time is long ago. One look at a time. Owned by the
 * engine's lane.
 */
final class ClusterLook {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterLook.class);

    /** Single slots are read again when they are found to be elsewhere; all of them seldom. */
    private static final int SLOTS_EVERY_LOOKS = 10;

    /**
     * What was seen; read in this order: slots, assignment, wals.
     *
     * @param before the wals of the look before this one
     * @param slotsRead true if all slots were read after {@code before} was
     * @param readNs when the read of the wals began
     */
    record Seen(
            Map<UUID, Versioned<WalRecord>> before,
            Map<UUID, Versioned<WalRecord>> wals,
            Optional<Versioned<AssignmentRecord>> assignment,
            boolean slotsRead,
            long readNs) {

        Map<UUID, WalRecord> records() {
            Map<UUID, WalRecord> records = new HashMap<>();
            wals.forEach((id, each) -> records.put(id, each.value()));
            return records;
        }
    }

    private final Lane lane;
    private final Background background;
    private final SlotTable table;
    private final WalStore walStore;
    private final AssignmentStore assignments;
    private final Consumer<Seen> observer;

    private Map<UUID, Versioned<WalRecord>> wals = Map.of();
    private boolean isLooking;
    private boolean isWantedAgain;
    private boolean areSlotsWanted = true;
    private int looksWithoutSlots;
    private long lookedNs;

    /**
     * @param observer told on the lane after each look at which nothing failed
     */
    ClusterLook(
            Lane lane,
            Background background,
            SlotTable table,
            WalStore walStore,
            AssignmentStore assignments,
            Consumer<Seen> observer) {
        this.lane = lane;
        this.background = background;
        this.table = table;
        this.walStore = walStore;
        this.assignments = assignments;
        this.observer = observer;
        this.lookedNs = lane.nowNs();
    }

    /** All wals as last seen. */
    Map<UUID, Versioned<WalRecord>> wals() {
        return wals;
    }

    /** True if a look at which nothing failed was not longer ago. */
    boolean isFresh(Duration lately) {
        return lane.nowNs() - lookedNs < lately.toNanos();
    }

    /** Looks, unless a look is under way. */
    void look() {
        lane.assertOwner();
        if (isLooking) {
            return;
        }
        isLooking = true;
        isWantedAgain = false;
        if (areSlotsWanted || ++looksWithoutSlots >= SLOTS_EVERY_LOOKS) {
            areSlotsWanted = false;
            looksWithoutSlots = 0;
            table.refreshAll(worked -> {
                areSlotsWanted |= !worked;
                lookOn(worked);
            });
        } else {
            lookOn(false);
        }
    }

    /** Looks once more after what was just changed, here or elsewhere. */
    void soon(boolean alsoSlots) {
        lane.assertOwner();
        areSlotsWanted |= alsoSlots;
        if (isLooking) {
            isWantedAgain = true;
        } else {
            look();
        }
    }

    private void lookOn(boolean slotsRead) {
        background.run(
                lane,
                readable(assignments::get),
                assignment -> {
                    if (assignment
                            instanceof
                            Outcome.Success<Optional<Versioned<AssignmentRecord>>>(var found)) {
                        long readNs = lane.nowNs();
                        background.run(
                                lane,
                                walStore::list,
                                outcome -> ended(slotsRead, readNs, found, outcome));
                    } else {
                        failed(slotsRead);
                    }
                });
    }

    /** Advice that cannot be read is no advice; everything goes on without. */
    private static Supplier<Optional<Versioned<AssignmentRecord>>> readable(
            Supplier<Optional<Versioned<AssignmentRecord>>> read) {
        return () -> {
            try {
                return read.get();
            } catch (SluiceException e) {
                if (e.kind() != SluiceException.Kind.DATA) {
                    throw e;
                }
                LOG.atError().setCause(e).log("slots are not balanced");
                return Optional.empty();
            }
        };
    }

    private void failed(boolean slotsRead) {
        areSlotsWanted |= slotsRead;
        isLooking = false;
    }

    private void ended(
            boolean slotsRead,
            long readNs,
            Optional<Versioned<AssignmentRecord>> assignment,
            Outcome<List<Versioned<WalRecord>>> outcome) {
        if (!(outcome instanceof Outcome.Success<List<Versioned<WalRecord>>>(var found))) {
            failed(slotsRead);
            return;
        }
        Map<UUID, Versioned<WalRecord>> byId = new HashMap<>();
        found.forEach(each -> byId.put(each.value().wal(), each));
        var seen = new Seen(wals, byId, assignment, slotsRead, readNs);
        wals = byId;
        lookedNs = lane.nowNs();
        isLooking = false;
        observer.accept(seen);
        if (isWantedAgain) {
            look();
        }
    }
}
