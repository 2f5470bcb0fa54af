package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.common.record.CompressionType;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.SluiceException;

class RecordBatchCheckTest {

    private static final Set<String> CODES =
            Set.of(
                    "torn-batch",
                    "unsupported-magic",
                    "wrong-crc",
                    "malformed-batch",
                    "record-too-large");

    @ParameterizedTest
    @EnumSource(CompressionType.class)
    void whatKafkaBuildsIsTaken(CompressionType codec) {
        long seed = 31 + codec.id;
        var random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            ByteBuffer batch = Batches.kafkas(codec, Sent.anyRecords(random));

            assertEquals(batch.limit(), Batches.check(batch), "seed=" + seed + " round=" + round);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 127, 128, 1 << 20})
    void valuesOfEverySizeAreTaken(int valueBytes) {
        ByteBuffer batch = Batches.ours(List.of(Sent.value("x".repeat(valueBytes))));

        assertEquals(batch.limit(), RecordBatch.check(batch, 0, batch.limit(), valueBytes));
    }

    @Test
    void batchIsFoundAmongOthersWithoutMovingTheBuffer() {
        ByteBuffer one = Batches.ours(List.of(Sent.value("one")));
        ByteBuffer two = Batches.ours(List.of(Sent.value("second")));
        ByteBuffer both = ByteBuffer.allocateDirect(one.limit() + two.limit());
        both.put(0, one, 0, one.limit()).put(one.limit(), two, 0, two.limit()).position(7);

        assertEquals(one.limit(), RecordBatch.check(both, 0, both.limit(), 100));
        assertEquals(two.limit(), RecordBatch.check(both, one.limit(), both.limit(), 100));
        assertEquals(7, both.position());
    }

    @Nested
    class ABatchThatChangedOnTheWay {

        @ParameterizedTest
        @EnumSource(CompressionType.class)
        void isRefusedWhateverBitItsCrcCovers(CompressionType codec) {
            long seed = 41 + codec.id;
            var random = new Random(seed);
            ByteBuffer batch = Batches.kafkas(codec, Sent.anyRecords(random));
            int covered = (batch.limit() - Batches.ATTRIBUTES_AT) * Byte.SIZE;
            for (int i = 0; i < 4_000; i++) {
                // The header's bits all, then any.
                int bit = i < 40 * Byte.SIZE ? i : random.nextInt(covered);
                int at = Batches.ATTRIBUTES_AT + bit / Byte.SIZE;
                flip(batch, at, bit % Byte.SIZE);
                Batches.assertRefused("wrong-crc", batch);
                flip(batch, at, bit % Byte.SIZE);
            }
            assertEquals(batch.limit(), Batches.check(batch), "seed=" + seed);
        }

        @Test
        void isRefusedForAnyBitOfItsLengthMagicAndCrc() {
            ByteBuffer batch = Batches.ours(Sent.anyRecords(new Random(3)));
            for (int at = Batches.LENGTH_AT; at < Batches.ATTRIBUTES_AT; at++) {
                if (at >= Batches.LENGTH_AT + 4 && at < Batches.MAGIC_AT) {
                    continue; // leader epoch: not the producer's
                }
                for (int bit = 0; bit < Byte.SIZE; bit++) {
                    flip(batch, at, bit);
                    assertInvalid("at=" + at + " bit=" + bit, batch);
                    flip(batch, at, bit);
                }
            }
        }

        @Test
        void isRefusedCutAnywhere() {
            ByteBuffer batch = Batches.ours(List.of(Sent.value("a"), Sent.value("some more")));
            for (int length = 0; length < batch.limit(); length++) {
                int limit = length;
                Batches.assertRefused("torn-batch", Batches.copyOf(batch).limit(limit));
                Batches.assertRefused(
                        "torn-batch", () -> RecordBatch.check(batch, 0, limit, 1_000));
            }
        }

        @Test
        void isRefusedWhereTheBufferEnds() {
            ByteBuffer batch = Batches.ours(List.of(Sent.value("a")));

            for (int at : new int[] {batch.limit(), batch.limit() + 1, Integer.MAX_VALUE}) {
                Batches.assertRefused(
                        "torn-batch", () -> RecordBatch.check(batch, at, Integer.MAX_VALUE, 1_000));
            }
            assertThrows(
                    IllegalArgumentException.class,
                    () -> RecordBatch.check(batch, -1, batch.limit(), 1_000));
        }
    }

    @Nested
    class AHeaderThatLies {

        @ParameterizedTest
        @ValueSource(ints = {Integer.MIN_VALUE, -1, 0, 48})
        void isRefusedIfTooShortForAHeader(int length) {
            Batches.assertRefused("malformed-batch", changed(b -> b.putInt(8, length)));
        }

        @ParameterizedTest
        @ValueSource(ints = {Integer.MAX_VALUE, Integer.MAX_VALUE - 11, Integer.MAX_VALUE - 12})
        void isRefusedIfLongerThanWhatIsThere(int length) {
            Batches.assertRefused("torn-batch", changed(b -> b.putInt(8, length)));
        }

        @ParameterizedTest
        @ValueSource(bytes = {0, 1, 3, -1, -128})
        void isRefusedWithAnotherMagic(byte magic) {
            Batches.assertRefused("unsupported-magic", changed(b -> b.put(16, magic)));
        }

        @ParameterizedTest
        @ValueSource(ints = {5, 6, 7, 0x08, 0x10, 0x20, 0x30, 0x40, 0x80, 0x4000, 0x8000, 0xFFFF})
        void isRefusedWithAttributesNotTaken(int attributes) {
            Batches.assertRefused(
                    "malformed-batch", changed(b -> b.putShort(21, (short) attributes)));
        }

        @Test
        void isRefusedWithCountsThatDoNotMatch() {
            // Two is right, and one for the offset delta.
            int[] lies = {Integer.MIN_VALUE, -1, 0, 3, 1 << 20, Integer.MAX_VALUE};
            for (int lie : lies) {
                Batches.assertRefused(
                        "malformed-batch", changed(b -> b.putInt(Batches.RECORD_COUNT_AT, lie)));
                Batches.assertRefused(
                        "malformed-batch",
                        changed(b -> b.putInt(Batches.LAST_OFFSET_DELTA_AT, lie)));
                Batches.assertRefused(
                        "malformed-batch",
                        changed(b ->
                                b.putInt(Batches.RECORD_COUNT_AT, lie)
                                        .putInt(Batches.LAST_OFFSET_DELTA_AT, lie - 1)));
            }
        }

        @Test
        void isRefusedIfACompressedBatchClaimsMoreRecordsThanOneMayHave() {
            byte[] any = {1, 2, 3};

            assertEquals(64, Batches.check(Batches.crafted(4, 1 << 20, any)));
            Batches.assertRefused("malformed-batch", Batches.crafted(4, (1 << 20) + 1, any));
            Batches.assertRefused("malformed-batch", Batches.crafted(4, 1, new byte[0]));
        }

        @Test
        void isRefusedIfItsProducerIsHalfThere() {
            long[][] producers = {
                {-1, 0, -1},
                {-1, -1, 0},
                {-1, 0, 0},
                {0, -1, 0},
                {0, 0, -1},
                {7, -1, -1},
                {-2, -1, -1},
                {-2, 0, 0},
                {Long.MIN_VALUE, 0, 0},
                {1, Short.MIN_VALUE, 0},
                {1, 0, Integer.MIN_VALUE}
            };
            for (long[] producer : producers) {
                Batches.assertRefused(
                        "malformed-batch",
                        changed(b ->
                                b.putLong(Batches.PRODUCER_ID_AT, producer[0])
                                        .putShort(Batches.PRODUCER_EPOCH_AT, (short) producer[1])
                                        .putInt(Batches.BASE_SEQUENCE_AT, (int) producer[2])));
            }
        }

        private static ByteBuffer changed(Consumer<ByteBuffer> change) {
            ByteBuffer batch = Batches.ours(List.of(Sent.value("a"), Sent.value("b")));
            change.accept(batch);
            return Batches.sealed(batch);
        }
    }

    @Nested
    class ARecordThatLies {

        @Test
        void isTakenIfItDoesNot() {
            byte[] records = Batches.record(0, 0, -1, -1, 0);

            assertEquals(68, Batches.check(Batches.crafted(0, 1, records)));
        }

        @Test
        void isRefusedWhateverLengthItClaims() {
            for (long lie : lies()) {
                refuse(Batches.concat(Batches.varint(lie), new byte[] {0, 0, 0, 1, 1, 0}));
                refuse(Batches.record(0, 0, lie, -1, 0));
                refuse(Batches.record(0, 0, -1, lie, 0));
                refuse(Batches.record(0, 0, -1, -1, lie));
                refuse(withHeader(lie, -1));
                refuse(withHeader(0, lie));
            }
            refuse(withHeader(-1, -1)); // a name is never null
        }

        @Test
        void isRefusedWithAnyOffsetButItsOwn() {
            for (long delta : new long[] {-1, 1, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
                refuse(Batches.record(0, delta, -1, -1, 0));
            }
            byte[] twice =
                    Batches.concat(
                            Batches.record(0, 0, -1, -1, 0), Batches.record(0, 0, -1, -1, 0));
            Batches.assertRefused("malformed-batch", Batches.crafted(0, 2, twice));
        }

        @Test
        void isRefusedWithATimeThatOverflows() {
            refuse(Batches.record(Long.MAX_VALUE, 0, -1, -1, 0));
            byte[] fits = Batches.record(Long.MAX_VALUE - Sent.NOON_MS, 0, -1, -1, 0);
            assertEquals(61 + fits.length, Batches.check(Batches.crafted(0, 1, fits)));
        }

        @Test
        void isRefusedWithNumbersThatDoNotEnd() {
            byte[] endless = new byte[20];
            Arrays.fill(endless, (byte) 0xFF);
            refuse(endless);
            for (int fields = 0; fields < 5; fields++) {
                byte[] body = Batches.concat(new byte[1 + fields], endless);
                refuse(Batches.framed(body));
            }
            // Ten bytes are a long's most, and of the tenth only the lowest bit.
            byte[] over = {0, -1, -1, -1, -1, -1, -1, -1, -1, -1, 2, 0, 1, 1, 0};
            refuse(Batches.framed(over));
        }

        @Test
        void isRefusedIfAnythingFollowsIt() {
            byte[] record = Batches.record(0, 0, -1, -1, 0);
            refuse(Batches.concat(record, new byte[1]));
            refuse(Batches.concat(record, record));
            refuse(Batches.framed(new byte[] {0, 0, 0, 1, 1, 0, 0}));
        }

        @Test
        void isRefusedWithTooManyHeaders() {
            byte[] headers = new byte[2 * 1025];
            byte[] body = Batches.concat(new byte[] {0, 0, 0, 1, 1}, Batches.varint(1025), headers);

            Batches.assertRefused("record-too-large", Batches.crafted(0, 1, Batches.framed(body)));
        }

        private static byte[] withHeader(long nameLength, long valueLength) {
            return Batches.framed(
                    Batches.concat(
                            new byte[] {0, 0, 0, 1, 1, 2},
                            Batches.varint(nameLength),
                            Batches.varint(valueLength)));
        }

        private static List<Long> lies() {
            var lies = new ArrayList<Long>(List.of(-2L, -3L, 1L, 2L, 5L, 7L, 8L, 127L, 128L));
            for (int shift = 20; shift < 63; shift++) {
                lies.add(1L << shift);
                lies.add((1L << shift) - 1);
                lies.add(-(1L << shift));
            }
            lies.addAll(List.of(Long.MAX_VALUE, Long.MIN_VALUE));
            return lies;
        }

        private static void refuse(byte[] records) {
            Batches.assertRefused("malformed-batch", Batches.crafted(0, 1, records));
        }
    }

    @Nested
    class SizeLimits {

        @Test
        void countKeyValueAndHeaders() {
            var record =
                    new Sent(
                            Sent.NOON_MS,
                            "1234",
                            "123456",
                            List.of(
                                    new Sent.SentHeader("12", "123"),
                                    new Sent.SentHeader("1", null)));
            ByteBuffer batch = Batches.ours(Collections.nCopies(9, record));

            assertEquals(batch.limit(), RecordBatch.check(batch, 0, batch.limit(), 16));
            Batches.assertRefused(
                    "record-too-large", () -> RecordBatch.check(batch, 0, batch.limit(), 15));
        }

        @Test
        void holdForACompressedBatchAsAWhole() {
            ByteBuffer batch =
                    Batches.kafkas(CompressionType.ZSTD, List.of(Sent.value("a".repeat(9_999))));
            int size = batch.limit();

            assertTrue(size < 200, "it compresses well: size=" + size);
            assertEquals(size, RecordBatch.check(batch, 0, size, size));
            Batches.assertRefused(
                    "record-too-large", () -> RecordBatch.check(batch, 0, size, size - 1));
        }
    }

    /** Whatever the bytes, the answer is a size or a refusal, and what is taken can be read. */
    @ParameterizedTest
    @ValueSource(longs = {101, 102, 103, 104, 105, 106})
    void neitherThrowsAnythingElseNorTakesWhatCannotBeRead(long seed) {
        var random = new Random(seed);
        int taken = 0;
        int refused = 0;
        for (int i = 0; i < 5_000; i++) {
            ByteBuffer batch = Batches.ours(Sent.smallRecords(random));
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                int at = random.nextInt(Batches.ATTRIBUTES_AT, batch.limit());
                switch (random.nextInt(3)) {
                    case 0 -> flip(batch, at, random.nextInt(8));
                    case 1 -> batch.put(at, (byte) random.nextInt());
                    default -> batch.put(at, (byte) (random.nextBoolean() ? 0xFF : 0x7F));
                }
            }
            Batches.sealed(batch);
            String where = "seed=" + seed + " i=" + i;
            try {
                assertEquals(batch.limit(), Batches.check(batch), where);
                // Compressed records are first seen by their reader.
                if (batch.getShort(Batches.ATTRIBUTES_AT) == 0) {
                    int records = RecordBatch.recordCount(batch, 0);
                    assertEquals(records, Batches.readByUs(batch).size(), where);
                }
                taken++;
            } catch (SluiceException e) {
                assertEquals(SluiceException.Kind.INVALID, e.kind(), where);
                assertTrue(CODES.contains(e.code()), where + " code=" + e.code());
                refused++;
            } catch (RuntimeException e) {
                throw new AssertionError(where, e);
            }
        }
        assertTrue(taken > 1_000 && refused > 1_000, "taken=" + taken + " refused=" + refused);
    }

    private static void assertInvalid(String where, ByteBuffer batch) {
        var failure = assertThrows(SluiceException.class, () -> Batches.check(batch), where);
        assertEquals(SluiceException.Kind.INVALID, failure.kind(), where);
        assertTrue(CODES.contains(failure.code()), where);
    }

    private static void flip(ByteBuffer bytes, int at, int bit) {
        bytes.put(at, (byte) (bytes.get(at) ^ (1 << bit)));
    }
}
