package sluice.gateway.produce;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.quarkus.runtime.Startup;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What came in through HTTP. Refusals are counted where they are answered. */
@Startup
@Singleton
final class ProduceMetrics {

    private final Counter records;
    private final Counter bytes;
    private final Counter unroutable;
    private final Timer duration;

    ProduceMetrics(MeterRegistry metrics) {
        records =
                Counter.builder("sluice.produce.records")
                        .description("Records of produce requests that were let in")
                        .register(metrics);
        bytes =
                Counter.builder("sluice.produce.bytes")
                        .description("Bytes of the bodies of produce requests that were let in")
                        .register(metrics);
        unroutable =
                Counter.builder("sluice.publish.unroutable")
                        .description("Records for an exchange that no binding matched")
                        .register(metrics);
        duration =
                Timer.builder("sluice.produce.duration")
                        .description("From the end of a body to its answer")
                        .serviceLevelObjectives(
                                Duration.ofMillis(1),
                                Duration.ofMillis(2),
                                Duration.ofMillis(5),
                                Duration.ofMillis(10),
                                Duration.ofMillis(25),
                                Duration.ofMillis(50),
                                Duration.ofMillis(100),
                                Duration.ofMillis(250),
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(5))
                        .register(metrics);
    }

    void letIn(int recordCount, int bodyBytes) {
        records.increment(recordCount);
        bytes.increment(bodyBytes);
    }

    void unroutable(int recordCount) {
        unroutable.increment(recordCount);
    }

    void answered(long durationNs) {
        duration.record(durationNs, TimeUnit.NANOSECONDS);
    }
}
