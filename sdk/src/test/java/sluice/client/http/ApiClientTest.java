package sluice.client.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.UnknownOutcomeException;

class ApiClientTest {

    private final VirtualTime time = new VirtualTime();
    private final ApiClient api =
            new ApiClient(
                    time,
                    new Gateways(Gateways.parse("one:1,two:2"), 0),
                    time,
                    time,
                    new Random(3),
                    new Backoff(Duration.ofMillis(100), Duration.ofSeconds(5)),
                    Duration.ofSeconds(30));

    @Test
    void answerIsHandedOn() {
        answers(200);

        assertEquals(200, send(Call.get("/v1/topics")).join().status());
        assertEquals(List.of("one@0"), time.calls);
        assertEquals(Duration.ofSeconds(30), time.timeouts.getFirst());
    }

    @Test
    void gatewayThatIsGoneIsLeftAtOnceAndForGood() {
        time.answers.add(() -> CompletableFuture.failedFuture(notSent()));
        answers(200);
        send(Call.post("/v1/x", new byte[0])).join();
        send(Call.get("/v1/x")).join();

        assertEquals(List.of("one@0", "two@0", "two@0"), time.calls);
    }

    @Test
    void afterARoundOfAllThePausesGrow() {
        time.answers.add(() -> CompletableFuture.failedFuture(notSent()));
        var end = send(Call.get("/v1/x"));

        assertInstanceOf(RetriableException.class, end.exceptionNow());
        assertTrue(time.calls.size() > 10, "calls=" + time.calls);
        assertEquals("two@0", time.calls.get(1));
        assertTrue(at(2) >= 50 && at(2) <= 100, "calls=" + time.calls);
        assertTrue(at(time.calls.size() - 1) > 50_000, "calls=" + time.calls);
    }

    @Test
    void overloadIsGivenTheTimeThatItAsksFor() {
        time.answers.add(() -> answer(429, "overloaded", Map.of("retry-after", "7")));
        answers(200);
        send(Call.post("/v1/x", new byte[0])).join();

        assertEquals(2, time.calls.size());
        assertTrue(at(1) >= 7_000 && at(1) < 8_000, "calls=" + time.calls);
    }

    @Test
    void refusalForGoodIsNotRepeated() {
        answers(409);
        var refused =
                assertInstanceOf(SluiceApiException.class, send(Call.get("/v1/x")).exceptionNow());

        assertEquals("code-409", refused.code());
        assertEquals(409, refused.status());
        assertEquals(7L, refused.problem().number("extra").orElseThrow());
        assertEquals(1, time.calls.size());
    }

    @Test
    void callThatMayBeDoneIsRepeatedOnlyIfThatIsSafe() {
        time.answers.add(() -> CompletableFuture.failedFuture(new IOException("reset")));
        answers(200);
        assertEquals(200, send(Call.put("/v1/x", new byte[0])).join().status());

        time.answers.clear();
        time.answers.add(() -> CompletableFuture.failedFuture(new IOException("reset")));
        assertInstanceOf(
                UnknownOutcomeException.class,
                send(Call.post("/v1/x", new byte[0])).exceptionNow());
    }

    @Test
    void whatMayBeDoneOnceIsToldAsSuchInTheEnd() {
        time.answers.add(() -> answer(504, "unknown", Map.of()));
        time.answers.add(() -> CompletableFuture.failedFuture(notSent()));

        assertInstanceOf(
                UnknownOutcomeException.class, send(Call.put("/v1/x", new byte[0])).exceptionNow());
    }

    @Test
    void answerThatIsNoProblemDocumentIsStillAnError() {
        time.answers.add(() ->
                CompletableFuture.completedFuture(
                        new Answer(403, Map.of(), "<html>".getBytes(StandardCharsets.UTF_8))));
        var refused =
                assertInstanceOf(SluiceApiException.class, send(Call.get("/v1/x")).exceptionNow());

        assertEquals(403, refused.status());
        assertEquals("", refused.code());
    }

    @Test
    void cancelledCallIsNotSentAgain() {
        time.answers.add(() -> CompletableFuture.failedFuture(notSent()));
        var end = api.send(Call.get("/v1/x"), Duration.ofSeconds(60));
        int before = time.calls.size();
        end.cancel(false);
        time.run();

        assertEquals(before, time.calls.size());
    }

    @Test
    void addressesAreChecked() {
        assertEquals(2, Gateways.parse(" http://a:1/ , b:2,a:1").size());
        for (String bad : List.of("", " ,", "ftp://a", "http://", "a b", "http://a:1/?q")) {
            assertThrows(IllegalArgumentException.class, () -> Gateways.parse(bad), bad);
        }
    }

    private CompletableFuture<Answer> send(Call call) {
        var end = api.send(call, Duration.ofSeconds(60));
        time.run();
        return end;
    }

    private void answers(int status) {
        time.answers.add(() -> answer(status, "code-" + status, Map.of()));
    }

    private long at(int call) {
        return Long.parseLong(time.calls.get(call).replaceAll(".*@", ""));
    }

    private static IOException notSent() {
        return new NotSentException("refused", new IOException());
    }

    private static CompletableFuture<Answer> answer(
            int status, String code, Map<String, String> headers) {
        String body =
                "{\"type\":\"https://sluice.dev/problems/%s\",\"code\":\"%s\",\"status\":%d,\"title\":\"t\",\"detail\":\"d\",\"action\":\"a\",\"extra\":7}"
                        .formatted(code, code, status);
        return CompletableFuture.completedFuture(
                new Answer(status, headers, body.getBytes(StandardCharsets.UTF_8)));
    }
}
