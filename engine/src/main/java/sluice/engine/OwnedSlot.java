package sluice.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import sluice.engine.peer.CallReply;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.object.ProducerSnapshot;
import sluice.uploader.SlotIndex;

/**
 * A slot that this gateway owns.
 *
 * <pre>
 *   unloaded ──first use──▶ loading ──▶ loaded
 *                             └──(a store is out of reach)──▶ unloaded
 * </pre>
 *
 * Owned by the engine's lane.
 */
final class OwnedSlot {

    /** A request that waits for the slot's state. */
    record Waiting(Consumer<OwnedSlot> loaded, Consumer<SluiceException> failed) {}

    /**
     * An append that came while the slot is handed over.
     *
     * @param again makes it anew, if the slot stays
     */
    record Held(Runnable again, Consumer<CallReply> answer) {}

    final int slot;
    final long epoch;

    /** When it became this gateway's, on the lane's clock. */
    final long sinceNs;

    /** First entry of the own wal that may belong to the slot. */
    final long fromEntry;

    final Map<PartitionId, PartitionLog> partitions = new HashMap<>();
    final List<Waiting> waiting = new ArrayList<>();

    /** What is in objects. */
    SlotIndex index;

    /** Producers of partitions that nobody used since the slot was loaded. */
    Map<PartitionId, List<ProducerSnapshot>> producers = Map.of();

    boolean isLoaded;
    boolean isLoading;

    /** True while entries of other wals are known only by those wals' records. */
    boolean hasForeignSources;

    boolean isFolding;

    /** Last entry of the own wal that belongs to the slot; −1 if there is none. */
    long lastEntry = -1;

    /** True while the slot is handed over: its appends wait in {@link #held}. */
    boolean isClosing;

    /** True while others may have the slot already: it is not read here any more. */
    boolean isReleasing;

    final ArrayDeque<Held> held = new ArrayDeque<>();
    long heldBytes;

    OwnedSlot(int slot, long epoch, long sinceNs, long fromEntry, boolean hasForeignSources) {
        this.slot = slot;
        this.epoch = epoch;
        this.sinceNs = sinceNs;
        this.fromEntry = fromEntry;
        this.hasForeignSources = hasForeignSources;
        this.index = SlotIndex.empty(slot);
    }
}
