package sluice.bench.failover;

import java.nio.file.Path;
import java.time.Duration;

/**
 * What to measure, on what.
 *
 * @param root of the installation
 * @param data folder for everything the cluster writes; deleted at the end
 * @param gateways of the cluster, besides one that joins
 * @param bytesPerSecond of values, all partitions together
 * @param runMax a partition that is silent for so long is given up
 */
public record FailoverSettings(
        Path root,
        Path data,
        FaultKind kind,
        int runs,
        int gateways,
        int partitions,
        int producers,
        int bytesPerSecond,
        int recordBytes,
        Duration runMax,
        String heap) {

    /** Each partition's writer sends so often; gaps are no finer than that. */
    static final Duration EVERY = Duration.ofMillis(100);

    public FailoverSettings {
        if (runs < 1 || gateways < 2 || partitions < 1 || producers < 1 || recordBytes < 1) {
            throw new IllegalArgumentException(
                    "runs=%d gateways=%d partitions=%d producers=%d recordBytes=%d"
                            .formatted(runs, gateways, partitions, producers, recordBytes));
        }
    }

    /** At least one. */
    int recordsPerBatch() {
        long perSecond = bytesPerSecond / recordBytes / partitions;
        return (int) Math.max(1, perSecond * EVERY.toMillis() / 1000);
    }
}
