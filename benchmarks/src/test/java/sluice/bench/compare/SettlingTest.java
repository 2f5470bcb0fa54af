package sluice.bench.compare;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** When a system is warm. */
class SettlingTest {

    private final Settling settling = new Settling();

    @Test
    void aRateThatStillGrowsIsNotSettled() {
        assertFalse(settling.add(1));
        assertFalse(settling.add(7));
        assertFalse(settling.add(22));
        assertTrue(settling.add(24));
    }

    @Test
    void nothingAtAllIsNotSettledHoweverLong() {
        assertFalse(settling.add(0));
        assertFalse(settling.add(0));
        assertFalse(settling.add(0.5));
        assertFalse(settling.add(0));
    }

    @Test
    void aRateThatFellIsSettled() {
        assertFalse(settling.add(50));
        assertTrue(settling.add(40));
    }
}
