package sluice.bench.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WorkerEventTest {

    @Test
    void isALineAndBack() {
        for (WorkerEvent.Kind kind : WorkerEvent.Kind.values()) {
            var event = new WorkerEvent(kind, 12, 7, "because of this and that");
            assertEquals(event, WorkerEvent.parse(event.line()));
        }
        var silent = new WorkerEvent(WorkerEvent.Kind.READY, 1, 0, "");
        assertEquals(silent, WorkerEvent.parse(silent.line()));
    }

    @Test
    void isOneLineWhateverItsText() {
        var event = new WorkerEvent(WorkerEvent.Kind.REFUSED, 1, 2, "two\nlines");
        assertEquals("two lines", WorkerEvent.parse(event.line()).text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "got", "got 1", "got 1 2", "gone 1 2 ", "got x 2 "})
    void halfALineIsNoEvent(String line) {
        assertThrows(IllegalArgumentException.class, () -> WorkerEvent.parse(line));
    }
}
