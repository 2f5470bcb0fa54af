package sluice.gateway.consume;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.util.concurrent.TimeUnit;

/** What went out through HTTP. Refusals are counted where they are answered. */
@Startup
@Singleton
final class FetchMetrics {

    private final Counter bytes;
    private final Timer duration;

    FetchMetrics(MeterRegistry metrics) {
        bytes =
                Counter.builder("sluice.fetch.bytes")
                        .description("Bytes of the batches that were fetched for callers")
                        .register(metrics);
        duration =
                Timer.builder("sluice.fetch.duration")
                        .description("From a fetch to its answer, the wait for records included")
                        .register(metrics);
    }

    void answered(long batchBytes, long durationNs) {
        bytes.increment(batchBytes);
        duration.record(durationNs, TimeUnit.NANOSECONDS);
    }
}
