package sluice.gateway.exchange;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;

/** A queue is a topic: it is bound by its name, and messages say to it what they say to others. */
@QuarkusTest
final class PublishToQueueTest {

    @Inject MemoryEngine engine;

    private final String queue = "q-" + UUID.randomUUID();
    private final ExchangeApi exchange = exchange();

    private ExchangeApi exchange() {
        assertEquals(201, Api.call("PUT", "/v1/queues/" + queue, "{\"priority\":true}").status());
        return ExchangeApi.of("topic").bind(queue, "job.*");
    }

    private JsonNode received() {
        var answer =
                Api.call(
                        "POST",
                        "/v1/groups/" + queue + "/receive",
                        "{\"visibility\":\"30s\",\"wait\":\"10s\"}");
        return answer.json().at("/messages/0");
    }

    @Test
    void aMessageComesWithWhatItSaysToTheQueue() {
        long beforeMs = System.currentTimeMillis();

        exchange.publish(
                """
                {"routingKey":"job.mail","value":"a","priority":9,"deliverAt":5,
                 "expiresIn":"1h","headers":{"tenant":"ann"}}\
                """);

        JsonNode message = received();
        assertEquals("a", message.get("value").asText());
        JsonNode headers = message.get("headers");
        assertEquals("9", headers.get("sluice-priority").asText());
        assertEquals("5", headers.get("sluice-deliver-at").asText());
        assertTrue(headers.get("sluice-expires-at").asLong() >= beforeMs + 3_600_000);
        assertEquals("ann", headers.get("tenant").asText());
        assertEquals(exchange.name, headers.get("sluice-exchange").asText());
    }

    @Test
    void aDelayBeginsWhenTheRequestCame() {
        long beforeMs = System.currentTimeMillis();
        exchange.publish("{\"routingKey\":\"job.mail\",\"value\":\"a\",\"delay\":\"10s\"}");
        long afterMs = System.currentTimeMillis();

        long dueMs = 0;
        for (int partition = 0; dueMs == 0; partition++) {
            dueMs =
                    Api.fetch(queue, partition, "")
                            .json()
                            .at("/records/0/headers/sluice-deliver-at")
                            .asLong();
        }

        assertTrue(dueMs >= beforeMs + 10_000 && dueMs <= afterMs + 10_000, "dueMs=" + dueMs);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    {"value":"a","priority":10}
                    {"value":"a","priority":-1}
                    {"value":"a","priority":"high"}
                    {"value":"a","delay":"soon"}
                    {"value":"a","delay":"1s","deliverAt":5}
                    {"value":"a","expiresIn":"1s","delay":"1s"}
                    {"value":"a","delay":"366d"}
                    """)
    void whatNoQueueUnderstandsIsRefused(String record) {
        var answer = exchange.publish("{\"value\":\"good\"}," + record);

        assertEquals("400 malformed-request", answer.status() + " " + answer.problem());
        assertEquals(1, answer.json().get("record").asInt());
    }

    @Test
    void oneThatATopicForgetsBeforeItIsDueGoesToNone() {
        String brief = "t-" + UUID.randomUUID();
        Api.call("PUT", "/v1/topics/" + brief, "{\"partitions\":1,\"retention\":\"1h\"}");
        exchange.bind(brief, "#");
        String record = "{\"routingKey\":\"job.mail\",\"value\":\"a\",\"delay\":\"%s\"}";

        var kept = exchange.publish(record.formatted("59m"));
        var gone = exchange.publish(record.formatted("1m") + "," + record.formatted("1h"));

        assertEquals(200, kept.status());
        assertEquals("400 malformed-request", gone.status() + " " + gone.problem());
        assertEquals(1, gone.json().get("record").asInt());
        assertTrue(gone.json().get("detail").asText().contains(brief), gone.json()::toString);
        assertEquals(1, engine.highWatermark(brief, 0));
    }
}
