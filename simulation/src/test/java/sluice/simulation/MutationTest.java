package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The simulator can tell a cluster that keeps its rules from one that breaks any of them. {@code
 * -Dsluice.simulation.mutation.seeds=1000} begins each at seed 1 and prints how many it took.
 */
class MutationTest {

    private static final int ALL_SEEDS = Integer.getInteger("sluice.simulation.mutation.seeds", 0);

    /** From the seed that is known to notice; some more, since the engine's dice change. */
    private static final int SEEDS_MAX = 60;

    /** Side by side: each loads classes of its own, which the compilers then find cold. */
    @ParameterizedTest
    @EnumSource(Mutation.class)
    @Execution(ExecutionMode.CONCURRENT)
    void aBrokenRuleIsNoticed(Mutation mutation) throws ReflectiveOperationException {
        boolean isAll = ALL_SEEDS > 0;
        assumeTrue(
                isAll || !mutation.isRare(),
                "takes many seeds: -Dsluice.simulation.mutation.seeds=1000; the model has the rule too");
        long first = isAll ? 1 : mutation.firstSeed();
        String noticed = firstBroken(mutation, first, isAll ? ALL_SEEDS : SEEDS_MAX);
        System.out.println(mutation + ": " + shortened(noticed));
        assertNotNull(noticed, () -> "nobody notices: " + mutation);
    }

    @Test
    void aWholeClusterInTheSameLoaderBreaksNothing() throws ReflectiveOperationException {
        assertNull(firstBroken(List.of(), 1, 3, 0));
    }

    static @Nullable String firstBroken(Mutation mutation, long firstSeed, int seeds)
            throws ReflectiveOperationException {
        return firstBroken(mutation.patches(), firstSeed, seeds, mutation.staleReadsPerMille());
    }

    private static @Nullable String firstBroken(
            List<Patch> patches, long firstSeed, int seeds, int staleReadsPerMille)
            throws ReflectiveOperationException {
        var loader = new MutantLoader(patches);
        var found =
                loader.loadClass(MutantRun.class.getName())
                        .getMethod("firstBroken", long.class, int.class, int.class)
                        .invoke(null, firstSeed, seeds, staleReadsPerMille);
        assertEquals(Set.of(), loader.unapplied(), "patches that changed nothing");
        return (String) found;
    }

    private static String shortened(@Nullable String text) {
        String all = Journal.shortened(String.valueOf(text));
        return all.substring(0, Math.min(160, all.length()));
    }
}
