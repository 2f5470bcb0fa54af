package sluice.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sluice.model.Configurations.APART;
import static sluice.model.Configurations.ONE;
import static sluice.model.Configurations.ONE_OF_THREE;
import static sluice.model.Configurations.THREE;
import static sluice.model.Configurations.TWO;
import static sluice.model.WalConfig.Option.REPREPARES;
import static sluice.model.WalConfig.Option.RESTARTS;
import static sluice.model.WalConfig.Option.TRIMS;
import static sluice.model.WalRule.*;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each rule of the wal is left out once, and the model finds what is lost, on a shortest way. The
 * names in brackets are those of the traces of the first model of this protocol.
 */
class WalMutationsTest {

    /**
     * @param finds begin of the broken promise; empty if other rules make up for the missing one
     * @param steps of the shortest trace
     */
    record Mutation(String name, WalConfig config, String finds, int steps) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final String LOST = "I1, I6: the wal is sealed at";
    private static final String NOWHERE = "I1: an acknowledged entry is on no disk";
    private static final String STUCK = "stuck";

    static List<Mutation> mutations() {
        return List.of(
                row(
                        "a claim of a record read before (B1)",
                        small(THREE),
                        LOST,
                        13,
                        CLAIM_CONDITIONAL),
                row(
                        "a roll registered in whatever record (B2)",
                        small(TWO),
                        "I6: a sealed wal",
                        8,
                        OWNER_CONDITIONAL),
                row(
                        "a segment is begun that no record names (B3)",
                        small(THREE),
                        LOST,
                        9,
                        ONLY_PREPARED_IS_BEGUN),
                row(
                        "a seal whoever claimed since (B5)",
                        small(ONE, 2),
                        "I6: a sealed end",
                        11,
                        SEAL_CONDITIONAL),
                row("PREPARED is not fenced (B7)", small(TWO), LOST, 8, PREPARED_FENCED),
                row("no fence (B8)", small(ONE), LOST, 7, FENCE),
                row("a fence in memory (B9)", small(TWO), LOST, 9, FENCE_DURABLE),
                row(
                        "an empty disk is believed (B10)",
                        small(ONE_OF_THREE).wiping(1),
                        LOST,
                        8,
                        DISK_HAS_AN_ID),
                row(
                        "the same, but two answer (B11)",
                        small(ONE_OF_THREE).quorum(3, 2).wiping(1),
                        "",
                        0,
                        DISK_HAS_AN_ID),
                row(
                        "a disk comes back as its own past (F4)",
                        small(ONE_OF_THREE).wiping(1),
                        LOST,
                        8,
                        DISK_GOES_NOT_BACK),
                row(
                        "the same, but two answer",
                        small(ONE_OF_THREE).quorum(3, 2).wiping(1),
                        "",
                        0,
                        DISK_GOES_NOT_BACK),
                row(
                        "acknowledged before it is synced (B12)",
                        small(ONE_OF_THREE).with(RESTARTS),
                        NOWHERE,
                        5,
                        ACK_AFTER_SYNC),
                row(
                        "the same, two of three acknowledge (B16)",
                        small(ONE_OF_THREE).quorum(2, 2).with(RESTARTS),
                        NOWHERE,
                        4,
                        ACK_AFTER_SYNC),
                row(
                        "two of three acknowledge, one answers (B14)",
                        small(ONE_OF_THREE).quorum(2, 1),
                        LOST,
                        7),
                row(
                        "two of three acknowledge, two answer (B15)",
                        small(ONE_OF_THREE).quorum(2, 2),
                        "",
                        0),
                row(
                        "the same, the shortest is taken (B17)",
                        small(ONE_OF_THREE).quorum(2, 2),
                        LOST,
                        8,
                        LONGEST_COPY),
                row("all acknowledge, the shortest is taken", small(TWO), "", 0, LONGEST_COPY),
                row("late acknowledgements count (B18)", small(TWO), LOST, 8, OLD_ACKS_DROPPED),
                row(
                        "acknowledged while a roll is registered (B19)",
                        small(TWO),
                        LOST,
                        9,
                        ACKS_FROZEN_IN_ROLL),
                row("one is fenced, another is read", small(ONE), LOST, 7, FENCE_IS_THE_READ),
                row("silence is taken for emptiness", small(ONE), LOST, 6, SILENCE_IS_NOT_EMPTY),
                row(
                        "PREPARED is begun while it is replaced",
                        small(THREE).with(REPREPARES),
                        LOST,
                        11,
                        UNPREPARED_FIRST),
                row(
                        "a replaced PREPARED segment is believed",
                        small(THREE).with(REPREPARES),
                        LOST,
                        12,
                        REPLACED_IS_FORGOTTEN),
                row(
                        "a segment's index is used again",
                        WalConfig.of("", TWO, 2, 1).with(TRIMS),
                        NOWHERE,
                        15,
                        INDEX_NEVER_REUSED),
                row(
                        "a begun segment does not cut the one before",
                        small(TWO),
                        STUCK,
                        6,
                        PREPARED_CUTS,
                        BEGUN_DECIDES_OPEN),
                row(
                        "sealed before it is uploaded",
                        small(ONE),
                        "I1: the wal is sealed at 1, but objects",
                        5,
                        UPLOAD_BEFORE_SEAL),
                row("trimmed on a message", small(TWO).with(TRIMS), "I12", 8, TRIM_BY_METADATA),
                row(
                        "a trim takes the fence along",
                        small(TWO).with(TRIMS),
                        LOST,
                        9,
                        FENCE_OUTLIVES_TRIM),
                row(
                        "an empty OPEN segment waits for its own members",
                        small(APART).wiping(2),
                        STUCK,
                        4,
                        BEGUN_DECIDES_OPEN));
    }

    private static WalConfig small(int[][] members) {
        return small(members, 1);
    }

    private static WalConfig small(int[][] members, int recoverers) {
        return WalConfig.of("", members, 1, recoverers);
    }

    private static Mutation row(
            String name, WalConfig config, String finds, int steps, WalRule... leftOut) {
        return new Mutation(name, config.without(leftOut), finds, steps);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("mutations")
    void whatAMissingRuleLosesIsFound(Mutation mutation) {
        Explorations.assertFinds(
                mutation.name(),
                new WalModel(mutation.config()),
                mutation.finds(),
                mutation.steps());
    }

    @Test
    void everyRuleIsLeftOutAtLeastOnce() {
        var never = EnumSet.allOf(WalRule.class);
        mutations().stream()
                .filter(each -> !each.finds().isEmpty())
                .forEach(each -> never.removeAll(each.config().leftOut()));

        assertEquals(EnumSet.noneOf(WalRule.class), never);
    }

    @Test
    void aTraceIsReadable() {
        var found = new Explorer(new WalModel(small(ONE).without(FENCE)), _ -> true).explore();

        var expected =
                new ArrayList<>(
                        Arrays.asList(
                                "owner appends entry 0",
                                "recoverer 0 claims the wal",
                                "recoverer 0 fences segment 0 on disk 0, which never held it"));
        assertEquals(expected, found.problem().orElseThrow().trace().subList(0, 3));
    }
}
