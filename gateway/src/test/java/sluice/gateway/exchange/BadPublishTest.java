package sluice.gateway.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.net.http.HttpRequest;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;

@QuarkusTest
final class BadPublishTest {

    @Inject MemoryEngine engine;

    private final String topic = Api.newTopic(1);
    private final ExchangeApi exchange = ExchangeApi.of("topic").bind(topic, "#");

    private static String said(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    400 malformed-request   | {"value":"a","partition":0}
                    400 malformed-request   | {"value":"a","routingKey":7}
                    400 malformed-request   | {"value":"a","routingKey":"a","routingKey":"b"}
                    400 malformed-request   | {"value":"a","routingkey":"a"}
                    400 malformed-request   | {"value":"a","routingKey":"\\ud800"}
                    400 malformed-request   | {"routingKey":"a"}
                    400 malformed-json      | ''
                    400 malformed-json      | {"value":"a"
                    """)
    void isRefusedAndNothingOfItIsAppended(String expected, String record) {
        assertEquals(expected, said(exchange.publish("{\"value\":\"good\"}," + record)));
        assertEquals(0, engine.highWatermark(topic, 0));
    }

    @Test
    void aRoutingKeyHasAtMost255Bytes() {
        String record = "{\"value\":\"a\",\"routingKey\":\"%s\"}";

        assertEquals(200, exchange.publish(record.formatted("ä".repeat(127))).status());
        assertEquals(
                "400 malformed-request", said(exchange.publish(record.formatted("ä".repeat(128)))));
    }

    @Test
    void aTopicsOwnRecordsHaveNoRoutingKey() {
        var answer = Api.produce(topic, "{\"records\":[{\"value\":\"a\",\"routingKey\":\"b\"}]}");

        assertEquals("400 malformed-request", said(answer));
    }

    @Test
    void aRecordTooLargeForOneTopicGoesToNone() {
        String other = Api.newTopic(1);
        exchange.bind(other, "#");
        Api.call("PATCH", "/v1/topics/" + topic, "{\"recordBytesMax\":200}");
        String large = "{\"value\":\"%s\"}".formatted("x".repeat(200));

        var answer = exchange.publish("{\"value\":\"small\"}," + large);

        assertEquals("413 record-too-large", said(answer));
        assertEquals(1, answer.json().get("record").asInt());
        assertEquals(0, engine.highWatermark(other, 0));
    }

    @Test
    void copiesForAllTopicsHaveABound() {
        String more =
                IntStream.range(0, 70)
                        .mapToObj(_ -> "{\"topic\":\"%s\"}".formatted(Api.newTopic(1)))
                        .collect(Collectors.joining(","));
        var fanout = ExchangeApi.of("fanout").bindAs(more);
        String large = "{\"value\":\"%s\"}".formatted("x".repeat(1_000_000));

        assertEquals("413 fan-out-too-large", said(fanout.publish(large)));
        assertEquals(200, fanout.publish("{\"value\":\"small\"}").status());
    }

    @ParameterizedTest
    @CsvSource({"?acks=2,           unsupported-acks", "?mandatory=yes,    bad-parameter"})
    void parametersThatAreNoneAreRefused(String query, String expected) {
        assertEquals("400 " + expected, said(exchange.publish(query, "{\"value\":\"a\"}")));
    }

    /** Of 120 words, each of them a way of its own through a key. */
    private static String anywhere(Random random) {
        return IntStream.range(0, 60)
                .mapToObj(_ -> random.nextBoolean() ? "#.a." : "#.*.")
                .collect(Collectors.joining());
    }

    @Test
    void patternsMadeToBeSlowAreStillMatched() {
        var random = new Random(4711);
        String bindings =
                IntStream.range(0, 100)
                        .mapToObj(i ->
                                "{\"topic\":\"%s\",\"routingKey\":\"%s%d\"}"
                                        .formatted(topic, anywhere(random), i))
                        .collect(Collectors.joining(","));
        var slow = ExchangeApi.of("topic").bindAs(bindings);
        String record = "{\"routingKey\":\"%s%s\",\"value\":\"a\"}";

        var answer =
                slow.publish(
                        record.formatted("a.".repeat(124), "7")
                                + ','
                                + record.formatted("a.".repeat(124), "b"));

        assertEquals(List.of(topic), ExchangeApi.topics(answer, 0));
        assertEquals(List.of(), ExchangeApi.topics(answer, 1));
    }

    @Test
    void aKeyWithSpaceIsRefused() {
        var answer = exchange.publishWithKey("two words", "{\"value\":\"a\"}");

        assertEquals("400 bad-idempotency-key", said(answer));
        assertEquals(0, engine.highWatermark(topic, 0));
    }

    @Test
    void batchesAreNotTaken() {
        var answer =
                Api.send(
                        Api.to(exchange.path + "/records")
                                .header("Content-Type", "application/vnd.sluice.record-batches")
                                .POST(HttpRequest.BodyPublishers.ofString("x")));

        assertEquals("415 unsupported-media-type", said(answer));
    }
}
