package sluice.gateway.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.SluiceException;
import sluice.log.batch.Partitioner;

/** Where published records go, and what their publisher is told. */
@QuarkusTest
final class PublishTest {

    private static final String ONE = "{\"routingKey\":\"eu.order\",\"value\":\"a\"}";

    @Inject MemoryEngine engine;

    /** In the order of their names, as answers have them. */
    private final List<String> topics =
            List.of(Api.newTopic(1), Api.newTopic(1)).stream().sorted().toList();

    private final String first = topics.get(0);
    private final String second = topics.get(1);

    private ExchangeApi fanout() {
        return ExchangeApi.of("fanout")
                .bindAs("{\"topic\":\"%s\"}".formatted(first))
                .bindAs("{\"topic\":\"%s\"}".formatted(second));
    }

    private static String said(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    @Nested
    class Routes {

        @Test
        void everyTopicThatMatchesGetsTheRecordAndIsTold() {
            var answer = fanout().publish(ONE);

            assertEquals(
                    ("{\"records\":[{\"topics\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":0},"
                                    + "{\"topic\":\"%s\",\"partition\":0,\"offset\":0}]}]}")
                            .formatted(first, second),
                    answer.json().toString());
            assertEquals(1, engine.highWatermark(first, 0));
            assertEquals(1, engine.highWatermark(second, 0));
        }

        @Test
        void aRecordComesAsItWasSentAndSaysWhichWay() {
            var exchange = ExchangeApi.of("topic").bind(first, "eu.*");

            exchange.publish(
                    """
                    {"routingKey":"eu.order","key":"ann","value":"a","timestamp":7,
                     "headers":{"h":"1"}}\
                    """);

            assertEquals(
                    ("{\"offset\":0,\"timestamp\":7,\"key\":\"ann\",\"value\":\"a\",\"headers\":"
                                    + "{\"h\":\"1\",\"sluice-exchange\":\"%s\","
                                    + "\"sluice-routing-key\":\"eu.order\"}}")
                            .formatted(exchange.name),
                    Api.fetch(first, 0, "").json().at("/records/0").toString());
        }

        @Test
        void eachRecordGoesItsOwnWay() {
            var exchange = ExchangeApi.of("direct").bind(first, "a").bind(second, "b");

            var answer =
                    exchange.publish(
                            """
                            {"routingKey":"b","value":"1"},{"routingKey":"a","value":"2"},
                            {"routingKey":"b","value":"3"}\
                            """);

            assertEquals(List.of(second), ExchangeApi.topics(answer, 0));
            assertEquals(List.of(first), ExchangeApi.topics(answer, 1));
            assertEquals(1, answer.json().at("/records/2/topics/0/offset").asInt());
        }

        @Test
        void patternsAreMatchedWordByWord() {
            var exchange = ExchangeApi.of("topic").bind(first, "eu.#").bind(second, "*.order");

            assertEquals(topics, ExchangeApi.topics(exchange.publish(ONE), 0));
            assertEquals(
                    List.of(first),
                    ExchangeApi.topics(
                            exchange.publish("{\"routingKey\":\"eu\",\"value\":\"a\"}"), 0));
        }

        @Test
        void headersAreMatchedByNameAndValue() {
            var exchange =
                    ExchangeApi.of("headers")
                            .bindAs(
                                    "{\"topic\":\"%s\",\"headers\":{\"format\":\"pdf\",\"signed\":null}}"
                                            .formatted(first))
                            .bindAs(
                                    "{\"topic\":\"%s\",\"match\":\"any\",\"headers\":{\"format\":\"pdf\",\"x\":\"y\"}}"
                                            .formatted(second));

            var answer =
                    exchange.publish(
                            """
                            {"value":"1","headers":{"format":"pdf","signed":"no"}},
                            {"value":"2","headers":{"format":"pdf"}},
                            {"value":"3","headers":{"format":"doc"}}\
                            """);

            assertEquals(topics, ExchangeApi.topics(answer, 0));
            assertEquals(List.of(second), ExchangeApi.topics(answer, 1));
            assertEquals(List.of(), ExchangeApi.topics(answer, 2));
        }

        @Test
        void aRecordWithoutRoutingKeyHasTheEmptyOne() {
            var exchange = ExchangeApi.of("direct").bind(first, "");

            var answer = exchange.publish("{\"value\":\"a\"}");

            assertEquals(List.of(first), ExchangeApi.topics(answer, 0));
        }

        @Test
        void aLargeRequestIsRoutedAsASmallOne() {
            var exchange = fanout();
            String record = "{\"routingKey\":\"k\",\"value\":\"" + "x".repeat(200) + "\"}";

            var answer = exchange.publish((record + ",").repeat(1_999) + record);

            assertEquals(1_999, answer.json().at("/records/1999/topics/1/offset").asInt());
            assertEquals(2_000, engine.highWatermark(second, 0));
        }

        @Test
        void withoutAcksNoOffsetIsTold() {
            var exchange = ExchangeApi.of("direct").bind(first, "a");

            var answer =
                    exchange.publish(
                            "?acks=0",
                            "{\"routingKey\":\"a\",\"value\":\"1\"},{\"routingKey\":\"b\",\"value\":\"2\"}");

            assertEquals(
                    "202 {\"accepted\":1,\"unroutable\":1}", answer.status() + " " + answer.json());
        }
    }

    @Nested
    class WhatNothingMatches {

        @Test
        void isToldOfEachRecord() {
            var exchange = ExchangeApi.of("direct").bind(first, "a");

            assertEquals(
                    "200 {\"records\":[{\"topics\":[],\"unroutable\":true}]}",
                    exchange.publish(ONE).status() + " " + exchange.publish(ONE).json());
            var mixed = exchange.publish("{\"routingKey\":\"a\",\"value\":\"1\"}," + ONE);
            assertFalse(mixed.json().at("/records/0").has("unroutable"));
            assertTrue(mixed.json().at("/records/1/unroutable").asBoolean());
        }

        @Test
        void isAnErrorWhereItIsMandatoryAndNothingIsAppended() {
            var exchange = ExchangeApi.of("direct").bind(first, "a");

            var answer =
                    exchange.publish(
                            "?mandatory=true", "{\"routingKey\":\"a\",\"value\":\"1\"}," + ONE);

            assertEquals("422 unroutable", said(answer));
            assertEquals(1, answer.json().get("record").asInt());
            assertEquals(0, engine.highWatermark(first, 0));
        }

        @Test
        void goesToTheAlternateAndToItsAlternate() {
            var last = ExchangeApi.of("fanout").bindAs("{\"topic\":\"%s\"}".formatted(second));
            var middle = new ExchangeApi();
            middle.put("{\"type\":\"direct\",\"alternate\":\"%s\"}".formatted(last.name));
            var exchange = new ExchangeApi();
            exchange.put("{\"type\":\"direct\",\"alternate\":\"%s\"}".formatted(middle.name));
            exchange.bind(first, "a");
            middle.bind(first, "b");

            var answer =
                    exchange.publish(
                            "?mandatory=true",
                            "{\"routingKey\":\"a\",\"value\":\"1\"},"
                                    + "{\"routingKey\":\"b\",\"value\":\"2\"},"
                                    + "{\"routingKey\":\"c\",\"value\":\"3\"}");

            assertFalse(answer.json().at("/records/0").has("exchange"));
            assertEquals(middle.name, answer.json().at("/records/1/exchange").asText());
            assertEquals(List.of(first), ExchangeApi.topics(answer, 1));
            assertEquals(last.name, answer.json().at("/records/2/exchange").asText());
            assertEquals(List.of(second), ExchangeApi.topics(answer, 2));
        }

        @Test
        void passesEachExchangeOfACircleOnce() {
            var exchange = ExchangeApi.of("direct").bind(first, "a");
            var other = new ExchangeApi();
            other.put("{\"type\":\"direct\",\"alternate\":\"%s\"}".formatted(exchange.name));
            other.bind(second, "b");
            engine.setAlternate(exchange.name, other.name);

            var answer = exchange.publish("{\"routingKey\":\"b\",\"value\":\"1\"}," + ONE);

            assertEquals(List.of(second), ExchangeApi.topics(answer, 0));
            assertTrue(answer.json().at("/records/1/unroutable").asBoolean());
        }

        @Test
        void endsWhereTheAlternateIsGone() {
            var rest = ExchangeApi.of("fanout").bindAs("{\"topic\":\"%s\"}".formatted(first));
            var exchange = new ExchangeApi();
            exchange.put("{\"type\":\"direct\",\"alternate\":\"%s\"}".formatted(rest.name));
            Api.call("DELETE", rest.path + "?force=true", "");

            assertTrue(exchange.publish(ONE).json().at("/records/0/unroutable").asBoolean());
        }

        @Test
        void includesWhatWasBoundToATopicThatIsGone() {
            var exchange = fanout();
            Api.call("DELETE", "/v1/topics/" + first, "");
            Api.call("PUT", "/v1/topics/" + first, "{\"partitions\":1}");

            assertEquals(List.of(second), ExchangeApi.topics(exchange.publish(ONE), 0));
            Api.call("DELETE", "/v1/topics/" + second, "");
            assertEquals("422 unroutable", said(exchange.publish("?mandatory=true", ONE)));
        }
    }

    @Test
    void aTopicThatWasMadeAnewUnderItsNameIsNotBound() {
        var exchange = fanout();
        engine.replaceTopic(first);

        assertEquals(List.of(second), ExchangeApi.topics(exchange.publish(ONE), 0));
    }

    @Nested
    class AllOrAnError {

        private SluiceException failure(SluiceException.Kind kind) {
            return new SluiceException(kind, "it-failed", "as the test wants it");
        }

        @Test
        void whatIsMissingInOneTopicIsSentAgain() {
            engine.failAppend(0, failure(SluiceException.Kind.UNAVAILABLE));

            var answer = fanout().publish(ONE);

            assertEquals(200, answer.status());
            assertEquals(topics, ExchangeApi.topics(answer, 0));
            assertEquals(1, engine.highWatermark(first, 0));
            assertEquals(1, engine.highWatermark(second, 0));
        }

        @Test
        void whatDoesNotGetThroughInTimeIsToldAndMayBeRepeated() {
            var exchange = ExchangeApi.of("topic").bind(first, "#").bind(Api.newTopic(2), "#");
            for (int i = 0; i < 100; i++) {
                engine.failAppend(1, failure(SluiceException.Kind.UNAVAILABLE));
            }
            String toTheSecond = "{\"key\":\"%s\",\"value\":\"a\"}".formatted(keyOfSecond());

            var answer = exchange.publish(toTheSecond);
            engine.failNoAppend();

            assertEquals("504 partly-published", said(answer));
            String key = answer.json().get("idempotencyKey").asText();
            assertEquals(200, exchange.publishWithKey(key, toTheSecond).status());
            assertEquals(1, engine.highWatermark(first, 0));
        }

        /** Of two partitions the second is its own. */
        private static String keyOfSecond() {
            return IntStream.range(0, 100)
                    .mapToObj(String::valueOf)
                    .filter(key -> Partitioner.forKey(key.getBytes(), 2) == 1)
                    .findFirst()
                    .orElseThrow();
        }

        @Test
        void whatMayBeThereIsSentAgainAndIsThereOnce() {
            engine.loseAnswer(0, failure(SluiceException.Kind.UNKNOWN_OUTCOME));
            engine.loseAnswer(0, failure(SluiceException.Kind.UNKNOWN_OUTCOME));

            var answer = fanout().publish(ONE);

            assertEquals(200, answer.status());
            assertFalse(answer.json().toString().contains("duplicate"), "no news to the caller");
            assertEquals(1, engine.highWatermark(first, 0));
            assertEquals(1, engine.highWatermark(second, 0));
        }

        @Test
        void ifNothingIsThereTheCallerIsToldAtOnce() {
            engine.failAppend(0, failure(SluiceException.Kind.OVERLOADED));
            engine.failAppend(0, failure(SluiceException.Kind.OVERLOADED));

            var answer = fanout().publish(ONE);

            assertEquals("429 it-failed", said(answer));
            assertFalse(answer.json().has("idempotencyKey"));
            assertEquals(0, engine.highWatermark(second, 0));
        }

        @Test
        void whatIsThereInPartIsAnErrorThatSaysHowToGoOn() {
            engine.failAppend(0, failure(SluiceException.Kind.CONFLICT));
            var exchange = fanout();

            var answer = exchange.publish(ONE);

            assertEquals("409 partly-published", said(answer));
            assertEquals(
                    ("[{\"topics\":[{\"topic\":\"%s\",\"partition\":0,\"error\":\"it-failed\"},"
                                    + "{\"topic\":\"%s\",\"partition\":0,\"offset\":0}]}]")
                            .formatted(first, second),
                    answer.json().get("records").toString());
            assertEquals(first, answer.json().at("/failures/0/topic").asText());

            var again = exchange.publishWithKey(answer.json().get("idempotencyKey").asText(), ONE);
            assertEquals(topics, ExchangeApi.topics(again, 0));
            assertTrue(again.json().at("/records/0/topics/1/duplicate").asBoolean());
            assertEquals(1, engine.highWatermark(first, 0));
            assertEquals(1, engine.highWatermark(second, 0));
        }

        @Test
        void oneRecordForOneTopicFailsAsItDoesThere() {
            var exchange = ExchangeApi.of("direct").bind(first, "eu.order");
            engine.failAppend(0, failure(SluiceException.Kind.UNKNOWN_OUTCOME));

            var answer = exchange.publish(ONE);

            assertEquals("504 it-failed", said(answer));
            assertFalse(answer.json().has("idempotencyKey"), "none was made");
        }

        @Test
        void aRepeatedRequestIsAppendedOnceInEachTopic() {
            var exchange = fanout();
            exchange.publishWithKey("key-1", ONE);

            var again = exchange.publishWithKey("key-1", ONE);

            assertEquals(200, again.status());
            assertTrue(again.json().at("/records/0/topics/0/duplicate").asBoolean());
            assertEquals(1, engine.highWatermark(first, 0));
            assertEquals(1, engine.highWatermark(second, 0));
        }

        @Test
        void aTopicBoundBetweenTheAttemptsGetsTheRecordToo() {
            var exchange = ExchangeApi.of("topic").bind(first, "#");
            exchange.publishWithKey("key-1", ONE);
            exchange.bind(second, "#");

            exchange.publishWithKey("key-1", ONE);

            assertEquals(1, engine.highWatermark(first, 0));
            assertEquals(1, engine.highWatermark(second, 0));
        }

        @Test
        void theSameKeyWithAnotherBodyIsRefused() {
            var exchange = fanout();
            exchange.publishWithKey("key-1", ONE);

            var other = exchange.publishWithKey("key-1", ONE.replace("\"a\"", "\"b\""));

            assertEquals("422 idempotency-key-reused", said(other));
        }
    }
}
