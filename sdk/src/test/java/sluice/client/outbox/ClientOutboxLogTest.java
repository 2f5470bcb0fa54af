package sluice.client.outbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.http.Answer;
import sluice.client.http.ApiClient;
import sluice.client.http.Backoff;
import sluice.client.http.Call;
import sluice.client.http.Gateways;
import sluice.client.time.Clock;
import sluice.client.time.Timer;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** What the outbox's relay asks of gateways, and how it takes their answers. */
class ClientOutboxLogTest {

    private static final OutboxRow ROW =
            new OutboxRow(
                    7,
                    "eu orders",
                    OptionalInt.empty(),
                    bytes("ann"),
                    bytes("two apples"),
                    OutboxHeaders.encode(List.of(Map.entry("trace", bytes("x1")))),
                    1_700_000_000_000L);
    private static final OutboxRow EMPTY =
            new OutboxRow(
                    8, "eu orders", OptionalInt.empty(), null, null, null, 1_700_000_000_001L);

    private static final FixedBatch BATCH =
            new FixedBatch("eu orders", 3, 4_711, (short) 2, 40, List.of(7L, 8L));

    private final Queue<CompletableFuture<Answer>> answers = new ArrayDeque<>();
    private final List<Call> calls = new ArrayList<>();
    private long nowNs = 1;

    private final Clock clock =
            new Clock() {
                @Override
                public long nowNs() {
                    return nowNs;
                }

                @Override
                public long wallMs() {
                    return nowNs / 1_000_000;
                }
            };

    /** A wait is over at once, and time has passed. */
    private final Timer timer =
            (delay, task) -> {
                nowNs += delay.toNanos();
                task.run();
                return () -> {};
            };

    private final ClientOutboxLog log =
            new ClientOutboxLog(
                    new ApiClient(
                            this::send,
                            new Gateways(Gateways.parse("one:1"), 0),
                            clock,
                            timer,
                            new Random(1),
                            new Backoff(Duration.ofMillis(100), Duration.ofSeconds(1)),
                            Duration.ofSeconds(5)),
                    clock,
                    Duration.ofSeconds(5));

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private CompletableFuture<Answer> send(URI gateway, Call call, Duration timeout) {
        calls.add(call);
        CompletableFuture<Answer> answer = answers.poll();
        return answer == null
                ? CompletableFuture.failedFuture(new IOException("no answer"))
                : answer;
    }

    private void answers(int status, String body) {
        answers.add(CompletableFuture.completedFuture(new Answer(status, Map.of(), bytes(body))));
    }

    private void problem(int status, String code) {
        answers(
                status,
                "{\"type\":\"t/%s\",\"code\":\"%s\",\"status\":%d,\"title\":\"t\",\"detail\":\"d\",\"action\":\"a\"}"
                        .formatted(code, code, status));
    }

    private Sent append() {
        return log.append(BATCH, List.of(ROW, EMPTY)).join();
    }

    @Test
    void aBatchGoesToItsPartitionUnderItsNumber() {
        answers(200, "{}");

        assertInstanceOf(Sent.Appended.class, append());

        Call call = calls.get(0);
        assertEquals(
                "POST /v1/topics/eu%20orders/records?acks=all&partition=3",
                call.method() + " " + call.path());
        assertEquals("application/vnd.sluice.record-batches", call.contentType());
        ByteBuffer batch = call.body().get(0);
        RecordBatch.check(batch, 0, batch.limit(), 1 << 20);
        assertEquals(4_711, RecordBatch.producerId(batch, 0));
        assertEquals(2, RecordBatch.producerEpoch(batch, 0));
        assertEquals(40, RecordBatch.baseSequence(batch, 0));
        var records = new ArrayList<String>();
        BatchReader.forEach(
                batch,
                0,
                record ->
                        records.add(
                                text(record.key())
                                        + " "
                                        + text(record.value())
                                        + " "
                                        + record.timestampMs()
                                        + " "
                                        + record.headers().size()));
        assertEquals(
                List.of("ann two apples 1700000000000 1", "null null 1700000000001 0"), records);
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? "null" : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "409, out-of-order-sequence, OutOfSequence",
        "409, producer-fenced, Fenced",
        "413, record-too-large, Refused",
        "413, body-too-large, Refused",
        "400, malformed-batch, Refused",
        "404, unknown-topic, Refused",
        "400, partition-out-of-range, Refused",
        "401, unauthorized, Again",
        "503, not-ready, Again",
        "504, unknown-outcome, Again",
        "429, overloaded, Again"
    })
    void aRefusalSaysWhatIsToBeDone(int status, String code, String expected) {
        for (int i = 0; i < 100; i++) {
            problem(status, code);
        }

        assertEquals(expected, append().getClass().getSimpleName());
    }

    @Test
    void whatIsNotAnsweredIsSentAgain() {
        assertInstanceOf(Sent.Again.class, append());
        assertTrue(calls.size() > 1, "the same batch may be sent any number of times");
    }

    @Test
    void anAnswerThatIsNoneIsSentAgainToo() {
        answers(200, "<html>");

        assertInstanceOf(Sent.Appended.class, append(), "the status says that it is there");
    }

    @Test
    void aProducerIdIsAskedFor() {
        answers(200, "{\"producerId\":99}");

        assertEquals(99, log.newProducerId());
        assertEquals("PUT /v1/producers", calls.get(0).method() + " " + calls.get(0).path());
    }

    @Test
    void theNumberOfPartitionsIsBelievedForAWhile() throws Exception {
        answers(200, "{\"partitionCount\":3}");
        answers(200, "{\"partitionCount\":6}");

        assertEquals(3, log.partitionCount("eu orders"));
        nowNs += Duration.ofSeconds(30).toNanos();
        assertEquals(3, log.partitionCount("eu orders"));
        nowNs += 1;
        assertEquals(6, log.partitionCount("eu orders"));
        assertEquals(2, calls.size());
        assertEquals("/v1/topics/eu%20orders", calls.get(0).path());
    }

    @ParameterizedTest
    @CsvSource({"404, unknown-topic", "400, bad-topic-name"})
    void aTopicThatIsNotThereIsToldAsSuch(int status, String code) {
        problem(status, code);

        assertThrows(OutboxLog.UnknownTopic.class, () -> log.partitionCount("nowhere"));
    }

    @Test
    void otherRefusalsAreNotTakenForThat() {
        problem(403, "forbidden");

        assertEquals(
                "forbidden",
                assertThrows(SluiceApiException.class, () -> log.partitionCount("orders")).code());
    }

    @Test
    void whoStopsWaitsForNothing() {
        answers.add(new CompletableFuture<>());
        CompletableFuture<Sent> underWay = log.append(BATCH, List.of(ROW, EMPTY));
        log.stop();

        assertInstanceOf(Sent.Again.class, underWay.join());
        answers.add(new CompletableFuture<>());
        assertThrows(RetriableException.class, log::newProducerId);
    }
}
