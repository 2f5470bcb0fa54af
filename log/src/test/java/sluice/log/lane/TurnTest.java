package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class TurnTest {

    private final List<String> done = new ArrayList<>();
    private final Runnable write = () -> done.add("write");
    private final Runnable other = () -> done.add("other");

    @Test
    void whatIsToBeDoneAtTheEndIsDoneOnceThen() {
        try (Turn _ = Turn.open()) {
            assertTrue(Turn.atEnd(write));
            assertTrue(Turn.atEnd(other));
            assertTrue(Turn.atEnd(write));
            done.add("last");
        }

        assertEquals(List.of("last", "write", "other"), done);
    }

    @Test
    void withoutATurnTheCallerDoesItAtOnce() {
        assertFalse(Turn.atEnd(write));
        try (Turn _ = Turn.open()) {
            done.add("turn");
        }

        assertFalse(Turn.atEnd(write));
        assertEquals(List.of("turn"), done);
    }

    @Test
    void aTurnWithinATurnIsAPartOfIt() {
        try (Turn _ = Turn.open()) {
            try (Turn _ = Turn.open()) {
                assertTrue(Turn.atEnd(write));
            }
            assertEquals(List.of(), done);
            assertTrue(Turn.atEnd(write));
        }

        assertEquals(List.of("write"), done);
    }

    @Test
    void aTurnEndsThoughWhatIsDoneInItFails() {
        assertThrows(
                IllegalStateException.class,
                () -> {
                    try (Turn _ = Turn.open()) {
                        assertTrue(Turn.atEnd(write));
                        throw new IllegalStateException("as wanted");
                    }
                });

        assertEquals(List.of("write"), done);
        assertFalse(Turn.atEnd(write));
    }

    @Test
    void oneThatFailsAtTheEndKeepsNoOtherFromBeingDone() {
        Turn turn = Turn.open();
        assertTrue(Turn.atEnd(write));
        assertTrue(
                Turn.atEnd(() -> {
                    throw new IllegalStateException("as wanted");
                }));
        assertTrue(Turn.atEnd(other));

        var failure = assertThrows(IllegalStateException.class, turn::close);

        assertEquals("as wanted", failure.getMessage());
        assertEquals(List.of("write", "other"), done);
        assertFalse(Turn.atEnd(write));
    }

    @Test
    void whatIsDoneAtTheEndIsInNoTurn() {
        try (Turn _ = Turn.open()) {
            assertTrue(Turn.atEnd(() -> done.add("" + Turn.atEnd(write))));
        }

        assertEquals(List.of("false"), done);
    }

    @Test
    void aTurnThatHasBecomeLongDoesItInBetween() {
        try (Turn turn = Turn.open()) {
            assertTrue(Turn.atEnd(write));
            turn.flush();
            turn.flush();
            assertEquals(List.of("write"), done);
            assertTrue(Turn.atEnd(write));
        }

        assertEquals(List.of("write", "write"), done);
    }

    @Test
    void aTurnOfALoopEndsBehindTheTasksThatWait() {
        Queue<Runnable> loop = new ArrayDeque<>();
        loop.add(() -> {
            Turn.openUntilNext(loop::add);
            assertTrue(Turn.atEnd(write));
            done.add("first");
        });
        loop.add(() -> {
            Turn.openUntilNext(loop::add);
            assertTrue(Turn.atEnd(write));
            done.add("second");
        });
        while (!loop.isEmpty()) {
            loop.remove().run();
        }

        assertEquals(List.of("first", "second", "write"), done);
        assertFalse(Turn.atEnd(write));
    }
}
