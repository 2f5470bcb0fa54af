package sluice.log.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.ProducerSnapshot.SequenceRange;

class FooterProducersTest {

    private static final int SLOT = 1;
    private static final PartitionId A = new PartitionId(7, 0);
    private static final PartitionId B = new PartitionId(7, 1);

    private final Random random = new Random(1);
    private final SegmentObjectWriter writer =
            new SegmentObjectWriter(new UUID(1, 2), 3, 100, 200, "7d", 5_000);
    private final Map<PartitionId, Long> nextOffsets = new HashMap<>();

    @Test
    void batchesWithoutAProducerLeaveNone() {
        append(A, 1, 10);

        assertEquals(List.of(), written());
    }

    @Test
    void theLastFiveBatchesOfEachProducerAreKept() {
        for (int i = 0; i < 7; i++) {
            append(A, 11, 0, 2 * i, 2, 10 + i);
        }

        assertEquals(
                List.of(
                        of(
                                A,
                                new ProducerSnapshot(
                                        11,
                                        (short) 0,
                                        List.of(
                                                new SequenceRange(4, 5, 4),
                                                new SequenceRange(6, 7, 6),
                                                new SequenceRange(8, 9, 8),
                                                new SequenceRange(10, 11, 10),
                                                new SequenceRange(12, 13, 12)),
                                        16))),
                written());
    }

    @Test
    void aNewEpochForgetsTheBatchesOfTheOldOne() {
        append(A, 11, 0, 5, 1, 10);
        append(A, 11, 1, 0, 3, 20);

        assertEquals(List.of(of(A, snapshot(11, 1, 20, new SequenceRange(0, 2, 1)))), written());
    }

    @Test
    void aBatchOfAnOlderEpochTellsNothing() {
        append(A, 11, 1, 0, 1, 10);
        append(A, 12, 0, 0, 1, 15);
        append(A, 11, 0, 9, 1, 20);

        assertEquals(
                List.of(
                        of(
                                A,
                                snapshot(11, 1, 10, new SequenceRange(0, 0, 0)),
                                snapshot(12, 0, 15, new SequenceRange(0, 0, 1)))),
                written());
    }

    @Test
    void sequencesWrapAfterTheLargest() {
        append(A, 11, 0, Integer.MAX_VALUE - 1, 4, 10);

        assertEquals(
                List.of(of(A, snapshot(11, 0, 10, new SequenceRange(Integer.MAX_VALUE - 1, 1, 0)))),
                written());
    }

    @Test
    void theProducerThatWroteLastIsLast() {
        append(A, 11, 0, 0, 1, 10);
        append(A, 12, 0, 0, 1, 10);
        append(A, 1, 10);
        append(A, 11, 0, 1, 1, 10);

        assertEquals(
                List.of(12L, 11L),
                written().getFirst().producers().stream()
                        .map(ProducerSnapshot::producerId)
                        .toList());
    }

    @Test
    void partitionsAndSlotsAreApartAndInTheOrderOfTheirExtents() {
        writer.add(2, B, TestBatches.of(11, 0, 0, batch(0, 1)), 10);
        writer.add(1, B, TestBatches.of(11, 0, 7, batch(0, 1)), 11);
        writer.add(1, A, batch(0, 1), 11);
        writer.add(2, A, TestBatches.of(1L << 62, 0, 3, batch(0, 1)), 12);

        assertEquals(
                List.of(
                        new PartitionProducers(
                                1, B, List.of(snapshot(11, 0, 11, new SequenceRange(7, 7, 0)))),
                        new PartitionProducers(
                                2,
                                A,
                                List.of(snapshot(1L << 62, 0, 12, new SequenceRange(3, 3, 0)))),
                        new PartitionProducers(
                                2, B, List.of(snapshot(11, 0, 10, new SequenceRange(0, 0, 0))))),
                written());
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void whateverIsWrittenIsFoundAgain(long seed) {
        var seeded = new Random(seed);
        Map<PartitionId, Map<Long, List<SequenceRange>>> expected = new HashMap<>();
        int[] nextSequence = new int[8];
        for (int i = 0; i < 400; i++) {
            var partition = new PartitionId(7, seeded.nextInt(3));
            int id = seeded.nextInt(8);
            int count = 1 + seeded.nextInt(5);
            int first = nextSequence[id];
            long base = append(partition, id, 3, first, count, i);
            nextSequence[id] += count;
            expected.computeIfAbsent(partition, key -> new HashMap<>())
                    .computeIfAbsent((long) id, key -> new ArrayList<>())
                    .add(new SequenceRange(first, first + count - 1, base));
        }

        Map<PartitionId, Map<Long, List<SequenceRange>>> found = new HashMap<>();
        for (PartitionProducers each : written()) {
            Map<Long, List<SequenceRange>> byId = new HashMap<>();
            each.producers().forEach(one -> byId.put(one.producerId(), one.last5()));
            found.put(each.partition(), byId);
        }

        expected.values()
                .forEach(byId ->
                        byId.replaceAll((id, all) ->
                                all.subList(
                                        Math.max(0, all.size() - ProducerSnapshot.RANGES_MAX),
                                        all.size())));
        assertEquals(expected, found, "seed=" + seed);
    }

    /** Fields are those of a section with one partition of one producer with one batch. */
    @Nested
    class AHostileSection {
        private static final int PARTITION_COUNT_AT = 0;
        private static final int SLOT_AT = PARTITION_COUNT_AT + 4;
        private static final int TOPIC_AT = SLOT_AT + 4;
        private static final int PRODUCER_COUNT_AT = TOPIC_AT + 8 + 4;
        private static final int PRODUCER_ID_AT = PRODUCER_COUNT_AT + 4;
        private static final int RANGE_COUNT_AT = PRODUCER_ID_AT + 8 + 2 + 8;
        private static final int BASE_OFFSET_AT = RANGE_COUNT_AT + 1 + 4 + 4;
        private static final int SECTION_BYTES = BASE_OFFSET_AT + 8;

        private final byte[] bytes = encoded();
        private final int at = bytes.length - SegmentFooter.TRAILER_BYTES - SECTION_BYTES;
        private final ByteBuffer footer = ByteBuffer.wrap(bytes);

        @Test
        void isFineUntouched() {
            assertEquals(1, SegmentFooter.read(withCrc()).producers().size());
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 2, 1 << 24, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
        void withAnotherCountOfPartitionsIsRefused(int count) {
            footer.putInt(at + PARTITION_COUNT_AT, count);
            assertCorrupt();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 2, 1 << 24, Integer.MAX_VALUE, -1, Integer.MIN_VALUE})
        void withAnotherCountOfProducersIsRefused(int count) {
            footer.putInt(at + PRODUCER_COUNT_AT, count);
            assertCorrupt();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 2, 6, 255})
        void withAnotherCountOfBatchesIsRefused(int count) {
            footer.put(at + RANGE_COUNT_AT, (byte) count);
            assertCorrupt();
        }

        @Test
        void ofAPartitionThatHasNoExtentIsRefused() {
            footer.putLong(at + TOPIC_AT, 8);
            assertCorrupt();
        }

        @Test
        void ofAnotherSlotIsRefused() {
            footer.putInt(at + SLOT_AT, SLOT + 1);
            assertCorrupt();
        }

        @Test
        void ofANegativeProducerIsRefused() {
            footer.putLong(at + PRODUCER_ID_AT, -1);
            assertCorrupt();
        }

        @ParameterizedTest
        @ValueSource(longs = {-1, 0, 6, Long.MAX_VALUE})
        void withABatchOutsideOfThePartitionsExtentsIsRefused(long offset) {
            footer.putLong(at + BASE_OFFSET_AT, offset);
            assertCorrupt();
        }

        private byte[] encoded() {
            writer.add(SLOT, A, TestBatches.of(11, 0, 0, batch(5, 1)), 10);
            return writer.finish().body().getLast().array();
        }

        private ByteBuffer withCrc() {
            return footer.putInt(
                    bytes.length - 8, SegmentFooter.crc(footer.slice(0, bytes.length - 8)));
        }

        private void assertCorrupt() {
            var error = assertThrows(SluiceException.class, () -> SegmentFooter.read(withCrc()));
            assertEquals("corrupt-object", error.code());
            assertEquals(Kind.DATA, error.kind());
        }
    }

    @Test
    void producersOrBatchesOutOfOrderAreRefused() {
        ProducerSnapshot early = snapshot(1, 0, 0, new SequenceRange(0, 0, 4));
        ProducerSnapshot late = snapshot(2, 0, 0, new SequenceRange(0, 0, 5));
        ProducerSnapshot mixed =
                snapshot(3, 0, 0, new SequenceRange(1, 1, 5), new SequenceRange(0, 0, 4));

        of(A, early, late);
        assertThrows(IllegalArgumentException.class, () -> of(A, late, early));
        assertThrows(IllegalArgumentException.class, () -> of(A, early, early));
        assertThrows(IllegalArgumentException.class, () -> of(A, mixed));
        assertThrows(IllegalArgumentException.class, () -> of(A));
    }

    private static PartitionProducers of(PartitionId partition, ProducerSnapshot... producers) {
        return new PartitionProducers(SLOT, partition, List.of(producers));
    }

    private static ProducerSnapshot snapshot(
            long id, int epoch, long lastAppendMs, SequenceRange... ranges) {
        return new ProducerSnapshot(id, (short) epoch, List.of(ranges), lastAppendMs);
    }

    private void append(PartitionId partition, int recordCount, long atMs) {
        writer.add(SLOT, partition, batch(advance(partition, recordCount), recordCount), atMs);
    }

    private long append(
            PartitionId partition,
            long producerId,
            int epoch,
            int baseSequence,
            int recordCount,
            long atMs) {
        long base = advance(partition, recordCount);
        ByteBuffer batch =
                TestBatches.of(producerId, epoch, baseSequence, batch(base, recordCount));
        writer.add(SLOT, partition, batch, atMs);
        return base;
    }

    private long advance(PartitionId partition, int recordCount) {
        long base = nextOffsets.getOrDefault(partition, 0L);
        nextOffsets.put(partition, base + recordCount);
        return base;
    }

    private ByteBuffer batch(long baseOffset, int recordCount) {
        return TestBatches.batch(baseOffset, recordCount, 0, 9, random);
    }

    private List<PartitionProducers> written() {
        SegmentObject object = writer.finish();
        return SegmentFooter.read(object.body().getLast(), object.footerCrc()).producers();
    }
}
