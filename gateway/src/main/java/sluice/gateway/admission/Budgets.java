package sluice.gateway.admission;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import sluice.gateway.GatewayConfig;

/** The bounds of this gateway on what its callers make it hold, each seen as a gauge. */
@Startup
@Singleton
public final class Budgets {

    private final ByteBudget produceBytes;
    private final ByteBudget fetchBytes;
    private final PollSeats pollSeats;

    Budgets(GatewayConfig config, MeterRegistry metrics) {
        var limits = config.limits();
        produceBytes = new ByteBudget(limits.produceBytesInFlightMax().asLongValue());
        fetchBytes = new ByteBudget(limits.fetchBytesInFlightMax().asLongValue());
        pollSeats = new PollSeats(limits.pollsMax());
        Gauge.builder("sluice.produce.inflight.bytes", produceBytes, ByteBudget::bytesHeld)
                .description("Bytes of bodies being read or appended")
                .register(metrics);
        Gauge.builder("sluice.fetch.inflight.bytes", fetchBytes, ByteBudget::bytesHeld)
                .description("Bytes of fetched batches being written to callers")
                .register(metrics);
        Gauge.builder("sluice.fetch.polls", pollSeats, PollSeats::taken)
                .description("Requests waiting for records")
                .register(metrics);
    }

    /** Bytes of bodies, from the first byte read to the end of their appends. */
    public ByteBudget produceBytes() {
        return produceBytes;
    }

    /** Bytes of fetched batches, from the fetch to the end of the answer. */
    public ByteBudget fetchBytes() {
        return fetchBytes;
    }

    public PollSeats pollSeats() {
        return pollSeats;
    }
}
