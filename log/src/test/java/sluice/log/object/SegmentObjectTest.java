package sluice.log.object;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.ProducerSnapshot.SequenceRange;

class SegmentObjectTest {

    private static final UUID WAL = new UUID(0x1111, 0x2222);
    private static final PartitionId A = new PartitionId(7, 0);
    private static final PartitionId B = new PartitionId(7, 1);

    private final Random random = new Random(1);
    private final SegmentObjectWriter writer =
            new SegmentObjectWriter(WAL, 3, 100, 200, "7d", 5_000);

    @Nested
    class AnObject {
        @Test
        void isSortedBySlotThenPartitionThenOffset() {
            ByteBuffer inSlot2 = batch(0, 1);
            ByteBuffer ofB = batch(0, 1);
            ByteBuffer ofA = batch(4, 2);
            ByteBuffer moreOfA = batch(6, 1);
            writer.add(2, A, inSlot2, 10);
            writer.add(1, B, ofB, 11);
            writer.add(1, A, ofA, 12);
            writer.add(1, A, moreOfA, 13);

            SegmentObject object = writer.finish();

            ByteBuffer expected =
                    ByteBuffer.allocate((int) object.footerAt())
                            .put(ofA.duplicate())
                            .put(moreOfA.duplicate())
                            .put(ofB.duplicate())
                            .put(inSlot2.duplicate())
                            .flip();
            assertEquals(expected, join(object).slice(0, (int) object.footerAt()));
            assertEquals(
                    List.of(
                            extent(1, A, 4, 7, 0, ofA, moreOfA).appended(12),
                            extent(1, B, 0, 1, 2 * ofA.remaining(), ofB).appended(11),
                            extent(2, A, 0, 1, 3 * ofA.remaining(), inSlot2).appended(10)),
                    object.extents().stream().map(Expected::of).toList());
        }

        @Test
        void keepsWhatItWasGivenWithoutACopy() {
            ByteBuffer batch = batch(0, 1);
            writer.add(1, A, batch, 10);

            SegmentObject object = writer.finish();

            assertSame(batch.array(), object.body().getFirst().array());
            assertEquals(0, batch.position());
        }

        @Test
        void beginsANewExtentWhereOffsetsAreMissing() {
            writer.add(1, A, batch(0, 1), 10);
            writer.add(1, A, batch(5, 1), 20);

            List<Extent> extents = writer.finish().extents();

            assertEquals(List.of(0L, 5L), extents.stream().map(Extent::firstOffset).toList());
            assertEquals(List.of(10L, 20L), extents.stream().map(Extent::appendedFromMs).toList());
        }

        @Test
        void cutsAnExtentBeforeItGrowsOverItsLimit() {
            int third = SegmentObjectWriter.EXTENT_BYTES_MAX / 3;
            for (int i = 0; i < 4; i++) {
                writer.add(1, A, TestBatches.batch(i, 1, i, third, random), 10);
            }

            List<Extent> extents = writer.finish().extents();

            assertEquals(List.of(0L, 2L), extents.stream().map(Extent::firstOffset).toList());
            assertTrue(
                    extents.stream()
                            .allMatch(e -> e.length() <= SegmentObjectWriter.EXTENT_BYTES_MAX));
        }

        @Test
        void refusesAnOffsetASecondTime() {
            writer.add(1, A, batch(3, 2), 10);

            var error =
                    assertThrows(SluiceException.class, () -> writer.add(1, A, batch(4, 1), 10));

            assertEquals("overlapping-offsets", error.code());
            assertEquals(Kind.DATA, error.kind());
        }

        @Test
        void refusesWhatIsNotOneWholeBatch() {
            ByteBuffer torn = batch(0, 1);
            torn.limit(torn.limit() - 1);

            var error = assertThrows(SluiceException.class, () -> writer.add(1, A, torn, 10));

            assertEquals("torn-batch", error.code());
        }

        @Test
        void withoutABatchIsNotWritten() {
            assertThrows(IllegalStateException.class, writer::finish);
        }
    }

    @Nested
    class AFooter {
        @Test
        void hasTheDocumentedBytes() {
            var footer =
                    new SegmentFooter(
                            WAL,
                            3,
                            100,
                            200,
                            "7d",
                            5_000,
                            List.of(new Extent(9, A, 4, 7, 0, 80, 77, 66, 0xCAFE)),
                            List.of(
                                    new PartitionProducers(
                                            9,
                                            A,
                                            List.of(
                                                    new ProducerSnapshot(
                                                            11,
                                                            (short) 2,
                                                            List.of(new SequenceRange(21, 23, 4)),
                                                            67)))));

            assertEquals(
                    "534c4746"
                            + "0001"
                            + "0002"
                            + "3764"
                            + "00000000000011110000000000002222"
                            + "00000003"
                            + "0000000000000064"
                            + "00000000000000c8"
                            + "0000000000001388"
                            + "00000001"
                            + "00000009"
                            + "0000000000000007"
                            + "00000000"
                            + "0000000000000004"
                            + "0000000000000007"
                            + "0000000000000000"
                            + "00000050"
                            + "000000000000004d"
                            + "0000000000000042"
                            + "0000cafe"
                            + "00000001"
                            + "00000009"
                            + "0000000000000007"
                            + "00000000"
                            + "00000001"
                            + "000000000000000b"
                            + "0002"
                            + "0000000000000043"
                            + "01"
                            + "00000015"
                            + "00000017"
                            + "0000000000000004"
                            + "0000000000000050"
                            + "CRC"
                            + "534c454e",
                    hexWithoutCrc(footer.encode()));
        }

        @Test
        void isFoundAndReadFromTheObjectAlone() {
            writer.add(1, A, batch(0, 3), 10);
            SegmentObject object = writer.finish();
            ByteBuffer all = join(object);
            ByteBuffer trailer =
                    all.slice(
                            all.limit() - SegmentFooter.TRAILER_BYTES, SegmentFooter.TRAILER_BYTES);

            long footerAt = SegmentFooter.locate(trailer, object.lengthBytes());
            SegmentFooter footer =
                    SegmentFooter.read(all.slice((int) footerAt, all.limit() - (int) footerAt));

            assertEquals(object.footerAt(), footerAt);
            assertEquals(
                    new SegmentFooter(WAL, 3, 100, 200, "7d", 5_000, object.extents(), List.of()),
                    footer);
        }

        @Test
        void thatIsNotTheCommittedOneIsRefused() {
            writer.add(1, A, batch(0, 1), 10);
            SegmentObject object = writer.finish();
            ByteBuffer bytes = object.body().getLast();

            assertEquals(object.extents(), SegmentFooter.read(bytes, object.footerCrc()).extents());
            assertCorrupt(() -> SegmentFooter.read(bytes, object.footerCrc() + 1));
        }

        @Test
        void refusesExtentsThatDoNotTileTheObject() {
            Extent first = new Extent(1, A, 0, 1, 0, 70, 0, 0, 0);
            Extent hole = new Extent(1, B, 0, 1, 71, 70, 0, 0, 0);
            Extent before = new Extent(0, B, 0, 1, 70, 70, 0, 0, 0);

            assertThrows(IllegalArgumentException.class, () -> footer(List.of(first, hole)));
            assertThrows(IllegalArgumentException.class, () -> footer(List.of(first, before)));
        }

        private SegmentFooter footer(List<Extent> extents) {
            return new SegmentFooter(WAL, 3, 100, 200, "7d", 5_000, extents, List.of());
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void whateverIsWrittenIsFoundAgain(long seed) {
        Random seeded = new Random(seed);
        Map<PartitionId, Long> next = new HashMap<>();
        Map<PartitionId, List<ByteBuffer>> written = new HashMap<>();
        for (int i = 0; i < 300; i++) {
            var partition = new PartitionId(1 + seeded.nextInt(3), seeded.nextInt(4));
            long base = next.getOrDefault(partition, 1L << 40);
            int count = 1 + seeded.nextInt(9);
            ByteBuffer batch =
                    TestBatches.batch(base, count, seeded.nextInt(), seeded.nextInt(99), seeded);
            writer.add(partition.index(), partition, batch, i);
            written.computeIfAbsent(partition, key -> new ArrayList<>()).add(batch);
            next.put(partition, base + count);
        }

        SegmentObject object = writer.finish();
        ByteBuffer all = join(object);
        SegmentFooter footer = SegmentFooter.read(object.body().getLast(), object.footerCrc());

        assertEquals(object.lengthBytes(), all.limit(), "seed=" + seed);
        assertEquals(written.size(), footer.extents().size(), "seed=" + seed);
        for (Extent extent : footer.extents()) {
            ByteBuffer bytes = all.slice((int) extent.position(), extent.length());
            assertEquals(
                    join(written.getOrDefault(extent.partition(), List.of())),
                    bytes,
                    "seed=" + seed);
            assertEquals(SegmentFooter.crc(bytes), extent.crc(), "seed=" + seed);
            assertEquals(next.get(extent.partition()), extent.nextOffset(), "seed=" + seed);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void noDamagedFooterIsBelieved(long seed) {
        Random seeded = new Random(seed);
        for (int i = 0; i < 20; i++) {
            writer.add(i, A, batch(i, 1), i);
        }
        ByteBuffer whole = writer.finish().body().getLast();
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[whole.remaining()];
            whole.duplicate().get(bytes);
            int length = seeded.nextInt(4) == 0 ? seeded.nextInt(bytes.length) : bytes.length;
            if (length == bytes.length) {
                bytes[seeded.nextInt(bytes.length)] ^= (byte) (1 + seeded.nextInt(255));
            }
            ByteBuffer damaged = ByteBuffer.wrap(bytes, 0, length);
            assertCorrupt(() -> SegmentFooter.read(damaged));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void noFooterWithARightChecksumButHostileFieldsDoesMoreThanFail(long seed) {
        Random seeded = new Random(seed);
        writer.add(1, A, TestBatches.of(5, 1, 0, batch(0, 1)), 1);
        writer.add(2, A, TestBatches.of(6, 1, 0, batch(0, 1)), 1);
        writer.add(2, A, TestBatches.of(6, 1, 1, batch(1, 1)), 1);
        ByteBuffer whole = writer.finish().body().getLast();
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[whole.remaining()];
            whole.duplicate().get(bytes);
            bytes[seeded.nextInt(bytes.length - 8)] ^= (byte) (1 + seeded.nextInt(255));
            ByteBuffer hostile = ByteBuffer.wrap(bytes);
            hostile.putInt(bytes.length - 8, SegmentFooter.crc(hostile.slice(0, bytes.length - 8)));
            try {
                SegmentFooter.read(hostile);
            } catch (SluiceException e) {
                assertEquals(Kind.DATA, e.kind(), "seed=" + seed);
                refused++;
            }
        }
        assertTrue(refused > 500, "the fields were checked: refused=" + refused);
    }

    @Test
    void aTrailerThatPointsOutsideIsRefused() {
        ByteBuffer trailer = ByteBuffer.allocate(16).putLong(10_000).putInt(0).putInt(0x534C454E);
        assertCorrupt(() -> SegmentFooter.locate(trailer.flip(), 10_050));
        assertCorrupt(() -> SegmentFooter.locate(ByteBuffer.allocate(16), 10_050));
        assertCorrupt(() -> SegmentFooter.locate(ByteBuffer.allocate(15), 10_050));
    }

    private ByteBuffer batch(long baseOffset, int recordCount) {
        return TestBatches.batch(baseOffset, recordCount, baseOffset * 10, 9, random);
    }

    private static void assertCorrupt(org.junit.jupiter.api.function.Executable read) {
        var error = assertThrows(SluiceException.class, read);
        assertEquals("corrupt-object", error.code());
        assertEquals(Kind.DATA, error.kind());
    }

    private static String hexWithoutCrc(ByteBuffer bytes) {
        String hex = HexFormat.of().formatHex(bytes.array());
        int crcAt = hex.length() - 16;
        return hex.substring(0, crcAt) + "CRC" + hex.substring(crcAt + 8);
    }

    private static ByteBuffer join(SegmentObject object) {
        return join(object.body());
    }

    private static ByteBuffer join(List<ByteBuffer> parts) {
        ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }

    private static Expected extent(
            int slot, PartitionId partition, long first, long next, long at, ByteBuffer... of) {
        var crc = new CRC32C();
        int length = 0;
        for (ByteBuffer each : of) {
            crc.update(each.duplicate());
            length += each.remaining();
        }
        return new Expected(
                new Extent(
                        slot,
                        partition,
                        first,
                        next,
                        at,
                        length,
                        of[of.length - 1].getLong(35),
                        0,
                        (int) crc.getValue()));
    }

    private record Expected(Extent extent) {
        static Expected of(Extent extent) {
            return new Expected(extent);
        }

        Expected appended(long atMs) {
            return new Expected(
                    new Extent(
                            extent.slot(),
                            extent.partition(),
                            extent.firstOffset(),
                            extent.nextOffset(),
                            extent.position(),
                            extent.length(),
                            extent.maxTimestampMs(),
                            atMs,
                            extent.crc()));
        }
    }
}
