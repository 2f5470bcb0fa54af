package sluice.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig.Start;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.MembershipRecord.Held;
import sluice.metadata.MembershipRecord.Member;
import sluice.metadata.MembershipRecord.Topic;
import sluice.metadata.OffsetsRecord.Place;
import sluice.metadata.memory.MemoryItemStore;

class GroupStoreTest {

    private static final UUID GROUP = new UUID(7, 7);
    private static final UUID ANN = new UUID(1, 1);
    private static final UUID BOB = new UUID(2, 2);

    private final MemoryItemStore memory = new MemoryItemStore();
    private final GroupStore groups =
            new GroupStore(new Items(memory, new SplittableRandom(1), wait -> {}));

    private static long versionOf(Written written) {
        return ((Written.Applied) written).version();
    }

    private static GroupRecord group(String name, GroupConfig config) {
        return new GroupRecord("default", name, GROUP, config, 17);
    }

    private static GroupConfig config(Start start) {
        return new StreamConfig(
                List.of("orders", "audit-*"),
                start,
                GroupConfig.Delivery.AT_MOST_ONCE,
                Duration.ofSeconds(8),
                Duration.ofSeconds(30));
    }

    private static Member member(UUID id) {
        return new Member(
                id, Optional.empty(), Optional.empty(), Optional.empty(), "client", "http://a", 5);
    }

    private MembershipRecord stored(MembershipRecord membership) {
        groups.putMembership(GROUP, membership, groups.membership(GROUP).version());
        return groups.membership(GROUP).value();
    }

    @Test
    void settingsAreReadAsTheyWereWritten() {
        for (Start start :
                List.of(new Start.Earliest(), new Start.Latest(), new Start.Timestamp(1234))) {
            long version = groups.get("default", "g").map(Versioned::version).orElse(0L);
            long next = versionOf(groups.put(group("g", config(start)), version));

            assertEquals(
                    Optional.of(new Versioned<>(group("g", config(start)), next)),
                    groups.get("default", "g"));
        }
    }

    @Test
    void theFormatOfSettingsStandsStill() {
        groups.put(group("g", config(new Start.Timestamp(1234))), 0);

        assertEquals(
                "{\"f\":1,\"id\":\"00000000-0000-0007-0000-000000000007\",\"type\":\"STREAM\","
                        + "\"topics\":[\"orders\",\"audit-*\"],\"start\":\"TIMESTAMP\",\"startMs\":1234,"
                        + "\"delivery\":\"AT_MOST_ONCE\",\"sessionTimeoutMs\":8000,"
                        + "\"revocationTimeoutMs\":30000,\"createdAtMs\":17}",
                memory.get(Table.GROUPS, "default/g").orElseThrow().body());
    }

    private static final QueueConfig QUEUE =
            new QueueConfig(
                    List.of("jobs"),
                    new Start.Offset(5),
                    Duration.ofSeconds(8),
                    Duration.ofSeconds(20),
                    1,
                    100,
                    20,
                    new QueueConfig.Backoff(
                            QueueConfig.Backoff.Growth.EXPONENTIAL,
                            Duration.ofSeconds(1),
                            Duration.ofMinutes(5),
                            20),
                    Optional.of("g.dead-letters"),
                    QueueConfig.OnReject.DROP,
                    QueueConfig.ActiveConsumer.SINGLE,
                    true);

    @Test
    void settingsOfAQueueAreReadAsTheyWereWritten() {
        GroupConfig without = GroupConfig.queue(List.of("t"));
        groups.put(group("g", QUEUE), 0);
        groups.put(group("h", without), 0);

        assertEquals(QUEUE, groups.get("default", "g").orElseThrow().value().config());
        assertEquals(without, groups.get("default", "h").orElseThrow().value().config());
    }

    @Test
    void theChoiceOfAQueueIsReadAsItWasWritten() {
        QueueConfig config =
                QUEUE.withChoice(
                        new QueueConfig.Choice(
                                true,
                                false,
                                QueueConfig.OnExpiry.DEAD_LETTER,
                                Optional.of(
                                        new QueueConfig.Tenants(
                                                "tenant", 5, Map.of("b", 2, "a", 3)))));
        groups.put(group("g", config), 0);

        assertEquals(config, groups.get("default", "g").orElseThrow().value().config());
        String body = memory.get(Table.GROUPS, "default/g").orElseThrow().body();
        assertTrue(
                body.contains(
                        "\"choice\":{\"byKey\":true,\"byPriority\":false,"
                                + "\"onExpiry\":\"DEAD_LETTER\",\"tenants\":{\"header\":"
                                + "\"tenant\",\"inFlightMax\":5,\"weights\":["
                                + "{\"tenant\":\"a\",\"weight\":3},"
                                + "{\"tenant\":\"b\",\"weight\":2}]}}"),
                body);
    }

    @Test
    void theFormatOfAQueuesSettingsStandsStill() {
        groups.put(group("g", QUEUE), 0);

        assertEquals(
                "{\"f\":1,\"id\":\"00000000-0000-0007-0000-000000000007\",\"type\":\"QUEUE\","
                        + "\"topics\":[\"jobs\"],\"start\":\"OFFSET\",\"startOffset\":5,"
                        + "\"sessionTimeoutMs\":8000,\"reconnectGraceMs\":20000,\"prefetch\":1,"
                        + "\"inFlightMax\":100,\"deliveryLimit\":20,\"backoff\":{\"growth\":"
                        + "\"EXPONENTIAL\",\"delayMs\":1000,\"delayMaxMs\":300000,"
                        + "\"jitterPercent\":20},\"deadLetters\":\"g.dead-letters\","
                        + "\"onReject\":\"DROP\",\"activeConsumer\":\"SINGLE\","
                        + "\"paused\":true,\"createdAtMs\":17}",
                memory.get(Table.GROUPS, "default/g").orElseThrow().body());
    }

    @Test
    void aListHasTheSettingsOfOneNamespaceInOrderAndNothingElse() {
        for (String name : List.of("b", "a", "ab")) {
            groups.put(group(name, GroupConfig.stream(List.of("t"))), 0);
        }
        groups.put(new GroupRecord("other", "a", GROUP, config(new Start.Latest()), 1), 0);
        stored(new MembershipRecord(1, List.of(member(ANN)), List.of()));

        assertEquals(List.of("a", "ab", "b"), names("", "", 10));
        assertEquals(List.of("a", "ab"), names("a", "", 10));
        assertEquals(List.of("ab"), names("a", "a", 10));
        assertEquals(List.of("a"), names("", "", 1));
    }

    private List<String> names(String prefix, String after, int max) {
        return groups.list("default", prefix, after, max).stream().map(GroupRecord::name).toList();
    }

    @Test
    void aNameWithASlashIsRefused() {
        for (String name : List.of("", "a/b")) {
            var refused = assertThrows(SluiceException.class, () -> groups.get("default", name));
            assertEquals("group-name", refused.code());
        }
    }

    @Test
    void noMembershipIsAnEmptyOne() {
        assertEquals(new Versioned<>(MembershipRecord.EMPTY, 0), groups.membership(GROUP));
    }

    @Test
    void membersAndHoldsAreReadAsTheyWereWritten() {
        var membership =
                new MembershipRecord(
                        40,
                        List.of(
                                member(ANN),
                                new Member(
                                        BOB,
                                        Optional.of("i-1"),
                                        Optional.of(new UUID(3, 3)),
                                        Optional.of(new UUID(4, 4)),
                                        "bob",
                                        "http://b",
                                        6)),
                        List.of(
                                new Topic("empty", 5, 3, 3, List.of()),
                                new Topic(
                                        "orders",
                                        Long.MAX_VALUE,
                                        500,
                                        400,
                                        List.of(
                                                new Held(0, BOB, 40, false),
                                                new Held(1, ANN, 3, true),
                                                new Held(499, BOB, 39, false))),
                                new Topic("t", 6, 1, 1, List.of(new Held(0, ANN, 0, true)))));

        assertEquals(membership, stored(membership));
    }

    /** The other way round would depend on how zlib deflates. */
    @Test
    void theFormatOfMembersStandsStill() {
        memory.put(
                Table.GROUPS,
                "members-" + GROUP,
                0,
                "x",
                "{\"f\":1,\"epoch\":2,\"members\":"
                        + "\"eNqLrlbKTFGyUjKAAl0YYQhnwYChko5Sck5mal4JUD2UoaOUnliSWp5Y"
                        + "CRTKKCkpsNLXTwQKZuVn5qWmOJb4FitZmdbGAgDloBtI\","
                        + "\"topics\":[{\"name\":\"t\",\"id\":6,\"partitions\":2,\"first\":1}],"
                        + "\"holds\":\"eNpjZGRgBAAADAAE\"}");

        assertEquals(
                new MembershipRecord(
                        2,
                        List.of(member(ANN)),
                        List.of(new Topic("t", 6, 2, 1, List.of(new Held(1, ANN, 2, true))))),
                groups.membership(GROUP).value());
    }

    @Test
    void damagedHoldsAreToldAndNotGuessed() {
        memory.put(
                Table.GROUPS,
                "members-" + GROUP,
                0,
                "x",
                "{\"f\":1,\"epoch\":2,\"members\":\"eNqLjgUAARUAuQ\",\"topics\":[{\"name\":\"t\",\"id\":6,"
                        + "\"partitions\":2,\"first\":1}],\"holds\":\"eNpjZGRgBAAADAAE\"}");

        var refused = assertThrows(SluiceException.class, () -> groups.membership(GROUP));
        assertEquals("metadata-item-unreadable", refused.code());
    }

    /** As many as a group may have, spread by chance, taken up in some steps. */
    @Test
    void aHundredThousandHoldsOfAThousandMembersFitAnItem() {
        var random = new SplittableRandom(11);
        var members =
                IntStream.range(0, 1000)
                        .mapToObj(i -> member(new UUID(random.nextLong(), random.nextLong())))
                        .toList();
        var holds = new ArrayList<Held>();
        for (int partition = 0; partition < 100_000; partition++) {
            UUID holder = members.get(random.nextInt(1000)).id();
            holds.add(new Held(partition, holder, 1990 + random.nextInt(10), false));
        }
        var topics = List.of(new Topic("t", 1, 100_000, 100_000, holds));
        var membership = new MembershipRecord(2000, members, topics);

        assertTrue(stored(membership).equals(membership), "not read as written");
    }

    @Test
    void offsetsAreReadAsTheyWereWritten() {
        var first = new OffsetsRecord("orders", List.of(OffsetsRecord.NONE, 0L, Long.MAX_VALUE));
        var second = new OffsetsRecord("orders", List.of(5L));
        var place = Place.of(Long.MAX_VALUE, 0);
        var next = Place.of(Long.MAX_VALUE, OffsetsRecord.PARTITIONS_MAX);
        long version = versionOf(groups.putOffsets(GROUP, place, first, 0));
        long nextVersion = versionOf(groups.putOffsets(GROUP, next, second, 0));
        groups.putOffsets(new UUID(7, 8), place, second, 0);

        assertEquals(
                List.of(
                        new GroupStore.Stored(place, new Versioned<>(first, version)),
                        new GroupStore.Stored(next, new Versioned<>(second, nextVersion))),
                groups.offsets(GROUP));
        groups.removeOffsets(GROUP, next, nextVersion);
        assertEquals(1, groups.offsets(GROUP).size());
    }

    @Test
    void theFormatOfOffsetsStandsStill() {
        groups.putOffsets(GROUP, new Place(255, 3), new OffsetsRecord("t", List.of(4L, -1L)), 0);

        assertEquals(
                "{\"f\":1,\"topic\":\"t\",\"offsets\":[4,-1]}",
                memory.get(Table.OFFSETS, "00000000-0000-0007-0000-000000000007/00000000000000ff:3")
                        .orElseThrow()
                        .body());
    }
}
