package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.Extent;
import sluice.log.object.ProducerSnapshot;
import sluice.log.object.ProducerSnapshot.SequenceRange;
import sluice.metadata.SlotRecord;
import sluice.uploader.SlotCheckpoint.PartitionState;

class SlotCheckpointTest {

    private static final PartitionId A = new PartitionId(7, 2);

    @Test
    void hasTheDocumentedBytes() {
        var checkpoint =
                new SlotCheckpoint(
                        9,
                        3,
                        Map.of(new UUID(1, 2), 500L),
                        List.of(
                                new PartitionState(
                                        A,
                                        new PartitionIndex(
                                                5,
                                                8,
                                                List.of(
                                                        new ObjectExtent(
                                                                "k",
                                                                999,
                                                                new Extent(
                                                                        9, A, 4, 8, 16, 32, 77, 66,
                                                                        0xCAFE)))),
                                        List.of(
                                                new ProducerSnapshot(
                                                        11,
                                                        (short) 1,
                                                        List.of(new SequenceRange(0, 3, 4)),
                                                        66)))));

        String hex = HexFormat.of().formatHex(checkpoint.encode().array());

        assertEquals(
                "534c434b"
                        + "0001"
                        + "00000009"
                        + "0000000000000003"
                        + "00000001"
                        + "0000000000000001"
                        + "0000000000000002"
                        + "00000000000001f4"
                        + "00000001"
                        + "0001"
                        + "6b"
                        + "00000000000003e7"
                        + "00000001"
                        + "0000000000000007"
                        + "00000002"
                        + "0000000000000005"
                        + "0000000000000008"
                        + "00000001"
                        + "00000000"
                        + "0000000000000004"
                        + "0000000000000008"
                        + "0000000000000010"
                        + "00000020"
                        + "000000000000004d"
                        + "0000000000000042"
                        + "0000cafe"
                        + "00000001"
                        + "000000000000000b"
                        + "0001"
                        + "0000000000000042"
                        + "01"
                        + "00000000"
                        + "00000003"
                        + "0000000000000004",
                hex.substring(0, hex.length() - 8));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverIsEncodedIsDecodedAgain(long seed) {
        SlotCheckpoint checkpoint = random(new Random(seed));

        ByteBuffer encoded = checkpoint.encode();
        SlotRecord.Checkpoint pointer = SlotCheckpoint.pointer("key", encoded);

        assertEquals(checkpoint, SlotCheckpoint.decode(encoded), "seed=" + seed);
        assertEquals(checkpoint, SlotCheckpoint.decode(encoded, pointer.crc()), "seed=" + seed);
        assertEquals(encoded.remaining(), pointer.lengthBytes(), "seed=" + seed);
        assertEquals(encoded, checkpoint.encode(), "the same state has the same bytes");
    }

    @Test
    void thatIsNotTheOnePointedToIsRefused() {
        ByteBuffer encoded = random(new Random(1)).encode();
        int crc = SlotCheckpoint.pointer("key", encoded).crc();

        assertCorrupt(() -> SlotCheckpoint.decode(encoded, crc ^ 1));
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void noDamagedCheckpointIsBelieved(long seed) {
        var random = new Random(seed);
        ByteBuffer whole = random(random).encode();
        for (int round = 0; round < 1_000; round++) {
            byte[] bytes = whole.array().clone();
            int length = random.nextInt(4) == 0 ? random.nextInt(bytes.length) : bytes.length;
            if (length == bytes.length) {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 + random.nextInt(255));
            }
            ByteBuffer damaged = ByteBuffer.wrap(bytes, 0, length);
            assertCorrupt(() -> SlotCheckpoint.decode(damaged));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23})
    void noCheckpointWithARightChecksumButHostileFieldsDoesMoreThanFail(long seed) {
        var random = new Random(seed);
        ByteBuffer whole = random(random).encode();
        int refused = 0;
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = whole.array().clone();
            int crcAt = bytes.length - 4;
            for (int i = random.nextInt(3); i >= 0; i--) {
                bytes[random.nextInt(crcAt)] ^= (byte) (1 + random.nextInt(255));
            }
            ByteBuffer hostile = ByteBuffer.wrap(bytes);
            hostile.putInt(crcAt, SlotCheckpoint.crc(hostile.slice(0, crcAt)));
            try {
                SlotCheckpoint.decode(hostile);
            } catch (SluiceException e) {
                assertEquals(Kind.DATA, e.kind(), "seed=" + seed);
                refused++;
            }
        }
        assertTrue(refused > 300, "the fields were checked: refused=" + refused);
    }

    @Test
    void keyNamesSlotAndEpochAndIsNeverTheSame() {
        var random = new Random(1);

        String one = SlotCheckpoint.newKey(17, 4, random);

        assertTrue(one.matches("checkpoints/[0-9a-f]{2}/17/4-[0-9a-f]{16}\\.ckpt"), one);
        assertTrue(!one.equals(SlotCheckpoint.newKey(17, 4, random)));
    }

    private static SlotCheckpoint random(Random random) {
        Map<UUID, Long> coveredTo = new HashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            coveredTo.put(
                    new UUID(random.nextLong(), random.nextLong()), random.nextLong(1L << 50));
        }
        List<PartitionState> partitions = new ArrayList<>();
        for (int topic = 1 + random.nextInt(6); topic > 0; topic--) {
            var partition = new PartitionId(100 - topic, random.nextInt(3));
            List<ObjectExtent> extents = new ArrayList<>();
            long first = random.nextLong(1L << 40);
            long next = first;
            for (int i = random.nextInt(5); i > 0; i--) {
                long after = next + 1 + random.nextInt(1_000);
                extents.add(
                        new ObjectExtent(
                                "data/7d/object-ä-" + random.nextInt(4),
                                1L << 33,
                                new Extent(
                                        5,
                                        partition,
                                        next,
                                        after,
                                        random.nextLong(1L << 32),
                                        1 + random.nextInt(1 << 22),
                                        random.nextLong(),
                                        random.nextLong(),
                                        random.nextInt())));
                next = after;
            }
            List<ProducerSnapshot> producers = new ArrayList<>();
            for (int i = random.nextInt(3); i > 0; i--) {
                List<SequenceRange> ranges = new ArrayList<>();
                for (int j = random.nextInt(6); j > 0; j--) {
                    ranges.add(
                            new SequenceRange(
                                    random.nextInt(), random.nextInt(), random.nextLong()));
                }
                producers.add(
                        new ProducerSnapshot(
                                random.nextLong(1L << 60),
                                (short) random.nextInt(),
                                ranges,
                                random.nextLong()));
            }
            partitions.add(
                    new PartitionState(
                            partition, new PartitionIndex(first, next, extents), producers));
        }
        return new SlotCheckpoint(5, random.nextInt(9), coveredTo, partitions);
    }

    private static void assertCorrupt(org.junit.jupiter.api.function.Executable decode) {
        var error = assertThrows(SluiceException.class, decode);
        assertEquals("corrupt-checkpoint", error.code());
        assertEquals(Kind.DATA, error.kind());
    }
}
