package sluice.bench.compare;

import java.time.Duration;

/**
 * What all workloads have alike.
 *
 * @param recordBytes of a value
 * @param batchBytes of a batch at most
 * @param linger how long a batch waits for more where throughput is measured
 * @param rateLinger the same at fixed rates
 * @param heldBytesMax by each client
 * @param clients that write side by side
 * @param warmUp before each measurement
 * @param window that is measured
 */
record Settings(
        int recordBytes,
        int batchBytes,
        Duration linger,
        Duration rateLinger,
        long heldBytesMax,
        int clients,
        Duration warmUp,
        Duration window) {

    /** The same, for a workload that runs so long without being measured. */
    Settings warmingUp(Duration time) {
        return new Settings(
                recordBytes,
                batchBytes,
                linger,
                rateLinger,
                heldBytesMax,
                clients,
                time,
                Duration.ofSeconds(1));
    }
}
