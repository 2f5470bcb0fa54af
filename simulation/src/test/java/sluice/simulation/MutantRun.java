package sluice.simulation;

import org.jspecify.annotations.Nullable;

/** What a {@link MutantLoader} calls by reflection, within its own world of classes. */
public final class MutantRun {

    private MutantRun() {}

    /**
     * Runs seeds until a promise breaks.
     *
     * @param staleReadsPerMille reads of the metadata that are not of the last write
     * @return the seed and what broke, or null if nothing did
     */
    @SuppressWarnings("CatchThrowable") // whatever ends a run is noticed
    public static @Nullable String firstBroken(long firstSeed, int seeds, int staleReadsPerMille) {
        for (long seed = firstSeed; seed < firstSeed + seeds; seed++) {
            try {
                var run = new SimulatedRun(seed);
                run.cluster().metadata.staleReads(staleReadsPerMille);
                run.run();
            } catch (Throwable broken) {
                return seed + " " + broken.getMessage();
            }
        }
        return null;
    }
}
