package sluice.bench.scale;

import java.time.Duration;
import java.util.Collection;
import java.util.List;

/** What was measured. */
record ScaleResult(List<Size> sizes, List<Kill> kills) {

    ScaleResult {
        sizes = List.copyOf(sizes);
        kills = List.copyOf(kills);
    }

    /**
     * At one number of partitions, under the same load as at all others.
     *
     * @param heapMib of each gateway, after a collection
     * @param residentMib of each gateway
     * @param writesPerSecond to all tables, by all gateways
     * @param readsPerSecond of all tables, by all gateways
     * @param acksPerSecond records acknowledged
     */
    record Size(
            int partitions,
            List<Double> heapMib,
            List<Double> residentMib,
            double writesPerSecond,
            double readsPerSecond,
            double acksPerSecond) {

        Size {
            heapMib = List.copyOf(heapMib);
            residentMib = List.copyOf(residentMib);
        }
    }

    /**
     * A gateway was killed.
     *
     * @param gateway from 1
     * @param gaps of the active partitions that it owned: the longest time without an
     *     acknowledgement
     * @param silent of them took no write within the time that was given
     */
    record Kill(int gateway, Collection<Duration> gaps, int silent) {

        Kill {
            gaps = List.copyOf(gaps);
        }
    }
}
