package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalRecord.WalObject;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** The owner's writes of its own wal's record: in order, once, and never too large. */
class WalRegistryTest {

    private static final int RECORD_BYTES_MAX = 300_000;

    private WalWorld world = new WalWorld(72, 3);
    private List<UUID> members = world.ids(0, 1, 2);
    private final List<String> applied = new ArrayList<>();
    private int asked;
    private WalRegistry registry = registry(RecordRoom.DEFAULT);

    @BeforeEach
    void created() {
        world.write(WalChanges.created(world.wal, members.getFirst(), members, members), 0);
        registry = registry(RecordRoom.DEFAULT);
    }

    private WalRegistry registry(RecordRoom room) {
        WalPlace owner = world.place(0);
        WalRecord created = WalChanges.created(world.wal, members.getFirst(), members, members);
        return new WalRegistry(
                owner.lane(),
                owner.background(),
                world.store,
                world.store.get(world.wal).orElse(new Versioned<>(created, 0)),
                room,
                why -> {
                    throw world.failure(why);
                });
    }

    private void awaitApplied() {
        world.await("all changes", () -> applied.size() == asked);
    }

    private void roll(int old) {
        asked++;
        world.place(0)
                .lane()
                .execute(() ->
                        registry.change(
                                "roll",
                                record ->
                                        WalChanges.rolled(
                                                record, old, old + 1, old + 1, old + 2, members),
                                _ -> applied.add("roll " + old)));
    }

    private void change(String name, java.util.function.UnaryOperator<WalRecord> change) {
        asked++;
        world.place(0).lane().execute(() -> registry.change(name, change, _ -> applied.add(name)));
    }

    private WalObject object(int segment) {
        String key =
                "data/30d/%04x/%s-%08d-%016x"
                        .formatted(
                                world.time.random().nextInt(1 << 16),
                                world.wal,
                                segment,
                                world.time.random().nextLong());
        return new WalObject(
                key,
                segment,
                segment,
                segment + 1,
                world.time.random().nextInt(1 << 26),
                100,
                world.time.random().nextInt(),
                1_767_225_600_000L + 977L * segment);
    }

    private int recordBytes() {
        return world.itemStore.get(Table.WALS, world.wal.toString()).orElseThrow().body().length();
    }

    @Test
    void changesAreAppliedOnceAndInOrderWhateverTheStoreAnswers() {
        for (int round = 0; round < 150; round++) {
            world = new WalWorld(1_000 + round, 3);
            members = world.ids(0, 1, 2);
            applied.clear();
            asked = 0;
            created();
            changesUnderFaults();
        }
    }

    private void changesUnderFaults() {
        var random = world.time.random();
        long until = world.time.nowNs() + Duration.ofSeconds(4).toNanos();
        world.itemStore.setFaults((call, _, _) ->
                world.time.nowNs() > until || random.nextInt(3) == 0
                        ? Fault.NONE
                        : call == Call.PUT && random.nextBoolean()
                                ? Fault.LOST_RESPONSE
                                : Fault.REFUSED);
        var expected = new ArrayList<String>();
        for (int segment = 0; segment < 6; segment++) {
            roll(segment);
            expected.add("roll " + segment);
            world.runFor(Duration.ofMillis(random.nextInt(600)));
        }
        awaitApplied();
        world.runFor(Duration.ofSeconds(5));

        assertEquals(expected, applied, world::toString);
        assertEquals(6, world.record().value().chain().get(6).index());
    }

    @Test
    void f28TenThousandRollsWithoutAnUploadLeaveTheRecordSmall() {
        int rolls = 0;
        for (int i = 0; i < 10_000; i++) {
            if (!registry.isExhausted()) {
                roll(rolls++);
                awaitApplied();
            }
        }

        assertTrue(rolls > 500, () -> "" + registry.record().chain().size());
        assertTrue(recordBytes() < RECORD_BYTES_MAX, () -> "bytes=" + recordBytes());
        assertEquals(
                "wal-record-full", assertThrows(SluiceException.class, registry::checkRoom).code());
    }

    @Test
    void f28FiveThousandUnfoldedObjectsAreNotNamed() {
        int first = RecordRoom.DEFAULT.objectsMax() - 100;
        var named = new ArrayList<WalObject>();
        for (int i = 0; i < first; i++) {
            named.add(object(i));
        }
        var found = world.record();
        world.write(found.value().withUploaded(first, named), found.version());
        registry = registry(RecordRoom.DEFAULT);
        for (int segment = first; segment < 5_000; segment++) {
            int index = segment;
            if (registry.hasRoomFor(1)) {
                change(
                        "upload",
                        record ->
                                WalChanges.uploaded(
                                        record, index, index + 1, List.of(object(index))));
            }
            awaitApplied();
        }

        assertEquals(RecordRoom.DEFAULT.objectsMax(), registry.record().objects().size());
        assertTrue(recordBytes() < RECORD_BYTES_MAX, () -> "bytes=" + recordBytes());
        assertTrue(registry.isExhausted());

        change("fold", record -> WalChanges.folded(record, 4_000));
        awaitApplied();
        assertFalse(registry.isTight());
        registry.checkRoom();
    }

    @Test
    void theLargestRecordThatIsNamedIsStillSmall() {
        var chain = new ArrayList<WalRecord.Segment>();
        for (int i = 0; i < RecordRoom.DEFAULT.chainMax(); i++) {
            chain.add(
                    new WalRecord.Segment(
                            1_000_000 + i, SegmentState.SEALED, members, 1L << 40, (1L << 40) + i));
        }
        var objects = new ArrayList<WalObject>();
        for (int i = 0; i < RecordRoom.DEFAULT.objectsMax(); i++) {
            objects.add(object(1_000_000 + i));
        }
        var found = world.record();

        world.write(
                found.value().withChain(chain).withUploaded(1L << 40, objects), found.version());

        assertTrue(recordBytes() < RECORD_BYTES_MAX, () -> "bytes=" + recordBytes());
    }

    @Test
    void aRecordThatTheStoreRefusesAsTooLargeIsMadeSmallerFirst() {
        var objects = new ArrayList<WalObject>();
        for (int i = 0; i < 6_000; i++) {
            objects.add(object(i));
        }
        var found = world.record();
        world.write(found.value().withUploaded(6_000, objects), found.version());
        registry = registry(RecordRoom.DEFAULT);
        var more = new ArrayList<WalObject>();
        for (int i = 6_000; i < 12_000; i++) {
            more.add(object(i));
        }

        change("upload", record -> record.withUploaded(12_000, join(record, more)));
        world.runFor(Duration.ofSeconds(12));
        assertEquals(List.of(), applied);
        change("fold", record -> WalChanges.folded(record, 6_000));
        awaitApplied();

        assertEquals(List.of("fold", "upload"), applied);
    }

    private static List<WalObject> join(WalRecord record, List<WalObject> more) {
        var all = new ArrayList<>(record.objects());
        all.addAll(more);
        return all;
    }
}
