package sluice.gateway.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.admin.Admin;
import sluice.client.admin.GroupInfo;
import sluice.client.admin.QueueNumbers;
import sluice.client.admin.QueueSettings;
import sluice.client.admin.Start;
import sluice.client.error.SluiceApiException;
import sluice.client.queue.QueueConsumer;
import sluice.client.queue.QueueMessage;
import sluice.client.queue.RejectException;
import sluice.client.record.RecordHeader;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** The SDK's consumer of queues, as a gateway takes it. */
@QuarkusTest
final class SdkQueueTest {

    private final SluiceClient client = Sluice.connect(Api.address());
    private final String queue = "sdk." + UUID.randomUUID();

    @AfterEach
    void close() {
        client.close();
    }

    private void make(String settings) {
        assertEquals(201, Api.call("PUT", "/v1/queues/" + queue, settings).status());
    }

    private void produce(String... values) {
        for (String value : values) {
            Api.produce(
                    queue,
                    "{\"records\":[{\"key\":\"k\",\"value\":\"%s\",\"headers\":{\"h\":\"x\"}}]}"
                            .formatted(value));
        }
    }

    private JsonNode stats(String field) {
        return Api.get("/v1/groups/" + queue + "/stats").json().get(field);
    }

    @Test
    void aQueueIsMadeChangedCountedAndListed() {
        Admin admin = client.admin();
        assertTrue(admin.putQueue(queue, QueueSettings.defaults()));
        assertFalse(
                admin.putQueue(
                        queue,
                        QueueSettings.defaults()
                                .sessionTimeout(Duration.ofSeconds(20))
                                .reconnectGrace(Duration.ofSeconds(30))
                                .maxInFlight(7)
                                .deliveryLimit(5)
                                .deadLetterTopic("bad")
                                .dropRejected()
                                .orderByKey()
                                .byPriority()
                                .keepExpired()
                                .singleActiveConsumer()));
        produce("a", "b");

        QueueNumbers numbers = admin.queueNumbers(queue);

        assertEquals("2 0", numbers.ready() + " " + numbers.inFlight());
        assertTrue(numbers.isComplete());
        assertEquals(
                "\"20s\" \"30s\" 7 5 \"bad\" \"drop\" \"key\" true \"dead-letter\" \"single\"",
                Stream.of(
                                "sessionTimeout",
                                "reconnectGrace",
                                "maxInFlight",
                                "deliveryLimit",
                                "deadLetterTopic",
                                "onReject",
                                "order",
                                "priority",
                                "onExpiry",
                                "activeConsumer")
                        .map(each -> stats(each).toString())
                        .collect(Collectors.joining(" ")));
        GroupInfo listed = admin.listGroups(queue).getFirst();
        assertEquals("queue " + List.of(queue), listed.type() + " " + listed.topics());
    }

    @Test
    void aQueueRestsItsFailuresServesTenantsAlikeAndDropsItsDeadLetters() {
        client.admin()
                .putQueue(
                        queue,
                        QueueSettings.defaults()
                                .prefetch(3)
                                .backoff(Duration.ofSeconds(2), Duration.ofMinutes(1))
                                .tenants("tenant", 9, Map.of("ann", 3))
                                .dropDeadLetters());
        assertEquals(
                "3 {\"type\":\"exponential\",\"delay\":\"2s\",\"maxDelay\":\"1m\",\"jitter\":20}"
                        + " {\"header\":\"tenant\",\"maxInFlight\":9,\"weights\":{\"ann\":3}} null",
                Stream.of("prefetch", "backoff", "tenants", "deadLetterTopic")
                        .map(each -> stats(each).toString())
                        .collect(Collectors.joining(" ")));

        client.admin()
                .putQueue(
                        queue,
                        QueueSettings.defaults()
                                .fixedBackoff(Duration.ofSeconds(5))
                                .tenants("who"));

        assertEquals(
                "fixed 5s who",
                stats("backoff").get("type").asText()
                        + " "
                        + stats("backoff").get("delay").asText()
                        + " "
                        + stats("tenants").get("header").asText());
    }

    @Test
    void aQueueIsPausedResumedAndPurged() {
        Admin admin = client.admin();
        make("");
        produce("a", "b");

        admin.pauseQueue(queue);
        assertEquals("true", stats("paused").toString());
        assertEquals(2, admin.purgeQueue(queue));
        assertEquals(0, admin.purgeQueue(queue));
        admin.resumeQueue(queue);

        assertEquals("false", stats("paused").toString());
        assertEquals("0 2", stats("ready") + " " + stats("settled"));
    }

    @Test
    void aQueueIsNotDescribedAsAStreamGroup() {
        make("");

        var refused =
                assertThrows(SluiceApiException.class, () -> client.admin().describeGroup(queue));

        assertEquals("wrong-group-type", refused.code());
    }

    @Test
    void aQueueGroupReadsTopicsThatAreThere() {
        Admin admin = client.admin();
        String topic = Api.newTopic(1);
        assertTrue(admin.putQueueGroup(queue, QueueSettings.reading(topic).from(Start.LATEST)));
        assertEquals("\"latest\"", stats("start").toString());
        assertThrows(
                IllegalArgumentException.class,
                () -> admin.putQueue(queue, QueueSettings.reading(topic)));
        assertEquals(
                "unknown-topic",
                assertThrows(
                                SluiceApiException.class,
                                () ->
                                        admin.putQueueGroup(
                                                queue, QueueSettings.reading("no-such-topic")))
                        .code());
    }

    @Test
    void whatIsHandledIsDone() {
        make("");
        produce("a", "b", "c");
        var handled = new CopyOnWriteArrayList<QueueMessage>();
        try (QueueConsumer consumer = client.queueConsumer(queue).start(handled::add)) {
            Await.until(() -> handled.size() == 3);
            assertFalse(consumer.ended().isDone());
        }

        QueueMessage one = handled.getFirst();
        assertEquals("k 1", one.keyText() + " " + one.deliveries());
        assertEquals(List.of(RecordHeader.of("h", "x")), one.record().headers());
        assertEquals(queue, one.record().topic());
        assertEquals(
                List.of("a", "b", "c"),
                handled.stream().map(QueueMessage::valueText).sorted().toList());
        assertEquals("0 0", stats("ready") + " " + stats("inFlight"));
        assertEquals(0, stats("sessions").size());
    }

    @Test
    void whatFailsComesAgainAndWhatIsRejectedDoesNot() {
        make("{\"backoff\":{\"type\":\"fixed\",\"delay\":\"100ms\",\"jitter\":0}}");
        produce("fails", "rejected");
        var handled = new CopyOnWriteArrayList<String>();
        var consumer =
                client.queueConsumer(queue)
                        .concurrency(2)
                        .start(message -> {
                            handled.add(message.valueText() + " " + message.deliveries());
                            if ("rejected".equals(message.valueText())) {
                                throw new RejectException("no order");
                            }
                            if (message.deliveries() < 3) {
                                throw new IllegalStateException("not yet");
                            }
                        });
        try (consumer) {
            Await.until(() -> handled.size() == 4 && stats("inFlight").asInt() == 0);
        }

        assertEquals(
                List.of("fails 1", "fails 2", "fails 3", "rejected 1"),
                handled.stream().sorted().toList());
    }

    @Test
    void aCloseFinishesWhatRunsAndGivesBackTheRest() throws Exception {
        make("");
        produce("a", "b", "c");
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        var handled = new CopyOnWriteArrayList<String>();
        QueueConsumer consumer =
                client.queueConsumer(queue)
                        .prefetch(2)
                        .start(message -> {
                            begun.countDown();
                            go.await();
                            handled.add(message.valueText());
                        });
        begun.await();
        Await.until(() -> stats("inFlight").asInt() == 3);
        var closing = new Thread(consumer::close);
        closing.start();
        Await.until(() -> stats("inFlight").asInt() == 1);
        go.countDown();
        closing.join();

        assertEquals(1, handled.size());
        assertEquals("2 0", stats("ready") + " " + stats("inFlight"));
        assertEquals(0, stats("sessions").size());
    }

    @Test
    void whatIsSettledByHandIsSettledAsItSays() {
        make("");
        produce("a", "b", "c");
        var messages = new CopyOnWriteArrayList<QueueMessage>();
        try (var consumer =
                client.queueConsumer(queue).concurrency(3).settleByHand().start(messages::add)) {
            Await.until(() -> messages.size() == 3);
            messages.get(0).acknowledge().join();
            messages.get(1).release(Duration.ofHours(1), "later").join();
            messages.get(2).extend(Duration.ofMinutes(1)).join();

            assertEquals(
                    "0 1 1", stats("ready") + " " + stats("delayed") + " " + stats("inFlight"));
            messages.get(2).reject("bad").join();
            Await.until(() -> stats("inFlight").asInt() == 0);
            assertFalse(consumer.ended().isDone());
        }
    }

    @Test
    void whatIsTakenBackMeanwhileIsLostAndComesAgain() throws Exception {
        make("");
        produce("a");
        var lost = new CopyOnWriteArrayList<String>();
        var handled = new AtomicInteger();
        var go = new CountDownLatch(1);
        var consumer =
                client.queueConsumer(queue)
                        .onLost((message, reason) -> lost.add(message.valueText()))
                        .start(message -> {
                            if (handled.incrementAndGet() == 1) {
                                go.await();
                            }
                        });
        try (consumer) {
            Await.until(() -> handled.get() == 1);
            Api.Answer reset =
                    Api.call("POST", "/v1/groups/" + queue + "/reset", "{\"to\":\"earliest\"}");
            assertEquals(200, reset.status());
            go.countDown();
            Await.until(() -> handled.get() == 2);
        }

        assertEquals(List.of("a"), lost);
        assertEquals("0 0", stats("ready") + " " + stats("inFlight"));
    }

    @Test
    void aGroupThatIsNoQueueEndsTheConsumer() {
        String topic = Api.newTopic(1);
        Api.call(
                "PUT",
                "/v1/groups/" + queue,
                "{\"type\":\"stream\",\"topics\":[\"%s\"]}".formatted(topic));
        try (QueueConsumer consumer = client.queueConsumer(queue).start(message -> {})) {
            var failed = assertThrows(CompletionException.class, () -> consumer.ended().join());

            assertEquals(
                    "wrong-group-type",
                    assertInstanceOf(SluiceApiException.class, failed.getCause()).code());
        }
    }
}
