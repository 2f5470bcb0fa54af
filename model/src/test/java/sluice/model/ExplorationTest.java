package sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every state of every configuration, with all rules in force: no promise is broken, none is stuck.
 */
class ExplorationTest {

    static java.util.List<Configurations.Named> configurations() {
        return Configurations.wanted();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("configurations")
    void noOrderOfStepsBreaksAPromiseOrGetsStuck(Configurations.Named named) {
        Explorer.Found found = Explorations.explore(named.name(), named.model());

        assertEquals(Optional.empty(), found.problem(), () -> named + ": " + found);
        assertTrue(found.isComplete(), () -> named + " is too large: " + found);
        assertTrue(found.states() > 1_000, () -> named + " explores next to nothing: " + found);
    }
}
