package sluice.client.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.client.record.Compression;
import sluice.log.batch.RecordBatch;

/** What the SDK writes, the server takes and reads. */
class BatchBuilderTest {

    private static final int NO_LIMIT = Integer.MAX_VALUE;

    @ParameterizedTest
    @EnumSource(Compression.class)
    void serverTakesAndReadsWhatIsBuilt(Compression compression) {
        long seed = 11 + compression.id();
        var random = new Random(seed);
        int compressed = 0;
        for (int round = 0; round < 40; round++) {
            List<Sent> records = Sent.anyRecords(random);
            ByteBuffer batch = Sent.builder(records).build(compression, NO_LIMIT);
            compressed += codecOf(batch) == compression.id() ? 1 : 0;

            assertEquals(batch.limit(), RecordBatch.check(batch, 0, batch.limit(), NO_LIMIT));
            assertEquals(
                    Sent.Found.all(0, records),
                    readByServer(batch),
                    "seed=" + seed + " round=" + round);
        }
        assertTrue(compressed > 10, "most can be made smaller: compressed=" + compressed);
    }

    @ParameterizedTest
    @EnumSource(Compression.class)
    void stampGivesTheSameRecordsAnotherPlaceInTheSequence(Compression compression) {
        List<Sent> records = Collections.nCopies(20, Sent.value("compressible".repeat(9)));
        ByteBuffer batch = Sent.builder(records).build(compression, NO_LIMIT);
        assertEquals(RecordBatch.NO_PRODUCER_ID, RecordBatch.producerId(batch, 0));

        for (int sequence : List.of(7, Integer.MAX_VALUE)) {
            BatchBuilder.stamp(batch, 1L << 40, (short) 3, sequence);

            assertEquals(batch.limit(), RecordBatch.check(batch, 0, batch.limit(), NO_LIMIT));
            assertEquals(1L << 40, RecordBatch.producerId(batch, 0));
            assertEquals(3, RecordBatch.producerEpoch(batch, 0));
            assertEquals(sequence, RecordBatch.baseSequence(batch, 0));
            assertEquals(Sent.Found.all(0, records), readByServer(batch));
        }
    }

    @Test
    void batchThatCompressionMakesLargerIsNotCompressed() {
        List<Sent> records = List.of(Sent.value("x"));

        assertEquals(0, codecOf(Sent.builder(records).build(Compression.GZIP, NO_LIMIT)));
    }

    @Test
    void batchThatWouldBeOverTheTopicsLimitIsNotCompressed() {
        List<Sent> records = Collections.nCopies(90, Sent.value("compressible".repeat(9)));
        int sizeBytes = Sent.builder(records).build(Compression.GZIP, NO_LIMIT).limit();

        assertEquals(1, codecOf(Sent.builder(records).build(Compression.GZIP, sizeBytes)));
        assertEquals(0, codecOf(Sent.builder(records).build(Compression.GZIP, sizeBytes - 1)));
    }

    @Test
    void sizeIsThatOfTheBatch() {
        var builder = Sent.builder(Sent.anyRecords(new Random(5)));

        assertEquals(builder.sizeBytes(), builder.build(Compression.NONE, NO_LIMIT).limit());
    }

    @Test
    void recordIsNeverLargerThanItsBound() {
        long seed = 21;
        var random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] key = random.nextBoolean() ? null : Sent.bytes(random, random.nextInt(300));
            byte[] value = random.nextBoolean() ? null : Sent.bytes(random, random.nextInt(20_000));
            var headers =
                    Collections.nCopies(
                            random.nextInt(4), BatchBuilder.Header.of("name", new byte[200]));
            var builder = new BatchBuilder(0);
            builder.append(0, null, null, List.of());
            int before = builder.sizeBytes();
            builder.append(Long.MAX_VALUE, key, value, headers);

            assertTrue(
                    builder.sizeBytes() - before
                            <= BatchBuilder.encodedBytesMax(key, value, headers),
                    "seed=" + seed + " round=" + round);
        }
    }

    @Test
    void whatNoBatchCanHoldIsRefused() {
        var builder = new BatchBuilder(0);
        var headers = Collections.nCopies(1025, BatchBuilder.Header.of("h", null));

        assertThrows(
                IllegalArgumentException.class, () -> builder.append(-1, null, null, List.of()));
        assertThrows(IllegalArgumentException.class, () -> builder.append(0, null, null, headers));
        assertThrows(IllegalStateException.class, () -> builder.build(Compression.NONE, NO_LIMIT));
    }

    private static int codecOf(ByteBuffer batch) {
        return batch.getShort(21) & 7;
    }

    private static List<Sent.Found> readByServer(ByteBuffer batch) {
        var found = new ArrayList<Sent.Found>();
        sluice.log.batch.BatchReader.forEach(batch, 0, record -> found.add(Sent.Found.of(record)));
        return found;
    }
}
