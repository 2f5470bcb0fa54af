package sluice.gateway.problem;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class RefusalLogTest {

    private final RefusalLog log = new RefusalLog();
    private final Problem problem = Problem.of(ProblemType.OVERLOADED, "full");

    @Test
    void theFirstOfAKindIsWritten() {
        assertTrue(log.refused(problem, 0));
    }

    @Test
    void aFloodIsWrittenOnce() {
        log.refused(problem, 0);

        assertFalse(log.refused(problem, RefusalLog.PAUSE_NS - 1));
    }

    @Test
    void afterThePauseTheNextIsWritten() {
        log.refused(problem, 0);
        log.refused(problem, 1);

        assertTrue(log.refused(problem, RefusalLog.PAUSE_NS));
    }

    @Test
    void whatACallerSentCannotMakeALineOfItsOwn() {
        assertEquals("name=a?b?c", RefusalLog.printable("name=a\nb\u0000c"));
    }

    @Test
    void whatACallerSentIsCut() {
        assertEquals(300, RefusalLog.printable("x".repeat(1_000)).length());
    }

    @Test
    void anotherKindIsWrittenAtOnce() {
        log.refused(problem, 0);

        assertTrue(log.refused(Problem.of(ProblemType.INTERNAL, "defect"), 1));
    }
}
