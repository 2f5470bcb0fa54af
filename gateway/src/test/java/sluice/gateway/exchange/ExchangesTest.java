package sluice.gateway.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;

@QuarkusTest
final class ExchangesTest {

    private final ExchangeApi exchange = new ExchangeApi();

    private static String said(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    @ParameterizedTest
    @ValueSource(strings = {"direct", "topic", "fanout", "headers"})
    void anExchangeIsMadeAndShown(String type) {
        assertEquals(201, exchange.put("{\"type\":\"%s\"}".formatted(type)).status());

        var shown = Api.get(exchange.path).json();
        assertTrue(shown.get("createdAt").asText().startsWith("20"), shown::toString);
        ((ObjectNode) shown).remove("createdAt");
        assertEquals(
                "{\"name\":\"%s\",\"type\":\"%s\",\"alternate\":null,\"bindingCount\":0}"
                        .formatted(exchange.name, type),
                shown.toString());
    }

    @Test
    void theSameAgainIsFineAndAnotherTypeIsNot() {
        exchange.put("{\"type\":\"topic\"}");

        assertEquals(200, exchange.put("{\"type\":\"topic\"}").status());
        assertEquals("409 exchange-exists", said(exchange.put("{\"type\":\"direct\"}")));
    }

    @Test
    void theAlternateIsWhatWasSaidLast() {
        var rest = ExchangeApi.of("fanout");
        exchange.put("{\"type\":\"topic\"}");

        var changed =
                exchange.put("{\"type\":\"topic\",\"alternate\":\"%s\"}".formatted(rest.name));

        assertEquals(rest.name, changed.json().get("alternate").asText());
        assertTrue(exchange.put("{\"type\":\"topic\"}").json().get("alternate").isNull());
    }

    @Test
    void anAlternateMustBeThereAndNotLeadBack() {
        var rest = ExchangeApi.of("fanout");
        exchange.put("{\"type\":\"topic\",\"alternate\":\"%s\"}".formatted(rest.name));

        assertEquals(
                "404 unknown-exchange",
                said(exchange.put("{\"type\":\"topic\",\"alternate\":\"nobody-made-me\"}")));
        assertEquals(
                "409 alternate-cycle",
                said(
                        exchange.put(
                                "{\"type\":\"topic\",\"alternate\":\"%s\"}"
                                        .formatted(exchange.name))));
        assertEquals(
                "409 alternate-cycle",
                said(
                        rest.put(
                                "{\"type\":\"fanout\",\"alternate\":\"%s\"}"
                                        .formatted(exchange.name))));
    }

    @Test
    void anAlternateIsDeletedByForceOnly() {
        var rest = ExchangeApi.of("fanout");
        exchange.put("{\"type\":\"topic\",\"alternate\":\"%s\"}".formatted(rest.name));

        assertEquals("409 exchange-in-use", said(Api.call("DELETE", rest.path, "")));
        assertEquals(204, Api.call("DELETE", rest.path + "?force=true", "").status());
        assertEquals("404 unknown-exchange", said(Api.get(rest.path)));
    }

    @ParameterizedTest
    @CsvSource({"GET,''", "DELETE,''", "GET,/bindings", "POST,/records"})
    void whatDoesNotExistIsToldAsSuch(String method, String under) {
        String body = method.equals("POST") ? "{\"records\":[{\"value\":\"a\"}]}" : "";

        assertEquals("404 unknown-exchange", said(Api.call(method, exchange.path + under, body)));
    }

    @Test
    void aListGoesOnFromNextAfter() {
        for (String last : List.of("a", "b", "c")) {
            Api.call("PUT", exchange.path + last, "{\"type\":\"fanout\"}");
        }
        var names = new ArrayList<String>();
        String after = exchange.name;
        for (int page = 0; page < 2; page++) {
            var answer = Api.get("/v1/exchanges?max=2&after=" + after).json();
            answer.get("exchanges").forEach(each -> names.add(each.get("name").asText()));
            after = answer.path("nextAfter").asText();
        }

        assertEquals(
                List.of(exchange.name + "a", exchange.name + "b", exchange.name + "c"),
                names.subList(0, 3));
        assertFalse(Api.get("/v1/exchanges?after=zzzz").json().has("nextAfter"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    malformed-request | ''
                    malformed-request | {}
                    bad-parameter     | {"type":"topics"}
                    bad-parameter     | {"type":1}
                    bad-parameter     | {"type":"topic","alternate":1}
                    bad-exchange-name | {"type":"topic","alternate":"a b"}
                    bad-exchange-name | {"type":"topic","alternate":""}
                    malformed-request | {"type":"topic","durable":true}
                    malformed-request | []
                    malformed-json    | {"type":
                    """)
    void whatIsNotAnExchangeIsRefused(String expected, String body) {
        assertEquals("400 " + expected, said(exchange.put(body)));
        assertEquals("unknown-exchange", Api.get(exchange.path).problem());
    }

    @ParameterizedTest
    @ValueSource(strings = {"sp%20ace", "__ours", "%C3%A4"})
    void aBadNameIsRefused(String name) {
        String path = "/v1/exchanges/" + name;

        assertEquals("400 bad-exchange-name", said(Api.call("PUT", path, "{\"type\":\"topic\"}")));
        assertEquals("400 bad-exchange-name", said(Api.get(path + "/bindings")));
        assertEquals("400 bad-exchange-name", said(Api.call("POST", path + "/records", "{}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"?max=0", "?max=1001", "?max=x"})
    void aPageHasBounds(String query) {
        assertEquals("400 bad-parameter", said(Api.get("/v1/exchanges" + query)));
    }

    @Nested
    class Bindings {

        private final String topic = Api.newTopic(1);

        @Test
        void areAddedOnceAndListedByTopic() {
            exchange.put("{\"type\":\"topic\"}");
            String eu = "{\"topic\":\"%s\",\"routingKey\":\"eu.#\"}".formatted(topic);
            String all = "{\"topic\":\"%s\",\"routingKey\":\"#\"}".formatted(topic);

            assertEquals(
                    "{\"added\":2,\"bindingCount\":2}",
                    exchange.bindings("PUT", eu, all).json().toString());
            assertEquals(
                    "{\"added\":0,\"bindingCount\":2}",
                    exchange.bindings("PUT", eu).json().toString());
            assertEquals(
                    "{\"bindings\":[%s,%s]}".formatted(all, eu),
                    Api.get(exchange.path + "/bindings").json().toString());
            assertEquals(
                    "{\"bindings\":[]}",
                    Api.get(exchange.path + "/bindings?topic=other").json().toString());
        }

        @Test
        void onHeadersAreListedAsTheyWereAdded() {
            exchange.put("{\"type\":\"headers\"}");
            String binding =
                    "{\"topic\":\"%s\",\"match\":\"any\",\"headers\":{\"format\":\"pdf\",\"signed\":null}}"
                            .formatted(topic);

            exchange.bindAs(binding);

            assertEquals(
                    "{\"bindings\":[%s]}".formatted(binding),
                    Api.get(exchange.path + "/bindings").json().toString());
        }

        @Test
        void areTakenAwayAsTheyWereAddedOrByTopic() {
            exchange.put("{\"type\":\"topic\"}");
            exchange.bind(topic, "a").bind(topic, "b").bind(topic, "c");

            assertEquals(
                    "{\"removed\":1,\"bindingCount\":2}",
                    exchange.bindings(
                                    "DELETE",
                                    "{\"topic\":\"%s\",\"routingKey\":\"a\"}".formatted(topic),
                                    "{\"topic\":\"%s\",\"routingKey\":\"z\"}".formatted(topic))
                            .json()
                            .toString());
            assertEquals(
                    "{\"removed\":2,\"bindingCount\":0}",
                    exchange.bindings("DELETE", "{\"topic\":\"%s\"}".formatted(topic))
                            .json()
                            .toString());
        }

        @Test
        void goWithTheirTopic() {
            exchange.put("{\"type\":\"fanout\"}");
            exchange.bindAs("{\"topic\":\"%s\"}".formatted(topic));

            Api.call("DELETE", "/v1/topics/" + topic, "");

            assertEquals(
                    "{\"bindings\":[]}", Api.get(exchange.path + "/bindings").json().toString());
        }

        @Test
        void ofAnUnknownTopicAreRefusedAndNoneIsAdded() {
            exchange.put("{\"type\":\"fanout\"}");

            var answer =
                    exchange.bindings(
                            "PUT",
                            "{\"topic\":\"%s\"}".formatted(topic),
                            "{\"topic\":\"nobody-made-me\"}");

            assertEquals("404 unknown-topic", said(answer));
            assertEquals(0, Api.get(exchange.path).json().get("bindingCount").asInt(-1));
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '\'',
                textBlock =
                        """
                        malformed-request | topic   | {}
                        bad-topic-name    | topic   | {"topic":"a b"}
                        bad-parameter     | topic   | {"topic":1}
                        bad-parameter     | topic   | {"topic":"T","routingKey":7}
                        bad-binding       | topic   | {"topic":"T","headers":{"a":"b"}}
                        bad-parameter     | headers | {"topic":"T","match":"all"}
                        bad-parameter     | headers | {"topic":"T","match":"some","headers":{"a":"b"}}
                        bad-parameter     | headers | {"topic":"T","headers":{"a":1}}
                        bad-parameter     | headers | {"topic":"T","headers":["a"]}
                        bad-binding       | headers | {"topic":"T","headers":{}}
                        bad-binding       | headers | {"topic":"T"}
                        bad-binding       | headers | {"topic":"T","routingKey":"k","headers":{"a":"b"}}
                        bad-binding       | fanout  | {"topic":"T","routingKey":"k"}
                        malformed-request | direct  | {"topic":"T","key":"k"}
                        bad-parameter     | direct  | 7
                        """)
        void thatAreNoneAreRefused(String expected, String type, String binding) {
            exchange.put("{\"type\":\"%s\"}".formatted(type));

            var answer = exchange.bindings("PUT", binding.replace("\"T\"", '"' + topic + '"'));

            assertEquals("400 " + expected, said(answer));
        }

        @Test
        void withALongKeyAreRefused() {
            exchange.put("{\"type\":\"direct\"}");
            String binding = "{\"topic\":\"%s\",\"routingKey\":\"%s\"}";

            assertEquals(
                    "400 bad-binding",
                    said(exchange.bindings("PUT", binding.formatted(topic, "k".repeat(256)))));
            assertEquals(
                    200,
                    exchange.bindings("PUT", binding.formatted(topic, "k".repeat(255))).status());
        }

        @Test
        void areAsManyAsFit() {
            exchange.put("{\"type\":\"direct\"}");
            var random = new Random(4711);

            assertEquals(200, exchange.bindings("PUT", unlikeEachOther(random)).status());
            var answer = exchange.bindings("PUT", unlikeEachOther(random));

            assertEquals("409 too-many-bindings", said(answer));
            assertEquals(1_000, Api.get(exchange.path).json().get("bindingCount").asInt());
        }

        /** A thousand keys that cannot be packed. */
        private String[] unlikeEachOther(Random random) {
            return IntStream.range(0, 1_000)
                    .mapToObj(_ -> {
                        var key = new byte[189];
                        random.nextBytes(key);
                        return "{\"topic\":\"%s\",\"routingKey\":\"%s\"}"
                                .formatted(topic, Base64.getEncoder().encodeToString(key));
                    })
                    .toArray(String[]::new);
        }

        @Test
        void comeAThousandAtATime() {
            exchange.put("{\"type\":\"direct\"}");
            String binding = "{\"topic\":\"%s\",\"routingKey\":\"%d\"}";
            String thousand =
                    IntStream.range(0, 1_000)
                            .mapToObj(i -> binding.formatted(topic, i))
                            .collect(Collectors.joining(","));

            assertEquals(1_000, exchange.bindings("PUT", thousand).json().get("added").asInt());
            assertEquals(
                    "400 bad-parameter",
                    said(exchange.bindings("PUT", thousand, binding.formatted(topic, 1_000))));
            assertEquals("400 bad-parameter", said(exchange.bindings("PUT")));
        }
    }
}
