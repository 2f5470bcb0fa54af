package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a queue promises, whatever is asked of it in whatever order. */
class QueueMachineModelTest {

    private static final int STEPS = 600;

    @Test
    void itKeepsItsPromises() {
        int acknowledged = 0;
        int reloads = 0;
        int refused = 0;
        int dead = 0;
        for (long seed = 1; seed <= 60; seed++) {
            var run = new QueueRun(seed, Breakage.NONE);
            run.run(STEPS);
            acknowledged += run.acknowledged;
            reloads += run.reloads;
            refused += run.refused;
            dead += run.dead;
        }
        String seen =
                "acknowledged=%d reloads=%d refused=%d dead=%d"
                        .formatted(acknowledged, reloads, refused, dead);
        assertTrue(acknowledged > 5_000 && reloads > 1_000 && refused > 200 && dead > 100, seen);
    }

    @ParameterizedTest
    @EnumSource(value = Breakage.class, mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void aBrokenRuleIsNoticed(Breakage breakage) {
        assertThrows(
                AssertionError.class,
                () -> {
                    for (long seed : LongStream.rangeClosed(1, 5).toArray()) {
                        new QueueRun(seed, breakage).run(STEPS);
                    }
                },
                () ->
                        breakage
                                + " was not noticed with seeds "
                                + IntStream.rangeClosed(1, 5).boxed().toList());
    }
}
