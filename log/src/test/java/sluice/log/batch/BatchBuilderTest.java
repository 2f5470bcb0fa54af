package sluice.log.batch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.apache.kafka.common.record.CompressionType;
import org.apache.kafka.common.record.MemoryRecords;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchBuilderTest {

    @Test
    void bytesAreTheseForEver() {
        var builder = new BatchBuilder(16);
        builder.producer(7, (short) 3, 11);
        builder.append(
                1000,
                new byte[] {'k'},
                new byte[] {'v', 'w'},
                List.of(
                        new BatchBuilder.Header("h", new byte[] {1}),
                        new BatchBuilder.Header("é", null)));
        builder.append(998, null, new byte[0], List.of());

        assertEquals(
                "0000000000000000" // base offset
                        + "0000004a" // length
                        + "ffffffff" // leader epoch
                        + "02" // magic
                        + "865101ed" // CRC-32C
                        + "0000" // attributes
                        + "00000001" // last offset delta
                        + "00000000000003e8" // base timestamp
                        + "00000000000003e8" // max timestamp
                        + "0000000000000007" // producer id
                        + "0003" // producer epoch
                        + "0000000b" // base sequence
                        + "00000002" // record count
                        + "22"
                        + "00"
                        + "00"
                        + "00"
                        + "026b"
                        + "047677"
                        + "04"
                        + "0268"
                        + "0201"
                        + "04c3a9"
                        + "01"
                        + "0c"
                        + "00"
                        + "03"
                        + "02"
                        + "01"
                        + "00"
                        + "00",
                HexFormat.of().formatHex(bytes(builder.build())));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void kafkaReadsWhatWeBuild(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 25; round++) {
            List<Sent> records = Sent.anyRecords(random);
            ByteBuffer batch = Batches.ours(records);

            assertEquals(
                    Sent.Found.all(0, records),
                    Batches.readByKafka(batch),
                    "seed=" + seed + " round=" + round);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void bytesAreThoseThatKafkaBuilds(long seed) {
        var random = new Random(seed);
        for (int round = 0; round < 25; round++) {
            List<Sent> records = Sent.anyRecords(random);

            assertEquals(
                    HexFormat.of().formatHex(bytes(Batches.kafkas(CompressionType.NONE, records))),
                    HexFormat.of().formatHex(bytes(Batches.ours(records))),
                    "seed=" + seed + " round=" + round);
        }
    }

    @Test
    void kafkaSeesTheProducerThatWasSet() {
        var builder = new BatchBuilder(0).producer(Long.MAX_VALUE, Short.MAX_VALUE, 2_147_483_647);
        Batches.append(builder, Sent.value("a"));

        var batch = MemoryRecords.readableRecords(builder.build()).batches().iterator().next();

        assertEquals(Long.MAX_VALUE, batch.producerId());
        assertEquals(Short.MAX_VALUE, batch.producerEpoch());
        assertEquals(Integer.MAX_VALUE, batch.baseSequence());
    }

    @Test
    void sizeIsThatOfTheBatchAsItWouldBeBuiltNow() {
        var builder = new BatchBuilder(10);
        assertEquals(RecordBatch.HEADER_BYTES, builder.sizeBytes());
        for (Sent record : Sent.anyRecords(new Random(5))) {
            Batches.append(builder, record);
        }
        int size = builder.sizeBytes();

        ByteBuffer batch = builder.build();

        assertEquals(0, batch.position());
        assertEquals(size, batch.limit());
        assertEquals(size, batch.capacity(), "nothing behind the batch can be reached");
        assertEquals(size, RecordBatch.sizeBytes(batch, 0));
    }

    @Test
    void refusedRecordLeavesTheBatchAsItWas() {
        var builder = new BatchBuilder(0);
        Batches.append(builder, Sent.value("kept"));
        int size = builder.sizeBytes();
        var header = new BatchBuilder.Header("h", null);
        List<BatchBuilder.Header> headers =
                Collections.nCopies(RecordBatch.HEADER_COUNT_MAX + 1, header);

        Batches.assertRefused(
                "malformed-batch", () -> builder.append(-1, null, new byte[1], List.of()));
        Batches.assertRefused(
                "record-too-large", () -> builder.append(0, null, new byte[1], headers));

        assertEquals(size, builder.sizeBytes());
        assertEquals(
                Sent.Found.all(0, List.of(Sent.value("kept"))), Batches.readByUs(builder.build()));
    }

    @Test
    void mostHeadersAndMostRecordsAreStillTaken() {
        var builder = new BatchBuilder(0);
        var header = new BatchBuilder.Header("h", null);
        builder.append(0, null, null, Collections.nCopies(RecordBatch.HEADER_COUNT_MAX, header));
        while (builder.recordCount() < RecordBatch.RECORD_COUNT_MAX) {
            builder.append(0, null, null, List.of());
        }

        Batches.assertRefused("malformed-batch", () -> builder.append(0, null, null, List.of()));
        ByteBuffer batch = builder.build();
        assertEquals(batch.limit(), Batches.check(batch));
        assertTrue(BatchReader.forEach(batch, 0, _ -> true));
    }

    @Test
    void farthestTimesAreKept() {
        List<Sent> records =
                List.of(
                        new Sent(Long.MAX_VALUE, null, "last", List.of()),
                        new Sent(0, null, "first", List.of()));
        ByteBuffer batch = Batches.ours(records);

        assertEquals(Sent.Found.all(0, records), Batches.readByKafka(batch));
        assertEquals(Sent.Found.all(0, records), Batches.readByUs(batch));
        assertEquals(Long.MAX_VALUE, RecordBatch.maxTimestampMs(batch, 0));
        assertEquals(batch.limit(), Batches.check(batch));
    }

    @Test
    void emptyBatchIsNotBuilt() {
        assertThrows(IllegalStateException.class, () -> new BatchBuilder(0).build());
    }

    @Test
    void builtBatchDoesNotChange() {
        var builder = new BatchBuilder(0);
        Batches.append(builder, Sent.value("a"));
        builder.build();

        assertThrows(
                IllegalStateException.class, () -> Batches.append(builder, Sent.value("late")));
        assertThrows(IllegalStateException.class, builder::build);
    }

    @Test
    void producerMustBeOne() {
        var builder = new BatchBuilder(0);

        assertThrows(IllegalArgumentException.class, () -> builder.producer(-1, (short) 0, 0));
        assertThrows(IllegalArgumentException.class, () -> builder.producer(0, (short) -1, 0));
        assertThrows(IllegalArgumentException.class, () -> builder.producer(0, (short) 0, -1));
    }

    private static byte[] bytes(ByteBuffer batch) {
        return Batches.copyOf(batch).array();
    }
}
