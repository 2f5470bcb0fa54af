package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.PartitionId;
import sluice.log.object.ProducerSnapshot;
import sluice.log.object.ProducerSnapshot.SequenceRange;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Source;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.State;
import sluice.uploader.memory.MemoryObjectStore;

/** What a slot's new owner learns of producers from the checkpoint and from footers alone. */
class ProducersAfterAHandOffTest {

    private static final int SLOT = 1;
    private static final PartitionId A = new PartitionId(7, 0);
    private static final PartitionId B = new PartitionId(7, 1);
    private static final PartitionId OF_ANOTHER_SLOT = new PartitionId(9, 0);
    private static final RetentionClass WEEK = RetentionClass.SEVEN_DAYS;
    private static final RetentionClass DAY = RetentionClass.ONE_DAY;

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<PartitionId, Long> offsets = new HashMap<>();
    private final UploadedWal first = new UploadedWal(store, offsets, 1);
    private final UploadedWal second = new UploadedWal(store, offsets, 2);

    @Test
    void aSlotWithoutProducersHasNone() {
        first.append(SLOT, A, 1, 2);
        first.upload();

        assertEquals(Map.of(), load(Optional.empty()));
    }

    @Test
    void footersOfAllSourcesAreBroughtTogether() {
        first.at(100);
        append(first, A, 11, 0, 0, 2);
        append(first, A, 12, 0, 0, 1);
        first.upload();
        first.at(200);
        append(first, A, 11, 0, 2, 2);
        append(first, B, 11, 0, 0, 1);
        first.upload();
        second.at(50);
        append(second, A, 11, 0, 4, 1);
        second.upload();

        assertEquals(
                Map.of(
                        A,
                        List.of(
                                snapshot(12, 0, 100, new SequenceRange(0, 0, 2)),
                                snapshot(
                                        11,
                                        0,
                                        50,
                                        new SequenceRange(0, 1, 0),
                                        new SequenceRange(2, 3, 3),
                                        new SequenceRange(4, 4, 5))),
                        B,
                        List.of(snapshot(11, 0, 200, new SequenceRange(0, 0, 0)))),
                load(Optional.empty()));
    }

    @Test
    void otherSlotsOfTheSameWalArePassedOver() {
        first.append(WEEK, 2, OF_ANOTHER_SLOT, 11, 0, 0, 1);
        append(first, A, 12, 0, 0, 1);
        first.upload();

        assertEquals(
                Map.of(A, List.of(snapshot(12, 0, 0, new SequenceRange(0, 0, 0)))),
                load(Optional.empty()));
    }

    @Test
    void whatTheCheckpointKnowsComesBeforeWhatIsNewer() {
        for (int i = 0; i < 4; i++) {
            append(first, A, 11, 0, i, 1);
        }
        append(first, A, 12, 0, 0, 1);
        first.upload();
        SlotRecord.Checkpoint checkpoint = checkpoint();
        store.lose(first.objects.getFirst().key());
        second.at(70);
        append(second, A, 11, 0, 4, 1);
        append(second, A, 11, 0, 5, 1);
        second.upload();

        assertEquals(
                Map.of(
                        A,
                        List.of(
                                snapshot(12, 0, 0, new SequenceRange(0, 0, 4)),
                                snapshot(
                                        11,
                                        0,
                                        70,
                                        new SequenceRange(1, 1, 1),
                                        new SequenceRange(2, 2, 2),
                                        new SequenceRange(3, 3, 3),
                                        new SequenceRange(4, 4, 5),
                                        new SequenceRange(5, 5, 6)))),
                load(Optional.of(checkpoint)));
    }

    @Test
    void aCheckpointThatKnowsMoreThanItCoversCountsNothingTwice() {
        append(first, A, 11, 0, 0, 1);
        append(first, A, 11, 0, 1, 1);
        first.upload();
        Map<PartitionId, List<ProducerSnapshot>> known = load(Optional.empty());
        SlotRecord.Checkpoint early = checkpoint(SlotIndex.empty(SLOT), 0, known);

        assertEquals(known, load(Optional.of(early)));
    }

    @Test
    void aNewEpochForgetsTheBatchesOfTheOldOneWhereverTheyStand() {
        append(first, A, 11, 0, 7, 1);
        first.upload();
        SlotRecord.Checkpoint checkpoint = checkpoint();
        append(first, A, 11, 0, 8, 1);
        first.upload();
        append(second, A, 11, 1, 0, 3);
        second.upload();

        assertEquals(
                Map.of(A, List.of(snapshot(11, 1, 0, new SequenceRange(0, 2, 2)))),
                load(Optional.of(checkpoint)));
    }

    @Test
    void sequencesWrapBetweenFooters() {
        append(first, A, 11, 0, Integer.MAX_VALUE - 1, 3);
        first.upload();
        append(first, A, 11, 0, 1, 2);
        first.upload();

        assertEquals(
                Map.of(
                        A,
                        List.of(
                                snapshot(
                                        11,
                                        0,
                                        0,
                                        new SequenceRange(Integer.MAX_VALUE - 1, 0, 0),
                                        new SequenceRange(1, 2, 3)))),
                load(Optional.empty()));
    }

    @Test
    void theTwoObjectsOfASegmentWhoseClassChangedBothTellTheirPart() {
        first.append(WEEK, SLOT, A, 11, 0, 0, 1);
        first.append(DAY, SLOT, A, 11, 0, 1, 1);
        first.append(WEEK, SLOT, A, 11, 0, 2, 1);
        assertEquals(2, first.upload().size());

        assertEquals(
                Map.of(
                        A,
                        List.of(
                                snapshot(
                                        11,
                                        0,
                                        0,
                                        new SequenceRange(0, 0, 0),
                                        new SequenceRange(1, 1, 1),
                                        new SequenceRange(2, 2, 2)))),
                load(Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whereverSegmentsEndAndCheckpointsAreWrittenTheSameIsKnown(long seed) {
        var random = new Random(seed);
        Map<PartitionId, List<ProducerSnapshot>> expected = new HashMap<>();
        Map<String, Integer> nextSequence = new HashMap<>();
        Optional<SlotRecord.Checkpoint> checkpoint = Optional.empty();
        for (int i = 0; i < 120; i++) {
            UploadedWal wal = i < 80 ? first : second;
            PartitionId partition = random.nextBoolean() ? A : B;
            long id = random.nextInt(4);
            int epoch = i / 50;
            int count = 1 + random.nextInt(3);
            int sequence = nextSequence.getOrDefault(partition + "/" + id + "/" + epoch, 0);
            nextSequence.put(partition + "/" + id + "/" + epoch, sequence + count);
            ByteBuffer batch =
                    wal.at(i)
                            .append(
                                    random.nextBoolean() ? WEEK : DAY,
                                    SLOT,
                                    partition,
                                    id,
                                    epoch,
                                    sequence,
                                    count);
            var range = new SequenceRange(sequence, sequence + count - 1, batch.getLong(0));
            remember(expected, partition, snapshot(id, epoch, i, range));
            if (i == 79 || i == 119 || random.nextInt(7) == 0) {
                wal.upload();
                if (i < 79 && random.nextInt(3) == 0) {
                    checkpoint = Optional.of(checkpoint());
                }
            }
        }

        assertEquals(expected, load(checkpoint), "seed=" + seed);
        assertEquals(expected, load(Optional.empty()), "seed=" + seed);
        assertFalse(expected.isEmpty());
    }

    /** The plain meaning: of each producer the last five batches of its newest epoch. */
    private static void remember(
            Map<PartitionId, List<ProducerSnapshot>> all,
            PartitionId partition,
            ProducerSnapshot batch) {
        List<ProducerSnapshot> known = all.computeIfAbsent(partition, key -> new ArrayList<>());
        List<SequenceRange> ranges = new ArrayList<>();
        known.removeIf(before -> {
            if (before.producerId() != batch.producerId()) {
                return false;
            }
            if (before.epoch() == batch.epoch()) {
                ranges.addAll(before.last5());
            }
            return true;
        });
        ranges.addAll(batch.last5());
        List<SequenceRange> last5 =
                ranges.subList(
                        Math.max(0, ranges.size() - ProducerSnapshot.RANGES_MAX), ranges.size());
        known.add(
                new ProducerSnapshot(
                        batch.producerId(), batch.epoch(), last5, batch.lastAppendMs()));
    }

    private static void append(
            UploadedWal wal, PartitionId partition, long id, int epoch, int sequence, int count) {
        wal.append(WEEK, SLOT, partition, id, epoch, sequence, count);
    }

    private static ProducerSnapshot snapshot(
            long id, int epoch, long lastAppendMs, SequenceRange... ranges) {
        return new ProducerSnapshot(id, (short) epoch, List.of(ranges), lastAppendMs);
    }

    /** Of all that the first wal has uploaded. */
    private SlotRecord.Checkpoint checkpoint() {
        SlotContents contents = loadAll(Optional.empty());
        return checkpoint(contents.index(), first.nextEntry(), contents.producers());
    }

    private SlotRecord.Checkpoint checkpoint(
            SlotIndex index, long coveredTo, Map<PartitionId, List<ProducerSnapshot>> producers) {
        String key = SlotCheckpoint.newKey(SLOT, 1, new Random(offsets.hashCode()));
        ByteBuffer bytes = index.toCheckpoint(1, Map.of(first.wal, coveredTo), producers).encode();
        store.put(key, List.of(bytes));
        return SlotCheckpoint.pointer(key, bytes);
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private Map<PartitionId, List<ProducerSnapshot>> load(
            Optional<SlotRecord.Checkpoint> checkpoint) {
        return loadAll(checkpoint).producers();
    }

    @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
    private SlotContents loadAll(Optional<SlotRecord.Checkpoint> checkpoint) {
        var slot =
                new SlotRecord(
                        SLOT,
                        1,
                        Optional.empty(),
                        List.of(new Source(first.wal, 0), new Source(second.wal, 0)),
                        checkpoint);
        Map<UUID, WalRecord> wals =
                Map.of(
                        first.wal, first.record(State.SEALED),
                        second.wal, second.record(State.OPEN));
        return new SlotIndexLoader(store, 1_000).load(slot, wals);
    }
}
