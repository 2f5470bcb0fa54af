package sluice.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProgressLineTest {

    private static final long MIB = 1024 * 1024;

    @Test
    void aKnownSizeShowsABarAndTheTimeLeft() {
        assertEquals(
                "[#####...............] 25% 1,234,567 records, 50.0 MiB, 5.0 MiB/s, 0:30 left",
                ProgressLine.render(
                        50 * MIB,
                        OptionalLong.of(200 * MIB),
                        1_234_567,
                        Duration.ofSeconds(10),
                        ""));
    }

    @Test
    void anUnknownSizeShowsWhatWasRead() {
        assertEquals(
                "7 records, 1.0 MiB, 0.5 MiB/s",
                ProgressLine.render(MIB, OptionalLong.empty(), 7, Duration.ofSeconds(2), ""));
    }

    @Test
    void waitingIsShownWithinTheLine() {
        String line =
                ProgressLine.render(
                        MIB,
                        OptionalLong.of(MIB),
                        7,
                        Duration.ofSeconds(2),
                        "http://localhost:8080 answered 503 (This gateway cannot serve yet)");

        assertTrue(line.contains("waiting: http"), line);
        assertTrue(line.length() <= 79 && line.endsWith("..."), line);
    }

    @Test
    void nothingToReadIsAllRead() {
        assertEquals(
                "[####################] 100% 0 records, 0.0 MiB, 0.0 MiB/s",
                ProgressLine.render(0, OptionalLong.of(0), 0, Duration.ZERO, ""));
    }
}
