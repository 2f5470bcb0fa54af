package sluice.client.exchange;

import java.time.Instant;
import java.util.Optional;

/**
 * An exchange.
 *
 * @param alternate the exchange that gets what no binding matches
 * @param bindings how many
 */
public record ExchangeInfo(
        String name,
        ExchangeType type,
        Optional<String> alternate,
        int bindings,
        Instant createdAt) {}
