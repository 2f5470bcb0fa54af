package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.SluiceException;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.metadata.SlotRecord.Owner;
import sluice.metadata.SlotRecord.Source;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** Gateways, slots, topics and the cluster; the wals have a test of their own. */
class StoresTest {

    private static final UUID WAL = new UUID(1, 1);
    private static final UUID NODE = new UUID(2, 2);

    private final MemoryItemStore memory = new MemoryItemStore();
    private final Items items = new Items(memory, new SplittableRandom(1), wait -> {});

    private static long versionOf(Written written) {
        return ((Written.Applied) written).version();
    }

    private String body(Table table, String key) {
        return memory.get(table, key).orElseThrow().body();
    }

    @Nested
    class Gateways {

        private final GatewayStore gateways = new GatewayStore(items);

        private GatewayRecord gateway(long counter, boolean draining) {
            return new GatewayRecord(
                    NODE, WAL, counter, 10 * counter, "h:80", "h:81", "zone-a", draining);
        }

        @Test
        void aBeatIsReadAsItWasWritten() {
            long version = versionOf(gateways.put(gateway(1, false), 0));
            version = versionOf(gateways.put(gateway(2, true), version));

            var expected = new Versioned<>(gateway(2, true), version);
            assertEquals(List.of(expected), gateways.list());
            assertEquals(Optional.of(expected), gateways.get(NODE));
        }

        @Test
        void theFormatStandsStill() {
            gateways.put(gateway(1, false), 0);

            assertEquals(
                    "{\"f\":1,\"wal\":\"00000000-0000-0001-0000-000000000001\",\"counter\":1,"
                            + "\"age\":10,\"http\":\"h:80\",\"peer\":\"h:81\",\"zone\":\"zone-a\"}",
                    body(Table.HEARTBEATS, NODE.toString()));
        }

        @Test
        void aGatewayThatTellsNoAgeToldOfNone() {
            items.write(
                    Table.HEARTBEATS,
                    NODE.toString(),
                    0,
                    "{\"f\":1,\"wal\":\"00000000-0000-0001-0000-000000000001\",\"counter\":1,"
                            + "\"http\":\"h:80\",\"peer\":\"h:81\",\"zone\":\"zone-a\"}");

            assertEquals(0, gateways.get(NODE).orElseThrow().value().diskAge());
        }

        @Test
        void twoProcessesWithOneDiskNoticeEachOther() {
            long mine = versionOf(gateways.put(gateway(1, false), 0));
            gateways.put(gateway(1, false), mine);

            assertEquals(new Written.Conflict(), gateways.put(gateway(2, false), mine));
        }

        @Test
        void oneThatBeatsIsNotRemoved() {
            long seen = versionOf(gateways.put(gateway(1, false), 0));
            long now = versionOf(gateways.put(gateway(2, false), seen));

            assertEquals(new Written.Conflict(), gateways.remove(NODE, seen));
            assertEquals(new Written.Applied(0), gateways.remove(NODE, now));
            assertEquals(List.of(), gateways.list());
        }
    }

    @Nested
    class Slots {

        private final SlotStore slots = new SlotStore(items, 1_024);

        private SlotRecord slot(int number) {
            return new SlotRecord(
                    number,
                    3,
                    Optional.of(new Owner(WAL, NODE)),
                    List.of(new Source(NODE, 17), new Source(WAL, 0)),
                    Optional.of(new Checkpoint("checkpoints/a", 1_000, -2)));
        }

        private SlotRecord unowned(int number) {
            return new SlotRecord(number, 0, Optional.empty(), List.of(), Optional.empty());
        }

        @Test
        void oneThatWasNeverOwnedIsAtVersionZero() {
            assertEquals(new Versioned<>(unowned(5), 0), slots.get(5));
        }

        @Test
        void aRecordIsReadAsItWasWritten() {
            long version = versionOf(slots.replace(slot(1_023), 0));

            assertEquals(new Versioned<>(slot(1_023), version), slots.get(1_023));
            versionOf(slots.replace(unowned(1_023), version));
            assertEquals(unowned(1_023), slots.get(1_023).value());
        }

        @Test
        void theFormatStandsStill() {
            slots.replace(slot(7), 0);
            slots.replace(unowned(8), 0);

            assertEquals(
                    "{\"f\":1,\"epoch\":3,\"owner\":[\"00000000-0000-0001-0000-000000000001\","
                            + "\"00000000-0000-0002-0000-000000000002\"],\"sources\":["
                            + "[\"00000000-0000-0002-0000-000000000002\",17],"
                            + "[\"00000000-0000-0001-0000-000000000001\",0]],"
                            + "\"checkpoint\":[\"checkpoints/a\",1000,4294967294]}",
                    body(Table.SLOTS, "00007"));
            assertEquals("{\"f\":1,\"epoch\":0,\"sources\":[]}", body(Table.SLOTS, "00008"));
        }

        @Test
        void allAreListedInOrderWithTheirVersions() {
            long version = versionOf(slots.replace(slot(9), 0));
            slots.replace(slot(10), 0);

            var all = slots.list();

            assertEquals(1_024, all.size());
            assertEquals(new Versioned<>(slot(9), version), all.get(9));
            assertEquals(slot(10), all.get(10).value());
            assertEquals(new Versioned<>(unowned(11), 0), all.get(11));
        }

        @Test
        void aTakeOverAtAnOldVersionIsAConflict() {
            versionOf(slots.replace(slot(3), 0));

            assertEquals(new Written.Conflict(), slots.replace(unowned(3), 0));
            assertEquals(slot(3), slots.get(3).value());
        }

        @Test
        void oneBeyondTheClusterIsAMistake() {
            assertThrows(IllegalArgumentException.class, () -> slots.get(1_024));
        }
    }

    @Nested
    class Topics {

        private final TopicStore topics = new TopicStore(items);

        private TopicRecord topic(String namespace, String name, int partitions) {
            return new TopicRecord(
                    namespace,
                    name,
                    77,
                    TopicRecord.State.ACTIVE,
                    IntStream.range(0, partitions).mapToObj(i -> (i * 7_919) % 65_536).toList(),
                    new TopicConfig(
                            Optional.of(Duration.ofDays(7)),
                            TopicConfig.Profile.THROUGHPUT,
                            1_048_576),
                    1_790_000_000_000L);
        }

        @Test
        void aRecordIsReadAsItWasWritten() {
            var record = topic("default", "orders/eu", 12);
            long version = versionOf(topics.create(record));

            assertEquals(
                    Optional.of(new Versioned<>(record, version)),
                    topics.get("default", "orders/eu"));
        }

        @Test
        void oneKeptForEverIsReadAsItWasWritten() {
            var record =
                    new TopicRecord(
                            "default",
                            "orders",
                            1,
                            TopicRecord.State.DELETING,
                            List.of(65_535),
                            new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1),
                            0);
            topics.create(record);

            assertEquals(record, topics.get("default", "orders").orElseThrow().value());
        }

        @Test
        void theFormatStandsStill() {
            topics.create(topic("default", "orders", 3));

            assertEquals(
                    "{\"f\":1,\"id\":77,\"state\":\"ACTIVE\",\"slots\":\"AAAe7z3e\","
                            + "\"retentionMs\":604800000,\"profile\":\"THROUGHPUT\","
                            + "\"recordMax\":1048576,\"createdAtMs\":1790000000000}",
                    body(Table.TOPICS, "default/orders"));
        }

        @Test
        void aHundredThousandPartitionsFitAnItem() {
            var record = topic("default", "large", 100_000);

            versionOf(topics.create(record));

            assertEquals(record, topics.get("default", "large").orElseThrow().value());
        }

        @Test
        void aSlotThatDoesNotFitTwoBytesIsRefused() {
            var config = new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1);
            var record =
                    new TopicRecord(
                            "n", "t", 1, TopicRecord.State.ACTIVE, List.of(65_536), config, 0);

            assertThrows(SluiceException.class, () -> topics.create(record));
        }

        @Test
        void aNameIsTakenOncePerNamespace() {
            topics.create(topic("a", "orders", 1));

            assertEquals(new Written.Conflict(), topics.create(topic("a", "orders", 2)));
            versionOf(topics.create(topic("b", "orders", 2)));
        }

        @Test
        void oneThatIsRemovedCanBeCreatedAgainAndLateWritesMissIt() {
            long old = versionOf(topics.create(topic("a", "orders", 1)));
            assertEquals(new Written.Applied(0), topics.remove("a", "orders", old));
            versionOf(topics.create(topic("a", "orders", 2)));

            assertEquals(new Written.Conflict(), topics.replace(topic("a", "orders", 3), old));
            assertEquals(2, topics.get("a", "orders").orElseThrow().value().partitions());
        }

        @Test
        void theyAreListedByNamespacePageByPage() {
            for (int i = 0; i < 25; i++) {
                topics.create(topic("a", String.format(Locale.ROOT, "t%02d", i), 1));
            }
            topics.create(topic("ab", "t", 1));
            topics.create(topic("A", "t", 1));

            var names = new ArrayList<String>();
            String after = "";
            int pages = 0;
            List<Versioned<TopicRecord>> page;
            do {
                page = topics.list("a", after, 10);
                page.forEach(found -> names.add(found.value().name()));
                after = names.getLast();
                pages++;
            } while (page.size() == 10);

            assertEquals(3, pages);
            assertEquals(25, names.size());
            assertEquals(names.stream().sorted().distinct().toList(), names);
            assertEquals(27, topics.listAll().size());
        }

        @Test
        void aNamespaceWithASlashIsRefused() {
            assertEquals(
                    "topic-name",
                    assertThrows(SluiceException.class, () -> topics.get("a/b", "c")).code());
            assertThrows(SluiceException.class, () -> topics.get("", "c"));
            assertThrows(SluiceException.class, () -> topics.get("a", ""));
        }
    }

    @Nested
    class TheCluster {

        private final ClusterStore cluster = new ClusterStore(items);

        @Test
        void isWhatTheFirstProposed() {
            var first = new ClusterRecord(WAL, 1_024);

            assertEquals(Optional.empty(), cluster.get());
            assertEquals(first, cluster.openOrCreate(first));
            assertEquals(first, cluster.openOrCreate(new ClusterRecord(NODE, 64)));
            assertEquals(Optional.of(first), cluster.get());
        }

        @Test
        void isWhatAnotherProposedWhoWasFaster() {
            var other = new ClusterRecord(NODE, 64);
            var once = new boolean[] {true};
            memory.setFaults((call, table, key) -> {
                if (call == Call.PUT && once[0]) {
                    once[0] = false;
                    cluster.openOrCreate(other);
                }
                return Fault.NONE;
            });

            assertEquals(other, cluster.openOrCreate(new ClusterRecord(WAL, 1_024)));
        }

        @Test
        void handsOutBlocksOfProducerIdsThatFollowEachOther() {
            assertEquals(0, cluster.reserveProducerIds(100));
            assertEquals(100, cluster.reserveProducerIds(1));
            assertEquals(101, cluster.reserveProducerIds(50));
        }

        @ParameterizedTest
        @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
        void handsOutNoProducerIdTwiceWhateverIsLost(long seed) {
            var random = new SplittableRandom(seed);
            memory.setFaults((call, table, key) ->
                    random.nextInt(100) < 50
                            ? Fault.NONE
                            : Fault.values()[random.nextInt(Fault.values().length)]);
            var ids = new HashSet<Long>();
            int blocks = 0;
            for (int i = 0; i < 200; i++) {
                try {
                    long first = cluster.reserveProducerIds(3);
                    blocks++;
                    for (long id = first; id < first + 3; id++) {
                        assertTrue(ids.add(id), "seed=" + seed + " id=" + id);
                    }
                } catch (SluiceException e) {
                    assertTrue(
                            e.kind() == SluiceException.Kind.UNAVAILABLE
                                    || e.kind() == SluiceException.Kind.UNKNOWN_OUTCOME,
                            "seed=" + seed + " kind=" + e.kind());
                }
                while (memory.delayedCount() > 0 && random.nextBoolean()) {
                    var unheard = memory.applyDelayed(random.nextInt(memory.delayedCount()));
                }
            }
            assertTrue(blocks > 50, "the run exercised the store: blocks=" + blocks);
        }
    }
}
