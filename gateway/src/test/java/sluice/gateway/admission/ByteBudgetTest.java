package sluice.gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ByteBudgetTest {

    private final ByteBudget budget = new ByteBudget(100);

    @Test
    void theLastByteCanBeTaken() {
        assertTrue(budget.newShare().tryGrowTo(100));
    }

    @Test
    void oneByteMoreCannot() {
        budget.newShare().tryGrowTo(60);

        assertFalse(budget.newShare().tryGrowTo(41));
    }

    @Test
    void aRefusedShareKeepsWhatItHad() {
        var share = budget.newShare();
        share.tryGrowTo(60);
        share.tryGrowTo(101);

        assertEquals(60, budget.bytesHeld());
    }

    @Test
    void growingTakesOnlyTheDifference() {
        var share = budget.newShare();
        share.tryGrowTo(60);
        share.tryGrowTo(90);

        assertEquals(90, budget.bytesHeld());
    }

    @Test
    void releasingTwiceGivesBackOnce() {
        var share = budget.newShare();
        budget.newShare().tryGrowTo(30);
        share.tryGrowTo(60);
        share.release();
        share.release();

        assertEquals(30, budget.bytesHeld());
    }
}
