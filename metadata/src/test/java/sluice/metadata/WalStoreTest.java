package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalRecord.State;
import sluice.metadata.WalRecord.WalObject;
import sluice.metadata.memory.MemoryItemStore;

class WalStoreTest {

    private static final UUID WAL = new UUID(0x0123456789abcdefL, 0x8000000000000001L);
    private static final UUID NODE = new UUID(2, 2);
    private static final UUID PEER = new UUID(3, 3);

    private final MemoryItemStore memory = new MemoryItemStore();
    private final WalStore wals =
            new WalStore(new Items(memory, new SplittableRandom(1), wait -> {}));

    private static WalRecord wal(UUID id, List<WalObject> objects) {
        return new WalRecord(
                id,
                NODE,
                State.FENCING,
                7,
                List.of(
                        new Segment(4, SegmentState.SEALED, List.of(NODE, PEER), 100, 250),
                        new Segment(5, SegmentState.OPEN, List.of(NODE, PEER), 250, -1),
                        new Segment(6, SegmentState.PREPARED, List.of(PEER), -1, -1)),
                100,
                objects,
                40,
                Optional.of(PEER));
    }

    private static final List<WalObject> OBJECTS =
            List.of(
                    new WalObject("data/7d/a/" + WAL + "-2", 2, 40, 60, 5_000, 4_900, -1, 1_000),
                    new WalObject("data/1d/b/" + WAL + "-2", 2, 40, 60, 700, 650, 9, 1_000),
                    new WalObject("x/0123456789abcdef8000000000000001", 3, 60, 100, 9, 8, 7, 900),
                    new WalObject("odd/~/key", 3, 60, 100, 9, 8, 7, 2_000),
                    new WalObject("=odd", 3, 60, 100, 9, 8, 7, 2_000));

    @Test
    void aRecordIsReadAsItWasWritten() {
        var record = wal(WAL, OBJECTS);

        long version = ((Written.Applied) wals.create(record)).version();

        assertEquals(Optional.of(new Versioned<>(record, version)), wals.get(WAL));
        assertEquals(List.of(new Versioned<>(record, version)), wals.list());
    }

    @Test
    void whatAForcedSealGaveUpIsKept() {
        var loss =
                new WalRecord.Loss(NODE, "disks gone", 1_767_225_600_000L, 100, 250, List.of(PEER));
        var record = wal(WAL, OBJECTS).withState(State.SEALED).withLoss(loss);

        wals.create(record);

        assertEquals(record, wals.get(WAL).orElseThrow().value());
        assertEquals(
                Optional.of(loss),
                record.withState(State.RELEASED).withFolded(250, List.of()).loss());
        assertTrue(
                memory.get(Table.WALS, WAL.toString())
                        .orElseThrow()
                        .body()
                        .contains(
                                "\"loss\":{\"by\":\"00000000-0000-0002-0000-000000000002\","
                                        + "\"reason\":\"disks gone\",\"atMs\":1767225600000,"
                                        + "\"end\":100,\"committedEnd\":250,"
                                        + "\"silent\":[\"00000000-0000-0003-0000-000000000003\"]}"));
    }

    @Test
    void theFormatStandsStill() {
        wals.create(wal(WAL, OBJECTS));

        assertEquals(
                "{\"f\":1,\"node\":\"00000000-0000-0002-0000-000000000002\",\"state\":\"FENCING\","
                        + "\"epoch\":7,\"chain\":["
                        + "[4,\"SEALED\",100,250,[\"00000000-0000-0002-0000-000000000002\","
                        + "\"00000000-0000-0003-0000-000000000003\"]],"
                        + "[5,\"OPEN\",250,-1,[\"00000000-0000-0002-0000-000000000002\","
                        + "\"00000000-0000-0003-0000-000000000003\"]],"
                        + "[6,\"PREPARED\",-1,-1,[\"00000000-0000-0003-0000-000000000003\"]]],"
                        + "\"uploadedEnd\":100,\"foldedEnd\":40,"
                        + "\"recoverer\":\"00000000-0000-0003-0000-000000000003\",\"objects\":["
                        + "[\"data/7d/a/~-2\",2,40,20,5000,100,4294967295,1000],"
                        + "[\"data/1d/b/~-2\",0,-20,20,700,50,9,0],"
                        + "[\"x/~~\",1,0,40,9,1,7,-100],"
                        + "[\"=odd/~/key\",0,-40,40,9,1,7,1100],"
                        + "[\"==odd\",0,-40,40,9,1,7,0]]}",
                memory.get(Table.WALS, WAL.toString()).orElseThrow().body());
    }

    @Test
    void aWalIsCreatedOnce() {
        wals.create(wal(WAL, List.of()));

        assertEquals(new Written.Conflict(), wals.create(wal(WAL, OBJECTS)));
        assertEquals(List.of(), wals.get(WAL).orElseThrow().value().objects());
    }

    @Test
    void aRecordIsReplacedAtItsVersionOnly() {
        long version = ((Written.Applied) wals.create(wal(WAL, List.of()))).version();

        assertEquals(new Written.Applied(version + 1), wals.replace(wal(WAL, OBJECTS), version));
        assertEquals(new Written.Conflict(), wals.replace(wal(WAL, List.of()), version));
        assertEquals(OBJECTS, wals.get(WAL).orElseThrow().value().objects());
    }

    @Test
    void aRecordIsDeletedAtItsVersionOnly() {
        long version = ((Written.Applied) wals.create(wal(WAL, List.of()))).version();

        assertEquals(new Written.Conflict(), wals.delete(WAL, version + 1));
        assertEquals(new Written.Applied(0), wals.delete(WAL, version));
        assertEquals(Optional.empty(), wals.get(WAL));
    }

    /** F28. Keys are as long as the uploader makes them: class, hash, wal, segment, random. */
    @Test
    void fiveThousandObjectsFitAnItem() {
        var random = new SplittableRandom(28);
        var wal = new UUID(random.nextLong(), random.nextLong());
        var objects = new ArrayList<WalObject>();
        long entry = 1_000_000_000L;
        long atMs = 1_790_000_000_000L;
        for (int segment = 10_000; segment < 15_000; segment++) {
            long end = entry + random.nextInt(30_000, 70_000);
            long lengthBytes = 67_108_864L - random.nextInt(1_000_000);
            objects.add(
                    new WalObject(
                            String.format(
                                    Locale.ROOT,
                                    "data/forever/%04x/%s-%d-%016x.seg",
                                    random.nextInt(0x10000),
                                    wal,
                                    segment,
                                    random.nextLong()),
                            segment,
                            entry,
                            end,
                            lengthBytes,
                            lengthBytes - random.nextInt(20_000, 90_000),
                            random.nextInt(),
                            atMs));
            entry = end;
            atMs += random.nextInt(5_000, 15_000);
        }
        var record = wal(wal, objects);

        assertTrue(wals.create(record) instanceof Written.Applied);

        assertEquals(record, wals.get(wal).orElseThrow().value());
        int chars = memory.get(Table.WALS, wal.toString()).orElseThrow().body().length();
        assertTrue(chars < ItemStore.BODY_BYTES_MAX * 9 / 10, "room is left: chars=" + chars);
    }

    @Test
    void aRecordThatOutgrowsItsItemIsRefused() {
        var random = new SplittableRandom(29);
        var objects =
                IntStream.range(0, 8_000)
                        .mapToObj(i ->
                                new WalObject(
                                        random.nextLong() + "/" + random.nextLong(),
                                        i,
                                        random.nextLong(1L << 40),
                                        1L << 40,
                                        random.nextLong(1L << 40),
                                        8,
                                        random.nextInt(),
                                        random.nextLong(1L << 40)))
                        .toList();

        var refused = assertThrows(SluiceException.class, () -> wals.create(wal(WAL, objects)));

        assertEquals("item-too-large", refused.code());
    }

    @Test
    void aFieldOfALaterVersionIsPassedOver() {
        memory.put(
                Table.WALS,
                WAL.toString(),
                0,
                "a",
                "{\"f\":1,\"new\":{\"a\":[1]},\"node\":\"%s\",\"state\":\"OPEN\",\"epoch\":1,\"chain\":[],\"uploadedEnd\":0,\"foldedEnd\":0,\"objects\":[]}"
                        .formatted(NODE));

        assertEquals(State.OPEN, wals.get(WAL).orElseThrow().value().state());
    }

    private String codeOfReading(String body) {
        memory.put(Table.WALS, WAL.toString(), 0, "a", body);
        var failure = assertThrows(SluiceException.class, () -> wals.get(WAL));
        assertEquals(SluiceException.Kind.DATA, failure.kind());
        return failure.code();
    }

    @Test
    void aFormatOfALaterVersionIsRefused() {
        assertEquals("metadata-item-newer", codeOfReading("{\"f\":2}"));
    }

    @Test
    void aMissingFieldIsRefused() {
        assertEquals("metadata-item-unreadable", codeOfReading("{\"f\":1,\"state\":\"OPEN\"}"));
    }

    @Test
    void textThatIsNotJsonIsRefused() {
        assertEquals("metadata-item-unreadable", codeOfReading("{\"f\":"));
    }

    @Test
    void packedObjectsThatAreDamagedAreRefused() {
        assertEquals(
                "metadata-item-unreadable",
                codeOfReading(
                        "{\"f\":1,\"node\":\"%s\",\"state\":\"OPEN\",\"epoch\":1,\"chain\":[],\"uploadedEnd\":0,\"foldedEnd\":0,\"packed\":\"%s\"}"
                                .formatted(NODE, PackedText.pack("[]").substring(3))));
    }

    @Test
    void anUnknownStateIsRefused() {
        assertEquals(
                "metadata-item-unreadable",
                codeOfReading(
                        "{\"f\":1,\"node\":\"%s\",\"state\":\"MELTED\",\"epoch\":1}"
                                .formatted(NODE)));
    }
}
