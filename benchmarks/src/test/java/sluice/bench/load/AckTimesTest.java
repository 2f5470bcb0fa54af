package sluice.bench.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class AckTimesTest {

    private final AckTimes acks = new AckTimes();

    @Test
    void withoutAnyTheWholeTimeWasSilent() {
        assertEquals(Duration.ofNanos(90), acks.longestSilence(10, 100));
    }

    @Test
    void theFirstSilenceBeginsAtTheFaultAndNotAtTheAcknowledgementBefore() {
        acks.add(5);
        acks.add(40);
        acks.add(50);

        assertEquals(Duration.ofNanos(30), acks.longestSilence(10, 60));
    }

    @Test
    void aLaterSilenceCountsToo() {
        acks.add(20);
        acks.add(90);

        assertEquals(Duration.ofNanos(70), acks.longestSilence(10, 100));
    }

    @Test
    void aSilenceThatHasNotEndedCounts() {
        acks.add(20);

        assertEquals(Duration.ofNanos(80), acks.longestSilence(10, 100));
    }

    @Test
    void whatCameBeforeIsNotWaitedFor() throws Exception {
        acks.add(20);

        assertFalse(acks.awaitSince(20, Duration.ofMillis(10)));
        assertTrue(acks.awaitSince(19, Duration.ofMillis(10)));
    }
}
