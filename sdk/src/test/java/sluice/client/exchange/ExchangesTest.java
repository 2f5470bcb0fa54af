package sluice.client.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sluice.client.error.SluiceApiException;
import sluice.client.error.UnknownOutcomeException;
import sluice.client.http.Answer;
import sluice.client.http.ApiClient;
import sluice.client.http.Backoff;
import sluice.client.http.Call;
import sluice.client.http.Gateways;
import sluice.client.http.HttpSender;
import sluice.client.record.RecordHeader;
import sluice.client.time.Clock;
import sluice.client.time.Timer;

/** What is asked of gateways, and what is made of their answers. */
class ExchangesTest {

    private static final String PLACED =
            "{\"records\":[{\"topics\":[{\"topic\":\"orders\",\"partition\":3,\"offset\":17},"
                    + "{\"topic\":\"audit\",\"partition\":0,\"offset\":4}]}]}";

    private final World world = new World();
    private final Exchanges exchanges =
            new Exchanges(
                    new ApiClient(
                            world,
                            new Gateways(Gateways.parse("one:1,two:2"), 0),
                            world,
                            world,
                            new Random(3),
                            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)),
                            Duration.ofSeconds(30)),
                    Duration.ofSeconds(60));

    /** Gateways that answer from a list; time jumps to whatever waits for it. */
    private static final class World implements HttpSender, Clock, Timer {
        private final List<Call> calls = new ArrayList<>();
        private final ArrayDeque<CompletableFuture<Answer>> answers = new ArrayDeque<>();
        private long nowNs = 1;

        @Override
        public CompletableFuture<Answer> send(URI gateway, Call call, Duration timeout) {
            if (call.path().equals("/v1/producers")) {
                return answer(200, "{\"producerId\":1000,\"epoch\":0}");
            }
            calls.add(call);
            return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
        }

        @Override
        public long nowNs() {
            return nowNs;
        }

        @Override
        public long wallMs() {
            return nowNs / 1_000_000;
        }

        @Override
        public Cancellable after(Duration delay, Runnable task) {
            nowNs += delay.toNanos();
            task.run();
            return () -> {};
        }

        String body(int call) {
            var bytes = new ByteArrayOutputStream();
            for (ByteBuffer piece : calls.get(call).body()) {
                bytes.writeBytes(piece.array());
            }
            return bytes.toString(StandardCharsets.UTF_8);
        }
    }

    private static CompletableFuture<Answer> answer(int status, String body) {
        return CompletableFuture.completedFuture(
                new Answer(status, Map.of(), body.getBytes(StandardCharsets.UTF_8)));
    }

    private static CompletableFuture<Answer> problem(int status, String code) {
        return answer(status, "{\"code\":\"%s\",\"status\":%d}".formatted(code, status));
    }

    private void answers(CompletableFuture<Answer> answer) {
        world.answers.add(answer);
    }

    @Test
    void whatQueuesAreToldIsInHeaders() {
        var record =
                RoutedRecord.of("k", "v")
                        .header("h", "1")
                        .priority(3)
                        .priority(9)
                        .deliverAt(Instant.ofEpochMilli(5))
                        .expiresAt(Instant.ofEpochMilli(7));

        assertEquals(
                List.of(
                        RecordHeader.of("h", "1"),
                        RecordHeader.of("sluice-priority", "9"),
                        RecordHeader.of("sluice-deliver-at", "5"),
                        RecordHeader.of("sluice-expires-at", "7")),
                record.headers());
        assertEquals("k", record.routingKey());
    }

    @Test
    void recordIsSentAsBytesAndItsPlacesAreTold() {
        answers(answer(200, PLACED));

        Published published =
                exchanges
                        .publish(
                                "events",
                                RoutedRecord.of("eu.order", "ann", "v")
                                        .at(7)
                                        .header("h", "1")
                                        .header("h", "2"))
                        .join();

        assertEquals("POST /v1/exchanges/events/records", world.calls.get(0).toString());
        assertEquals(
                "{\"records\":[{\"routingKey\":\"eu.order\",\"keyBase64\":\"YW5u\","
                        + "\"valueBase64\":\"dg==\",\"timestamp\":7,"
                        + "\"headersBase64\":{\"h\":[\"MQ==\",\"Mg==\"]}}]}",
                world.body(0));
        assertEquals(
                List.of(new Published.Place("orders", 3, 17), new Published.Place("audit", 0, 4)),
                published.places());
        assertFalse(published.isUnroutable());
    }

    @Test
    void recordOfNothingButAValueOfNullIsOne() {
        answers(answer(200, PLACED));
        exchanges.publish("events", RoutedRecord.of("", (byte[]) null, null)).join();

        assertEquals("{\"records\":[{\"valueBase64\":null}]}", world.body(0));
    }

    @Test
    void publishingGoesOnUnderOneKeyUntilItIsAnswered() {
        answers(CompletableFuture.failedFuture(new java.io.IOException("reset")));
        answers(problem(504, "partly-published"));
        answers(problem(503, "no-owner"));
        answers(answer(200, PLACED));
        exchanges.publish("events", RoutedRecord.of("k", "v")).join();
        exchanges.publish("events", RoutedRecord.of("k", "v")).join();

        List<String> keys = world.calls.stream().map(Call::idempotencyKey).toList();
        assertEquals(5, keys.size());
        assertEquals(1, keys.subList(0, 4).stream().distinct().count(), keys::toString);
        assertFalse(keys.get(4).equals(keys.get(0)), "another request has another key");
        assertTrue(keys.get(0).startsWith("sdk-1000-"), keys::toString);
    }

    @Test
    void whatMayBeThereInPartIsNotSaidToBeUndone() {
        answers(problem(504, "partly-published"));

        var end = exchanges.publish("events", RoutedRecord.of("k", "v"));

        assertInstanceOf(UnknownOutcomeException.class, failure(end));
    }

    @Test
    void refusalIsHandedOn() {
        answers(problem(422, "unroutable"));

        var end = exchanges.publish("events", List.of(RoutedRecord.of("k", "v")), true);

        var refused = assertInstanceOf(SluiceApiException.class, failure(end));
        assertEquals("unroutable", refused.code());
        assertEquals("/v1/exchanges/events/records?mandatory=true", world.calls.get(0).path());
    }

    @Test
    void whatNoBindingMatchesIsToldOfEachRecord() {
        answers(
                answer(
                        200,
                        "{\"records\":[{\"topics\":[],\"unroutable\":true},{\"exchange\":\"rest\","
                                + "\"topics\":[{\"topic\":\"t\",\"partition\":0,\"offset\":1}]}]}"));

        List<Published> published =
                exchanges
                        .publish(
                                "events",
                                List.of(RoutedRecord.of("a", "1"), RoutedRecord.of("b", "2")))
                        .join();

        assertTrue(published.get(0).isUnroutable());
        assertEquals(Optional.of("rest"), published.get(1).alternate());
    }

    @Test
    void answerForOtherRecordsIsNotTaken() {
        answers(answer(200, PLACED));

        var end =
                exchanges.publish(
                        "events", List.of(RoutedRecord.of("a", "1"), RoutedRecord.of("b", "2")));

        assertInstanceOf(UnknownOutcomeException.class, failure(end));
    }

    @Test
    void bindingsAreAddedAndTakenAwayAsTheyAre() {
        Map<String, @Nullable String> headers = new LinkedHashMap<>();
        headers.put("format", "pdf");
        headers.put("signed", null);
        answers(answer(200, "{}"));
        exchanges.bind("x", Binding.to("a"), Binding.to("b", "k.*"), Binding.withAny("c", headers));
        exchanges.unbind("x", Binding.withAll("c", headers));

        assertEquals("PUT /v1/exchanges/x/bindings", world.calls.get(0).toString());
        assertEquals(
                "{\"bindings\":[{\"topic\":\"a\"},{\"topic\":\"b\",\"routingKey\":\"k.*\"},"
                        + "{\"topic\":\"c\",\"match\":\"any\","
                        + "\"headers\":{\"format\":\"pdf\",\"signed\":null}}]}",
                world.body(0));
        assertEquals("DELETE /v1/exchanges/x/bindings", world.calls.get(1).toString());
        assertEquals(
                "{\"bindings\":[{\"topic\":\"c\",\"match\":\"all\","
                        + "\"headers\":{\"format\":\"pdf\",\"signed\":null}}]}",
                world.body(1));
    }

    @Test
    void bindingsAreReadBack() {
        answers(
                answer(
                        200,
                        "{\"bindings\":[{\"topic\":\"a\",\"routingKey\":\"k\"},{\"topic\":\"b\","
                                + "\"match\":\"any\",\"headers\":{\"h\":null,\"i\":\"1\"}}]}"));
        Map<String, @Nullable String> headers = new LinkedHashMap<>();
        headers.put("h", null);
        headers.put("i", "1");

        assertEquals(
                List.of(Binding.to("a", "k"), Binding.withAny("b", headers)),
                exchanges.bindings("x"));
    }

    @Test
    void exchangeThatIsGoneWasPerhapsDeletedByAnEarlierAttempt() {
        answers(problem(404, "unknown-exchange"));
        assertFalse(exchanges.delete("x", true));
        assertEquals("/v1/exchanges/x?force=true", world.calls.get(0).path());

        world.answers.clear();
        answers(problem(409, "exchange-in-use"));
        assertThrows(SluiceApiException.class, () -> exchanges.delete("x", false));
    }

    private static Throwable failure(CompletableFuture<?> end) {
        return Objects.requireNonNull(
                assertThrows(CompletionException.class, end::join).getCause());
    }
}
