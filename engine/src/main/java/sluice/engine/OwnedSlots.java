package sluice.engine;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.object.ProducerSnapshot;
import sluice.uploader.SlotContents;
import sluice.uploader.SlotIndex;

/** The slots that this gateway owns, loaded on first use. Owned by the engine's lane. */
final class OwnedSlots {

    /** Requests that may wait for one slot to load. */
    private static final int WAITING_MAX = 20_000;

    private final Lane lane;
    private final Background background;
    private final IntFunction<SlotContents> loader;
    private final int tailEntriesMax;
    private final IntConsumer lost;
    private final Map<Integer, OwnedSlot> owned = new HashMap<>();
    private long tailEntries;

    /**
     * @param loader reads a slot's state from metadata and objects; blocks
     * @param lost told of each slot that is no longer this gateway's
     */
    OwnedSlots(
            Lane lane,
            Background background,
            IntFunction<SlotContents> loader,
            int tailEntriesMax,
            IntConsumer lost) {
        this.lane = lane;
        this.background = background;
        this.loader = loader;
        this.tailEntriesMax = tailEntriesMax;
        this.lost = lost;
    }

    void add(OwnedSlot slot) {
        lane.assertOwner();
        assert !owned.containsKey(slot.slot) : "owned twice: slot=" + slot.slot;
        owned.put(slot.slot, slot);
    }

    /** The slot is another's from now on. */
    void remove(OwnedSlot slot) {
        lane.assertOwner();
        if (owned.remove(slot.slot, slot)) {
            lost.accept(slot.slot);
            for (PartitionLog log : slot.partitions.values()) {
                tailEntries -= log.tail.dropBefore(Integer.MAX_VALUE);
            }
        }
    }

    /** The wal is lost and every slot with it. */
    void clear() {
        lane.assertOwner();
        owned.keySet().forEach(lost::accept);
        owned.clear();
    }

    Optional<OwnedSlot> get(int slot) {
        return Optional.ofNullable(owned.get(slot));
    }

    Collection<OwnedSlot> all() {
        return owned.values();
    }

    int count() {
        return owned.size();
    }

    /** Calls {@code loaded} on the lane once the slot's state is there, now if it is. */
    void withLoaded(int slot, Consumer<OwnedSlot> loaded, Consumer<SluiceException> failed) {
        lane.assertOwner();
        OwnedSlot found = owned.get(slot);
        if (found == null || found.isReleasing) {
            failed.accept(notOwner(slot));
        } else if (found.isLoaded) {
            loaded.accept(found);
        } else if (found.waiting.size() >= WAITING_MAX) {
            failed.accept(
                    new SluiceException(
                            SluiceException.Kind.OVERLOADED,
                            "slot-loading",
                            "too many requests wait for a slot's state to load: slot="
                                    + slot
                                    + "; retry after a pause"));
        } else {
            found.waiting.add(new OwnedSlot.Waiting(loaded, failed));
            load(found);
        }
    }

    static SluiceException notOwner(int slot) {
        return new SluiceException(
                SluiceException.Kind.FENCED,
                "not-owner",
                "this gateway does not own slot " + slot + "; ask the slot's owner");
    }

    private void load(OwnedSlot slot) {
        if (slot.isLoading) {
            return;
        }
        slot.isLoading = true;
        background.run(lane, () -> loader.apply(slot.slot), outcome -> onLoaded(slot, outcome));
    }

    private void onLoaded(OwnedSlot slot, Outcome<SlotContents> outcome) {
        slot.isLoading = false;
        var waiting = List.copyOf(slot.waiting);
        slot.waiting.clear();
        switch (outcome) {
            case Outcome.Success<SlotContents>(var state) -> {
                slot.index = state.index();
                slot.producers = new HashMap<>(state.producers());
                slot.isLoaded = true;
                waiting.forEach(each -> each.loaded().accept(slot));
            }
            case Outcome.Failure<SlotContents>(var error) ->
                    waiting.forEach(each -> each.failed().accept(error));
        }
    }

    /** The partition's log; made on first use from what is in objects. */
    PartitionLog partition(OwnedSlot slot, PartitionId id) {
        assert slot.isLoaded : "not loaded: slot=" + slot.slot;
        return slot.partitions.computeIfAbsent(id, _ -> partitionFromObjects(slot, id));
    }

    private static PartitionLog partitionFromObjects(OwnedSlot slot, PartitionId id) {
        var log = new PartitionLog(id, slot, slot.index.logStart(id), slot.index.nextOffset(id));
        List<ProducerSnapshot> snapshots = slot.producers.remove(id);
        if (snapshots != null) {
            snapshots.forEach(each -> log.producers.restore(Producers.Snapshot.of(each)));
        }
        return log;
    }

    void tailGrew() {
        tailEntries++;
    }

    /** Adds present values by name. */
    void addTo(Map<String, Long> gauges) {
        gauges.put("slots.owned", (long) owned.size());
        gauges.put("tail.entries", tailEntries);
    }

    /**
     * @throws SluiceException OVERLOADED if the index of what is not yet in objects is full
     */
    void checkRoom() {
        if (tailEntries >= tailEntriesMax) {
            throw new SluiceException(
                    SluiceException.Kind.OVERLOADED,
                    "uploads-behind",
                    "too many batches wait to be uploaded: batches=%d max=%d; retry after a pause, with larger batches if they are small"
                            .formatted(tailEntries, tailEntriesMax));
        }
    }

    /** Forgets tail entries in segments of the own wal before {@code segment}. */
    void dropTailBefore(int segment) {
        lane.assertOwner();
        for (OwnedSlot slot : owned.values()) {
            for (PartitionLog log : slot.partitions.values()) {
                tailEntries -= log.tail.dropBefore(segment);
            }
        }
    }

    /** Adds what a committed object of the own wal holds to the slots that are loaded. */
    void objectsCommitted(List<SlotIndex.ObjectExtents> objects) {
        lane.assertOwner();
        var touched = new ArrayList<Integer>();
        for (SlotIndex.ObjectExtents object : objects) {
            object.extents().stream().map(e -> e.slot()).distinct().forEach(touched::add);
        }
        touched.stream()
                .distinct()
                .map(owned::get)
                .filter(slot -> slot != null && slot.isLoaded)
                .forEach(slot -> slot.index = slot.index.plusAll(objects));
    }
}
