package sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.bench.beside.Tally;

/** What workloads ask of a system. */
@Timeout(30)
class WorkloadTest {

    private static final int RECORD_BYTES = 1_000;

    private final MemorySystem system = new MemorySystem();
    private final Settings settings =
            new Settings(
                    RECORD_BYTES,
                    4 * (RECORD_BYTES + 16),
                    Duration.ofMillis(1),
                    Duration.ofMillis(1),
                    1 << 20,
                    1,
                    Duration.ZERO,
                    Duration.ofMillis(50));

    @Test
    void aPeakGivesEachPartitionABatchAtATime() throws InterruptedException {
        new PeakProduce("peak", 3, false, settings).measure(system);

        assertEquals(
                List.of(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 0), system.partitions.subList(0, 13));
    }

    @Test
    void aSpreadPeakGivesEachRecordToTheNextPartition() throws InterruptedException {
        new PeakProduce("spread", 3, true, settings).measure(system);

        assertEquals(List.of(0, 1, 2, 0), system.partitions.subList(0, 4));
    }

    @Test
    void aBacklogIsWrittenAndStoredBeforeItsReaderComes() throws InterruptedException {
        Map<String, Double> figures =
                new CatchUp("catch-up", 100 * RECORD_BYTES, Duration.ofSeconds(20), settings)
                        .measure(system)
                        .values();

        assertEquals(List.of("topic of 6", "stored 100"), system.asked.subList(0, 2));
        int behind = Integer.parseInt(system.asked.get(2).replace("reader after ", ""));
        assertTrue(behind > 100, "producers wrote before the reader came: " + behind);
        assertTrue(
                figures.getOrDefault("read MiB", 0.0) >= 100.0 * RECORD_BYTES / (1 << 20),
                figures::toString);
        assertTrue(figures.containsKey("ack alone p99 ms"), figures::toString);
        assertTrue(figures.containsKey("ack beside p99 ms"), figures::toString);
    }

    @Test
    void aBacklogThatTakesTooLongIsSmaller() throws InterruptedException {
        Map<String, Double> figures =
                new CatchUp("catch-up", 1L << 40, Duration.ofMillis(20), settings)
                        .measure(system)
                        .values();

        assertTrue(figures.getOrDefault("backlog MiB", 1e9) < 1 << 20, figures::toString);
    }

    @Test
    void aSteadyRateSendsWhatIsDueAndNoMore() throws InterruptedException {
        var tally = new Tally();
        long startNs = System.nanoTime() - 1_000_000_000L;
        tally.window(startNs, startNs + 1_000_000_000L);

        try (var rate = SteadyRate.begin(system, "t", 6, 1, false, settings, tally, startNs)) {
            rate.endAt(startNs + 1_000_000_000L);
        }

        // A second of 1 MiB/s, all of it late.
        assertEquals((1 << 20) / RECORD_BYTES, tally.times().getTotalCount(), 1);
        assertEquals(List.of(0, 1, 2, 3, 4, 5, 0), system.partitions.subList(0, 7));
    }
}
