package sluice.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;

class StateSetTest {

    @Test
    void aStateIsFoundAgainUnderItsIndex() {
        var set = new StateSet(3);

        assertEquals(0, set.add(new byte[] {1, 2, 3}));
        assertEquals(1, set.add(new byte[] {3, 2, 1}));
        assertEquals(~0, set.add(new byte[] {1, 2, 3}));
        assertEquals(2, set.size());
        assertArrayEquals(new byte[] {3, 2, 1}, set.get(1));
    }

    @Test
    void itKeepsAllOfManyStates() {
        var set = new StateSet(33);
        var random = new Random(7);
        var states = new byte[200_000][];
        for (int i = 0; i < states.length; i++) {
            states[i] = new byte[33];
            for (int field = 0; field < 33; field++) {
                states[i][field] = (byte) random.nextInt(16);
            }
            assertEquals(i, set.add(states[i]));
        }

        for (int i = 0; i < states.length; i++) {
            assertArrayEquals(states[i], set.get(i), "index=" + i);
            assertEquals(~i, set.add(states[i]));
        }
    }

    @Test
    void aNumberThatDoesNotFitIsRefused() {
        assertThrows(AssertionError.class, () -> new StateSet(2).add(new byte[] {16, 0}));
        assertThrows(AssertionError.class, () -> new StateSet(2).add(new byte[] {0, -1}));
    }
}
