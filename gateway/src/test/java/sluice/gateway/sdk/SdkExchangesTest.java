package sluice.gateway.sdk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.Sluice;
import sluice.client.SluiceClient;
import sluice.client.error.SluiceApiException;
import sluice.client.exchange.Binding;
import sluice.client.exchange.ExchangeInfo;
import sluice.client.exchange.ExchangeType;
import sluice.client.exchange.Exchanges;
import sluice.client.exchange.Published;
import sluice.client.exchange.RoutedRecord;
import sluice.gateway.Api;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.SluiceException;

/** The SDK's exchanges against a gateway. */
@QuarkusTest
final class SdkExchangesTest {

    @Inject MemoryEngine engine;

    private final SluiceClient client = Sluice.connect(Api.address());
    private final Exchanges exchanges = client.exchanges();
    private final String name = "sdk-" + UUID.randomUUID();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void exchangeIsMadeChangedListedAndDeleted() {
        assertTrue(exchanges.put(name + "-rest", ExchangeType.FANOUT));
        assertTrue(exchanges.put(name, ExchangeType.TOPIC));
        assertFalse(exchanges.put(name, ExchangeType.TOPIC, name + "-rest"), "it is there");

        ExchangeInfo described = exchanges.describe(name);
        assertEquals(ExchangeType.TOPIC, described.type());
        assertEquals(Optional.of(name + "-rest"), described.alternate());
        assertTrue(exchanges.list().contains(described));
        var refused =
                assertThrows(
                        SluiceApiException.class, () -> exchanges.delete(name + "-rest", false));
        assertEquals("exchange-in-use", refused.code());
        assertTrue(exchanges.delete(name + "-rest", true));
        assertTrue(exchanges.delete(name, false));
        assertFalse(exchanges.delete(name, false), "it is gone already");
    }

    @Test
    void bindingsComeBackAsTheyWereAdded() {
        String topic = Api.newTopic(1);
        Map<String, String> headers = new HashMap<>();
        headers.put("signed", null);
        exchanges.put(name, ExchangeType.HEADERS);
        var binding = Binding.withAny(topic, headers);

        exchanges.bind(name, binding);
        assertEquals(List.of(binding), exchanges.bindings(name));

        exchanges.unbind(name, Binding.to(topic));
        assertEquals(List.of(), exchanges.bindings(name));
    }

    @Test
    void whatIsPublishedIsInEachTopicOnceThoughAnAnswerWasLost() {
        String first = Api.newTopic(1);
        String second = Api.newTopic(1);
        exchanges.put(name, ExchangeType.TOPIC);
        exchanges.bind(name, Binding.to(first, "eu.#"), Binding.to(second, "#"));
        engine.loseAnswer(
                0,
                new SluiceException(
                        SluiceException.Kind.UNKNOWN_OUTCOME, "gateway-lost", "as the test wants"));

        Published published =
                exchanges.publish(name, RoutedRecord.of("eu.order", "ann", "apples")).join();

        assertEquals(2, published.places().size());
        assertEquals(1, engine.highWatermark(first, 0));
        assertEquals(1, engine.highWatermark(second, 0));
        assertEquals("apples", Api.fetch(first, 0, "").json().at("/records/0/value").asText());
    }

    @Test
    void whatIsMandatoryIsRefusedIfNothingMatches() {
        exchanges.put(name, ExchangeType.DIRECT);

        assertTrue(exchanges.publish(name, RoutedRecord.of("k", "v")).join().isUnroutable());
        var refused =
                assertThrows(
                        java.util.concurrent.CompletionException.class,
                        () ->
                                exchanges
                                        .publish(name, List.of(RoutedRecord.of("k", "v")), true)
                                        .join());
        var told = assertInstanceOf(SluiceApiException.class, refused.getCause());
        assertEquals("unroutable", told.code());
    }
}
