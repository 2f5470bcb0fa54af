package sluice.metadata.dynamodb;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.dynamodb.ScriptedServer.Step;

/** F23, F24, F25, F26: what is made of a server that fails, on the wire. */
class DynamoDbFailuresTest {

    private static final Duration CALL_MAX = Duration.ofMillis(1_500);

    private final ScriptedServer server = new ScriptedServer();
    private final DynamoDbItemStore store = open(server.endpoint());

    private static DynamoDbItemStore open(URI endpoint) {
        return DynamoDbItemStore.open(
                new DynamoDbConfig(
                        Optional.of(endpoint),
                        "us-east-1",
                        "p-",
                        Optional.of(new DynamoDbConfig.Credentials("id", "secret"))),
                CALL_MAX);
    }

    @AfterEach
    void close() {
        store.close();
        server.close();
    }

    private Written create() {
        return store.put(Table.WALS, "key", 0, "a", "{}");
    }

    private static SluiceException failureOf(Runnable call) {
        return assertThrows(SluiceException.class, call::run);
    }

    @Nested
    class AWriteIsSentOnceAndUnknown {

        @ParameterizedTest
        @ValueSource(strings = {"InternalServerError", "ServiceUnavailable"})
        void whenTheServerFails(String code) {
            server.thenFail(code.startsWith("I") ? 500 : 503, code);

            assertEquals(Kind.UNKNOWN_OUTCOME, failureOf(() -> create()).kind());
            assertEquals(1, server.requests().size());
        }

        @Test
        void whenTheConnectionBreaks() {
            server.then(new Step.Hangup());

            assertEquals(Kind.UNKNOWN_OUTCOME, failureOf(() -> create()).kind());
            assertEquals(1, server.requests().size());
        }

        @Test
        void whenAConnectionBreaksThatServedBefore() {
            assertEquals(Optional.empty(), store.get(Table.WALS, "key"));
            server.then(new Step.Hangup());

            assertEquals(Kind.UNKNOWN_OUTCOME, failureOf(() -> create()).kind());
            assertEquals(2, server.requests().size());
        }

        @Test
        void whenNoAnswerComes() {
            server.then(new Step.Silence());

            assertEquals(Kind.UNKNOWN_OUTCOME, failureOf(() -> create()).kind());
            assertEquals(1, server.requests().size());
        }

        @Test
        void whateverTheWrite() {
            for (int i = 0; i < 3; i++) {
                server.thenFail(500, "InternalServerError");
            }

            assertEquals(Kind.UNKNOWN_OUTCOME, failureOf(() -> create()).kind());
            assertEquals(
                    Kind.UNKNOWN_OUTCOME,
                    failureOf(() -> store.put(Table.WALS, "key", 4, "a", "{}")).kind());
            assertEquals(
                    Kind.UNKNOWN_OUTCOME,
                    failureOf(() -> store.delete(Table.WALS, "key", 4)).kind());
            assertEquals(3, server.requests().size());
        }
    }

    @Nested
    class AWriteIsNotApplied {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "ProvisionedThroughputExceededException",
                    "ThrottlingException",
                    "RequestLimitExceeded"
                })
        void whenThrottled(String code) {
            server.thenFail(400, code);

            var failure = failureOf(() -> create());
            assertEquals(Kind.UNAVAILABLE, failure.kind());
            assertEquals("metadata-throttled", failure.code());
            assertEquals(1, server.requests().size());
        }

        @Test
        void whenNobodyListens() throws IOException {
            // A port that is only free may be another process's the next moment; this one is ours.
            try (var silent = new Socket()) {
                silent.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
                try (var nowhere = open(URI.create("http://127.0.0.1:" + silent.getLocalPort()))) {
                    assertEquals(
                            Kind.UNAVAILABLE,
                            failureOf(() -> nowhere.put(Table.WALS, "key", 0, "a", "{}")).kind());
                }
            }
        }

        @Test
        void whenTheNameHasNoAddress() {
            try (var nowhere = open(URI.create("http://nowhere.invalid:1"))) {
                assertEquals(
                        Kind.UNAVAILABLE,
                        failureOf(() -> nowhere.put(Table.WALS, "key", 0, "a", "{}")).kind());
            }
        }

        @ParameterizedTest
        @ValueSource(strings = {"AccessDeniedException", "UnrecognizedClientException"})
        void whenTheCallerHasNoRight(String code) {
            server.thenFail(400, code);

            var failure = failureOf(() -> create());
            assertEquals(Kind.UNAVAILABLE, failure.kind());
            assertEquals("metadata-refused", failure.code());
        }

        @Test
        void whenItsConditionDoesNotHold() {
            server.thenFail(400, "ConditionalCheckFailedException");

            assertEquals(new Written.Conflict(), create());
        }
    }

    @Nested
    class ARead {

        @Test
        void isUnavailableWhateverFails() {
            server.thenFail(500, "InternalServerError");
            server.then(new Step.Hangup());
            server.thenFail(400, "ThrottlingException");

            for (int i = 0; i < 3; i++) {
                assertEquals(
                        Kind.UNAVAILABLE, failureOf(() -> store.get(Table.WALS, "key")).kind());
            }
        }

        @Test
        void isStronglyConsistentWhateverTheCall() {
            store.get(Table.WALS, "key");
            store.scan(Table.WALS, "");
            store.scan(Table.WALS, "pre");
            store.scan(Table.TOPICS, "ns/");
            store.scanAfter(Table.TOPICS, "ns/", "ns/a", 5);
            store.scanAfter(Table.TOPICS, "", "ns/a", 5);

            assertEquals(6, server.requests().size());
            for (var request : server.requests()) {
                assertTrue(
                        request.body().contains("\"ConsistentRead\":true"),
                        request.headers().get("x-amz-target") + " " + request.body());
            }
        }

        @Test
        void goesOnWhereAnEmptyPageSaysSo() {
            server.thenAnswer(
                    200,
                    "{\"Items\":[],\"LastEvaluatedKey\":{\"p\":{\"S\":\"ns\"},\"k\":{\"S\":\"ns/a\"}}}");
            server.thenAnswer(200, "{\"Items\":[" + row("ns", "ns/b") + "]}");

            assertEquals(1, store.scan(Table.TOPICS, "ns/").size());
            assertEquals(2, server.requests().size());
        }

        @Test
        void isInTheOrderOfKeysWhateverTheServersOrder() {
            server.thenAnswer(200, "{\"Items\":[" + row("c", "c") + "," + row("a", "a/b") + "]}");

            assertEquals(
                    List.of("a/b", "c"),
                    store.scan(Table.TOPICS, "").stream().map(Item::key).toList());
        }

        private String row(String partition, String key) {
            return "{\"p\":{\"S\":\"%s\"},\"k\":{\"S\":\"%s\"},\"v\":{\"N\":\"1\"},\"a\":{\"S\":\"x\"},\"b\":{\"S\":\"1\"}}"
                    .formatted(partition, key);
        }

        @Test
        void ofARowThatIsNotOursIsRefused() {
            server.thenAnswer(200, "{\"Item\":{\"p\":{\"S\":\"key\"},\"k\":{\"S\":\"key\"}}}");

            assertEquals(Kind.DATA, failureOf(() -> store.get(Table.WALS, "key")).kind());
        }
    }

    /** F27: with retries off, one call is refused, and the next carries the server's time. */
    @Test
    void aClockThatIsOffCostsOneCall() {
        Instant serverNow = Instant.now().plus(Duration.ofHours(3));
        server.then(
                new Step.Answer(
                        400,
                        DateTimeFormatter.RFC_1123_DATE_TIME.format(
                                serverNow.atOffset(ZoneOffset.UTC)),
                        ScriptedServer.error("InvalidSignatureException")));
        assertEquals(Kind.UNAVAILABLE, failureOf(() -> create()).kind());

        create();

        String signedAt = server.requests().getLast().headers().get("x-amz-date");
        Instant signed =
                Instant.from(
                        DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssX")
                                .parse(String.valueOf(signedAt)));
        assertTrue(
                Duration.between(serverNow, signed).abs().compareTo(Duration.ofMinutes(1)) < 0,
                "serverNow=" + serverNow + " signed=" + signed);
    }

    @Test
    void tablesCarryThePrefix() {
        create();

        assertTrue(
                server.requests().getFirst().body().contains("\"TableName\":\"p-wals\""),
                server.requests().getFirst().body());
    }
}
