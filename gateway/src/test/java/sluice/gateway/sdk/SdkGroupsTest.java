package sluice.gateway.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.admin.Admin;
import sluice.client.admin.GroupDescription;
import sluice.client.admin.GroupInfo;
import sluice.client.admin.GroupSettings;
import sluice.client.admin.ResetMove;
import sluice.client.admin.ResetTo;
import sluice.client.admin.Start;
import sluice.client.error.SluiceApiException;
import sluice.client.record.TopicPartition;
import sluice.client.stream.ConsumerRecord;
import sluice.client.stream.StreamConsumer;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** The SDK's calls for groups, and its consumer, as a gateway takes them. */
@QuarkusTest
final class SdkGroupsTest {

    private final SluiceClient client = Sluice.connect(Api.address());
    private final Admin admin = client.admin();
    private final String topic = Api.newTopic(2);
    private final String group = "sdk." + UUID.randomUUID();
    private final TopicPartition first = new TopicPartition(topic, 0);
    private final TopicPartition second = new TopicPartition(topic, 1);

    @AfterEach
    void close() {
        client.close();
    }

    private void put() {
        assertTrue(admin.putGroup(group, GroupSettings.reading(topic)));
    }

    private void produce(int partition, String... values) {
        for (String value : values) {
            Api.produce(
                    topic,
                    "{\"records\":[{\"value\":\"%s\",\"partition\":%d}]}"
                            .formatted(value, partition));
        }
    }

    private static List<String> poll(StreamConsumer consumer, int count) {
        var values = new ArrayList<String>();
        Await.until(() -> {
            for (ConsumerRecord record : consumer.poll(Duration.ofMillis(200))) {
                values.add(record.valueText());
            }
            return values.size() >= count;
        });
        return values;
    }

    private static String refusal(Runnable call) {
        return assertThrows(SluiceApiException.class, call::run).code();
    }

    @Test
    void aGroupIsMadeChangedListedAndDeleted() {
        put();
        assertFalse(admin.putGroup(group, GroupSettings.reading(topic)), "it is there just so");
        assertFalse(
                admin.putGroup(
                        group,
                        GroupSettings.reading(topic)
                                .from(new Start.At(1_700_000_000_000L))
                                .atMostOnce()
                                .sessionTimeout(Duration.ofSeconds(20))
                                .revocationTimeout(Duration.ofMinutes(1))));

        GroupInfo listed = admin.listGroups(group).getFirst();
        assertEquals(
                group + " stream [" + topic + "] at-most-once",
                listed.name()
                        + " "
                        + listed.type()
                        + " "
                        + listed.topics()
                        + " "
                        + listed.delivery());
        assertEquals(List.of(), admin.listGroups("nothing-begins-so"));
        assertEquals(
                "{\"timestamp\":1700000000000} \"20s\" \"1m\"",
                field("start") + " " + field("sessionTimeout") + " " + field("revocationTimeout"));
        assertTrue(admin.deleteGroup(group, false));
        assertFalse(admin.deleteGroup(group, false), "it is gone already");
    }

    private String field(String name) {
        return Api.get("/v1/groups/" + group).json().get(name).toString();
    }

    @Test
    void topicsThatAreNotThereAreAllowedOnlyIfAskedFor() {
        assertEquals(
                "pattern-matches-nothing",
                refusal(() -> admin.putGroup(group, GroupSettings.reading("no-such-*"))));

        assertTrue(admin.putGroup(group, GroupSettings.reading("no-such-*").allowMissing()));
    }

    @Test
    void aGroupAndItsMembersAreDescribed() {
        put();
        produce(0, "a", "b", "c");
        try (var consumer = client.streamConsumer(group).build()) {
            assertEquals(List.of("a", "b", "c"), poll(consumer, 3));
            consumer.commit(Map.of(first, 2L));

            GroupDescription described = admin.describeGroup(group);

            assertEquals(1, described.members().size());
            GroupDescription.Member member = described.members().getFirst();
            assertEquals(List.of(first, second), member.assigned());
            assertEquals(List.of(), member.revoking());
            GroupDescription.Partition partition = described.partitions().getFirst();
            assertEquals(first, partition.partition());
            assertEquals(OptionalLong.of(2), partition.committed());
            assertEquals(OptionalLong.of(3), partition.highWatermark());
            assertEquals(OptionalLong.of(1), partition.lag());
            assertEquals(member.member(), partition.member().orElseThrow());
            assertEquals(OptionalLong.of(1), described.totalLag());
            assertEquals("group-has-members", refusal(() -> admin.deleteGroup(group, false)));
            assertEquals(
                    "group-has-members",
                    refusal(() -> admin.commitOffsets(group, Map.of(first, 0L))));
        }
        Await.until(() -> admin.describeGroup(group).members().isEmpty());
        assertTrue(admin.deleteGroup(group, false));
    }

    @Test
    void offsetsAreCommittedAndTold() {
        put();
        produce(0, "a", "b");
        produce(1, "c");

        admin.commitOffsets(group, Map.of(first, 2L, second, 0L));

        assertEquals(Map.of(first, 2L, second, 0L), admin.committedOffsets(group));
        assertEquals(
                "offset-out-of-range",
                refusal(() -> admin.commitOffsets(group, Map.of(first, 3L))));
        assertEquals("unknown-group", refusal(() -> admin.committedOffsets("nowhere")));
    }

    @Test
    void aResetIsPreviewedAndThenDone() {
        put();
        produce(0, "a", "b", "c");
        produce(1, "d");
        admin.commitOffsets(group, Map.of(first, 3L, second, 1L));

        List<ResetMove> preview = admin.previewReset(group, new ResetTo.Offset(1));
        assertEquals(new ResetMove(first, OptionalLong.of(3), 1, 0, 2, false), preview.getFirst());
        assertEquals(Map.of(first, 3L, second, 1L), admin.committedOffsets(group));

        assertEquals(preview, admin.reset(group, new ResetTo.Offset(1)));
        assertEquals(Map.of(first, 1L, second, 1L), admin.committedOffsets(group));
        ResetMove cut =
                admin.reset(group, new ResetTo.Offset(9), List.of(topic), List.of(0), false)
                        .getFirst();
        assertEquals("3 true", cut.to() + " " + cut.isClamped());
        admin.reset(group, ResetTo.EARLIEST);
        assertEquals(Map.of(first, 0L, second, 0L), admin.committedOffsets(group));
        admin.reset(group, ResetTo.LATEST);
        assertEquals(Map.of(first, 3L, second, 1L), admin.committedOffsets(group));
        admin.reset(group, new ResetTo.Back(Duration.ofHours(1)));
        assertEquals(Map.of(first, 0L, second, 0L), admin.committedOffsets(group));
        admin.reset(group, new ResetTo.At(4_000_000_000_000L));
        assertEquals(Map.of(first, 3L, second, 1L), admin.committedOffsets(group));
    }

    @Test
    void aResetMovesAConsumerThatReads() {
        put();
        produce(0, "a", "b");
        try (var consumer = client.streamConsumer(group).build()) {
            assertEquals(List.of("a", "b"), poll(consumer, 2));
            consumer.commit();
            admin.reset(group, ResetTo.EARLIEST);

            assertEquals(List.of("a", "b"), poll(consumer, 2));
        }
    }

    @Test
    void aConsumerSeeksAndPauses() {
        put();
        produce(0, "a", "b");
        try (var consumer = client.streamConsumer(group).build()) {
            assertEquals(List.of("a", "b"), poll(consumer, 2));
            consumer.seek(first, 1);
            assertEquals(List.of("b"), poll(consumer, 1));
            assertEquals(2, consumer.position(first));
            consumer.pause(List.of(first));
            produce(0, "held back");
            produce(1, "c");
            assertEquals(List.of("c"), poll(consumer, 1));
            consumer.resume(List.of(first));
            assertEquals(List.of("held back"), poll(consumer, 1));
        }
    }

    @Test
    void aConsumerOfAGroupThatIsNotThereIsToldSo() {
        try (var consumer = client.streamConsumer("nowhere").build()) {
            assertEquals("unknown-group", refusal(() -> consumer.poll(Duration.ofSeconds(20))));
        }
    }
}
