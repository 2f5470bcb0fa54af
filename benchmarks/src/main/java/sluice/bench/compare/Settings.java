package sluice.bench.compare;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

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

    /** As reports tell them, by name. */
    Map<String, Number> numbers() {
        var numbers = new LinkedHashMap<String, Number>();
        numbers.put("recordBytes", recordBytes);
        numbers.put("batchBytes", batchBytes);
        numbers.put("lingerMs", linger.toMillis());
        numbers.put("rateLingerMs", rateLinger.toMillis());
        numbers.put("clients", clients);
        numbers.put("warmUpSeconds", warmUp.toMillis() / 1e3);
        numbers.put("windowSeconds", window.toMillis() / 1e3);
        return numbers;
    }

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
