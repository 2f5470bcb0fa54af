package sluice.gateway.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.admin.Admin;
import sluice.client.admin.Profile;
import sluice.client.admin.TopicDescription;
import sluice.client.admin.TopicInfo;
import sluice.client.admin.TopicSettings;
import sluice.client.error.SluiceApiException;
import sluice.gateway.Api;

@QuarkusTest
final class SdkAdminTest {

    private final SluiceClient client = Sluice.connect(Api.address());
    private final Admin admin = client.admin();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void topicIsMadeDescribedChangedAndDeleted() {
        String name = "sdk-topic";
        var settings =
                TopicSettings.defaults()
                        .partitions(3)
                        .retention("30d")
                        .profile(Profile.THROUGHPUT)
                        .recordBytesMax(1000);

        assertTrue(admin.createTopic(name, settings));
        assertFalse(admin.createTopic(name, settings), "it is there just so");
        TopicDescription described = admin.describeTopic(name);
        TopicInfo topic = described.topic();
        assertEquals(name, topic.name());
        assertEquals(3, topic.partitions());
        assertEquals("30d", topic.retention());
        assertEquals(Profile.THROUGHPUT, topic.profile());
        assertEquals(1000, topic.recordBytesMax());
        assertEquals(3, described.partitions().size());
        assertEquals(0, described.partitions().get(2).highWatermark());
        assertTrue(described.partitions().get(2).owner().isPresent());
        assertEquals(
                6, admin.changeTopic(name, TopicSettings.defaults().partitions(6)).partitions());
        assertTrue(admin.deleteTopic(name));
        assertFalse(admin.deleteTopic(name), "it is gone already");
    }

    @Test
    void refusalsHaveTheirCode() {
        String topic = Api.newTopic(2);

        assertEquals("unknown-topic", refusal(() -> admin.describeTopic("nowhere")));
        assertEquals(
                "topic-exists",
                refusal(() -> admin.createTopic(topic, TopicSettings.defaults().partitions(9))));
        assertEquals(
                "partitions-shrink",
                refusal(() -> admin.changeTopic(topic, TopicSettings.defaults().partitions(1))));
        assertEquals(
                "bad-topic-name",
                refusal(() -> admin.createTopic("a b/c?d", TopicSettings.defaults())));
    }

    @Test
    void allTopicsAreListedPageByPage() {
        IntStream.range(0, 3)
                .forEach(i -> admin.createTopic("sdk-list-" + i, TopicSettings.defaults()));

        var names = admin.listTopics().stream().map(TopicInfo::name).toList();

        assertEquals(names.stream().sorted().distinct().toList(), names);
        assertTrue(names.containsAll(java.util.List.of("sdk-list-0", "sdk-list-2")));
    }

    @Test
    void clusterIsDescribed() {
        var cluster = admin.cluster();

        assertEquals("test", cluster.clusterId());
        assertEquals(1024, cluster.slots());
        assertTrue(cluster.gateways().get(0).isAlive());
        assertEquals("OPEN", cluster.wals().get(0).state());
    }

    private static String refusal(Runnable call) {
        return assertThrows(SluiceApiException.class, call::run).code();
    }
}
