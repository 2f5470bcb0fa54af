package sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sluice.model.SlotConfig.Option.FOLDS;
import static sluice.model.SlotConfig.Option.GIVES_UP;
import static sluice.model.SlotRule.*;

import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each rule of taking, handing over and folding a slot is left out once, and the model finds the
 * loss.
 */
class SlotMutationsTest {

    record Mutation(String name, SlotConfig config, String finds, int steps) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String GONE = "I1, I4: what was readable";

    static List<Mutation> mutations() {
        return List.of(
                row("handed over before it is drained", immortal(), GONE, 9, DRAINED),
                row("released before it is uploaded", immortal(), GONE, 9, UPLOADED),
                row(
                        "appended after a release of which nothing is known",
                        immortal(),
                        GONE,
                        7,
                        NO_APPENDS_IN_RELEASE),
                row("taken back after the release was sent", immortal(), GONE, 8, RELEASE_IS_FINAL),
                row(
                        "a release of whatever record there is by then",
                        mortal(),
                        GONE,
                        16,
                        RELEASE_CONDITIONAL),
                row(
                        "stolen from a live wal",
                        immortal(),
                        "I2: an offset has two values",
                        12,
                        ONLY_FREE_IS_TAKEN),
                row("taken without looking at the version", immortal(), "I2", 12, TAKE_CONDITIONAL),
                row("the taker's source begins too late", immortal(), GONE, 6, SOURCE_NOT_LATE),
                row("the taker's source begins too early", immortal(), "", 0, SOURCE_NOT_EARLY),
                row(
                        "the same, and an extent that is known is added again",
                        immortal(),
                        "I2, I10: two objects hold",
                        13,
                        SOURCE_NOT_EARLY,
                        KNOWN_EXTENTS_PASS),
                row(
                        "a source is dropped whose wal was not SEALED when it was read",
                        mortal(),
                        GONE,
                        16,
                        SOURCE_DROPPED_IF_SEALED),
                row(
                        "an unused slot is released with all of its owner's sources",
                        mortal(),
                        GONE,
                        22,
                        UNUSED_DROPS_ITS_OWN),
                row(
                        "a wal forgets objects before the checkpoint is written",
                        mortal().with(FOLDS),
                        GONE,
                        8,
                        FOLDED_AFTER_CHECKPOINT),
                row(
                        "a wal is let go that a slot needs",
                        mortal().with(FOLDS),
                        GONE,
                        10,
                        RELEASED_IF_UNNEEDED),
                row("appends go on while the slot closes", mortal(), "", 0, APPENDS_WAIT));
    }

    private static SlotConfig immortal() {
        return SlotConfig.of("", 2, 1, 0).with(GIVES_UP);
    }

    private static SlotConfig mortal() {
        return SlotConfig.of("", 2, 1, 1);
    }

    private static Mutation row(
            String name, SlotConfig config, String finds, int steps, SlotRule... leftOut) {
        return new Mutation(name, config.without(leftOut), finds, steps);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void whatAMissingRuleLosesIsFound(Mutation mutation) {
        Explorations.assertFinds(
                mutation.name(),
                new SlotModel(mutation.config()),
                mutation.finds(),
                mutation.steps());
    }

    @Test
    void everyRuleIsLeftOutAtLeastOnce() {
        var never = EnumSet.allOf(SlotRule.class);
        mutations().forEach(each -> never.removeAll(each.config().leftOut()));

        assertEquals(EnumSet.noneOf(SlotRule.class), never);
    }
}
