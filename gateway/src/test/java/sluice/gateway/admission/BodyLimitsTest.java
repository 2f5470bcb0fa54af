package sluice.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.twin.MemoryEngine;

/** The bounds that the tests' settings make small: bodies 2 MiB, all together 3 MiB, 400 ms. */
@QuarkusTest
final class BodyLimitsTest {

    private static final String ONE_RECORD = "{\"records\":[{\"value\":\"a\"}]}";

    @Inject MemoryEngine engine;
    @Inject Budgets budgets;

    private final String topic = Api.newTopic(1);

    @AfterEach
    void everythingTakenWasGivenBack() {
        engine.answerHeld();
        Await.until(() -> budgets.produceBytes().bytesHeld() == 0);
    }

    @Test
    void aBodyThatBreaksOffAppendsNothing() throws IOException {
        try (var socket = new RawSocket()) {
            socket.sendHead(topic, "Content-Length: 1000\r\n").send(ONE_RECORD);
            Await.until(() -> budgets.produceBytes().bytesHeld() > 0);
        }

        Await.until(() -> budgets.produceBytes().bytesHeld() == 0);
        assertEquals(0, engine.highWatermark(topic, 0));
    }

    @Test
    void aBodyThatNeverEndsIsCutOffAtTheLimit() throws IOException {
        String chunk = "10000\r\n" + " ".repeat(0x10000) + "\r\n";
        try (var socket = new RawSocket()) {
            socket.sendHead(topic, "Transfer-Encoding: chunked\r\n");
            for (int i = 0; i < 33; i++) {
                socket.send(chunk);
            }

            String answer = socket.readToEnd();

            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
            assertTrue(answer.contains("\"code\":\"body-too-large\""), answer);
        }
    }

    @Test
    void aBodyThatStopsIsToldSoAndItsConnectionClosed() throws IOException {
        try (var socket = new RawSocket()) {
            socket.sendHead(topic, "Content-Length: 1000\r\n").send("{");

            String answer = socket.readToEnd();

            assertTrue(answer.startsWith("HTTP/1.1 408 "), answer);
            assertTrue(answer.contains("\"code\":\"body-timeout\""), answer);
        }
    }

    @Test
    void aBodyAnnouncedTooLargeIsNotRead() throws IOException {
        try (var socket = new RawSocket()) {
            socket.sendHead(topic, "Content-Length: 2097153\r\n");

            String answer = socket.readToEnd();

            assertTrue(answer.startsWith("HTTP/1.1 413 "), answer);
        }
    }

    @Test
    void aCallerWhoAsksFirstIsToldToGoOn() throws IOException {
        try (var socket = new RawSocket()) {
            socket.sendHead(
                    topic,
                    "Expect: 100-continue\r\nContent-Length: %d\r\n"
                            .formatted(ONE_RECORD.length()));

            assertTrue(socket.readUntil("\r\n\r\n").startsWith("HTTP/1.1 100 "));
            socket.send(ONE_RECORD);
            assertTrue(socket.readUntil("]}").startsWith("HTTP/1.1 200 "));
        }
    }

    @Test
    void aConnectionServesRequestsOneAfterAnother() throws IOException {
        try (var socket = new RawSocket()) {
            String length = "Content-Length: %d\r\n".formatted(ONE_RECORD.length());
            socket.sendHead(topic, length).send(ONE_RECORD);
            socket.readUntil("\"offset\":0}]}");

            socket.sendHead(topic, length).send(ONE_RECORD);

            assertTrue(socket.readUntil("]}").contains("\"offset\":1"));
        }
    }

    @Test
    void aRefusedRequestLeavesItsConnectionUsable() throws IOException {
        try (var socket = new RawSocket()) {
            socket.sendHead(topic, "Content-Length: 1\r\n").send("x");
            socket.readUntil("\"malformed-json\"");

            socket.sendHead(topic, "Content-Length: %d\r\n".formatted(ONE_RECORD.length()))
                    .send(ONE_RECORD);

            assertTrue(socket.readUntil("\"offset\":0}]}").contains("HTTP/1.1 200 "));
        }
    }

    @Test
    void aBodyWhereNoneBelongsDoesNotBlockTheNextRequest() throws IOException {
        try (var socket = new RawSocket()) {
            socket.send("GET /v1/cluster HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello");
            socket.readUntil("]}");

            socket.send("GET /v1/topics?max=1 HTTP/1.1\r\nHost: x\r\n\r\n");

            assertTrue(socket.readUntil("\"topics\"").contains("HTTP/1.1 200 "));
        }
    }

    @Test
    void moreThanFitsAtOneTimeIsRefusedUntilThereIsRoom() {
        String large = "{\"records\":[" + "{\"value\":\"%s\"}]}".formatted("x".repeat(1_000_000));
        engine.holdAnswers();
        var first = CompletableFuture.supplyAsync(() -> Api.produce(topic, large));
        var second = CompletableFuture.supplyAsync(() -> Api.produce(topic, large));
        var third = CompletableFuture.supplyAsync(() -> Api.produce(topic, large));
        Await.until(() -> engine.heldAnswers() == 3);

        var refused = Api.produce(topic, large);
        engine.answerHeld();

        assertEquals(
                "429 overloaded 1",
                refused.status() + " " + refused.problem() + " " + refused.header("Retry-After"));
        assertEquals(
                "200 200 200",
                first.join().status() + " " + second.join().status() + " " + third.join().status());
        Await.until(() -> budgets.produceBytes().bytesHeld() == 0);
        assertEquals(200, Api.produce(topic, large).status());
    }

    @Test
    void copiesForTheTopicsOfAnExchangeCountAsBodiesDo() {
        String exchange = "/v1/exchanges/limits";
        Api.call("PUT", exchange, "{\"type\":\"fanout\"}");
        for (int i = 0; i < 4; i++) {
            String binding = "{\"bindings\":[{\"topic\":\"%s\"}]}".formatted(Api.newTopic(1));
            assertEquals(200, Api.call("PUT", exchange + "/bindings", binding).status());
        }
        String record = "{\"records\":[{\"value\":\"%s\"}]}";

        var refused =
                Api.call("POST", exchange + "/records", record.formatted("x".repeat(700_000)));
        var small = Api.call("POST", exchange + "/records", record.formatted("x".repeat(500_000)));

        assertEquals("429 overloaded", refused.status() + " " + refused.problem());
        assertEquals(200, small.status());
    }
}
