package sluice.gateway.process;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import sluice.engine.GatewayEngine;

/** Shows the engine's counters and present values as metrics, {@code sluice_engine_…}. */
final class EngineMeters {

    private static final String PREFIX = "sluice.engine.";

    /** Present values by name, with their meaning. */
    private static final List<String[]> GAUGES =
            List.of(
                    new String[] {"slots.owned", "slots that this gateway owns"},
                    new String[] {"tail.entries", "batches that are not yet in objects"},
                    new String[] {"disk.used.bytes", "bytes of wal segments on this disk"},
                    new String[] {"wal.unacked.bytes", "bytes not yet on all members' disks"},
                    new String[] {"upload.queue", "sealed segments not yet committed as objects"},
                    new String[] {"registry.queue", "changes of the wal record under way"});

    private EngineMeters() {}

    /** Registers all of them; they are read when the metrics are. */
    public static void register(GatewayEngine engine, MeterRegistry registry) {
        engine.metrics()
                .visit((name, meaning, value) ->
                        FunctionCounter.builder(PREFIX + name, value, LongAdder::doubleValue)
                                .description(meaning)
                                .register(registry));
        for (String[] gauge : GAUGES) {
            Gauge.builder(
                            PREFIX + gauge[0],
                            engine,
                            source -> source.gauges().getOrDefault(gauge[0], 0L))
                    .description(gauge[1])
                    .register(registry);
        }
    }
}
