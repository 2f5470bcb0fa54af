package sluice.cli.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LatenciesTest {

    private final Latencies latencies = new Latencies();

    @Test
    void nothingIsZero() {
        assertEquals(0, latencies.percentileMs(0.99));
    }

    @Test
    void percentilesAreRightToAboutAnEighth() {
        for (int ms = 1; ms <= 1000; ms++) {
            latencies.add(ms * 1_000_000L);
        }
        assertEquals(500, latencies.percentileMs(0.5), 60);
        assertEquals(990, latencies.percentileMs(0.99), 120);
    }

    @Test
    void theShortestAndTheLongestAreCounted() {
        latencies.add(0);
        latencies.add(Long.MAX_VALUE);
        assertEquals(0.001, latencies.percentileMs(0.5), 0.001);
    }
}
