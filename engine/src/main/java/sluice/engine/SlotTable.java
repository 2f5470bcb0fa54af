package sluice.engine;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotStore;
import sluice.metadata.Versioned;

/**
 * Who owns which slot, as last read. It may be old: an owner that is asked wrongly says so, and
 * then the slot is read again. Owned by the engine's lane.
 */
final class SlotTable {

    private final Lane lane;
    private final Background background;
    private final SlotStore store;
    private final Versioned<SlotRecord>[] slots;
    private final Set<Integer> refreshing = new HashSet<>();
    private boolean isLoaded;

    @SuppressWarnings({"unchecked", "rawtypes"})
    SlotTable(Lane lane, Background background, SlotStore store, int slots) {
        this.lane = lane;
        this.background = background;
        this.store = store;
        this.slots = new Versioned[slots];
        for (int i = 0; i < slots; i++) {
            this.slots[i] =
                    new Versioned<>(
                            new SlotRecord(i, 0, Optional.empty(), List.of(), Optional.empty()), 0);
        }
    }

    int count() {
        return slots.length;
    }

    boolean isLoaded() {
        return isLoaded;
    }

    /** True if each slot had an owner when it was last read. */
    boolean isOwnedThroughout() {
        return Arrays.stream(slots).allMatch(slot -> slot.value().owner().isPresent());
    }

    Versioned<SlotRecord> get(int slot) {
        return slots[slot];
    }

    Optional<SlotRecord.Owner> owner(int slot) {
        return slot < 0 || slot >= slots.length ? Optional.empty() : slots[slot].value().owner();
    }

    /** Takes what was read or written; an older version never replaces a newer one. */
    void put(Versioned<SlotRecord> found) {
        int slot = found.value().slot();
        if (found.version() >= slots[slot].version()) {
            slots[slot] = found;
        }
    }

    /** Reads all slots; {@code then} is told whether that worked. */
    void refreshAll(Consumer<Boolean> then) {
        lane.assertOwner();
        background.run(
                lane,
                store::list,
                outcome -> {
                    boolean worked = false;
                    if (outcome
                            instanceof Outcome.Success<List<Versioned<SlotRecord>>>(var found)) {
                        found.forEach(this::put);
                        isLoaded = true;
                        worked = true;
                    }
                    then.accept(worked);
                });
    }

    /** Reads one slot, unless it is being read already. */
    void refresh(int slot) {
        lane.assertOwner();
        if (slot < 0 || slot >= slots.length || !refreshing.add(slot)) {
            return;
        }
        background.run(
                lane,
                () -> store.get(slot),
                outcome -> {
                    refreshing.remove(slot);
                    if (outcome instanceof Outcome.Success<Versioned<SlotRecord>>(var found)) {
                        put(found);
                    }
                });
    }
}
