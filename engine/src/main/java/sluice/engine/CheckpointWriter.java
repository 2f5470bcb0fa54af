package sluice.engine;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import sluice.log.PartitionId;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.object.ProducerSnapshot;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.uploader.ObjectStore;
import sluice.uploader.SlotCheckpoint;

/** Puts a loaded slot's state as an object. Owned by the engine's lane. */
final class CheckpointWriter {

    private final Lane lane;
    private final Background background;
    private final ObjectStore objects;
    private final WalRegistry registry;
    private final WalKeeper wal;
    private final RandomGenerator random;

    CheckpointWriter(
            Lane lane,
            Background background,
            ObjectStore objects,
            WalRegistry registry,
            WalKeeper wal,
            RandomGenerator random) {
        this.lane = lane;
        this.background = background;
        this.objects = objects;
        this.registry = registry;
        this.wal = wal;
        this.random = random;
    }

    /**
     * Puts what is known of the slot now: what is in objects, and what is durable of its producers.
     *
     * @param then told the pointer, or that there is nothing to remember of the slot
     */
    void put(OwnedSlot slot, Consumer<Outcome<Optional<Checkpoint>>> then) {
        UUID ownWal = registry.record().wal();
        long end = registry.record().uploadedEnd();
        SlotCheckpoint checkpoint =
                slot.index.toCheckpoint(slot.epoch, Map.of(ownWal, end), producers(slot));
        if (checkpoint.partitions().isEmpty()) {
            then.accept(new Outcome.Success<>(Optional.empty()));
            return;
        }
        ByteBuffer encoded = checkpoint.encode();
        String key = SlotCheckpoint.newKey(slot.slot, slot.epoch, random);
        background.run(
                lane,
                () -> {
                    objects.put(key, List.of(encoded));
                    return Optional.of(SlotCheckpoint.pointer(key, encoded));
                },
                then);
    }

    private Map<PartitionId, List<ProducerSnapshot>> producers(OwnedSlot slot) {
        Map<PartitionId, List<ProducerSnapshot>> all = new HashMap<>(slot.producers);
        for (PartitionLog log : slot.partitions.values()) {
            List<ProducerSnapshot> snapshot = log.producers.snapshot(wal.wal().hwm());
            if (!snapshot.isEmpty()) {
                all.put(log.id, snapshot);
            }
        }
        return all;
    }
}
