package sluice.bench.churn;

import java.time.Duration;
import java.util.Random;

/**
 * How much of what.
 *
 * @param perSecond records in all
 * @param membersMax at a time
 * @param every how often one joins or leaves
 * @param calm how long nothing is done, for comparison
 * @param settleMax how long it may take afterwards until all is read again
 */
public record ChurnShape(
        long seed,
        int partitions,
        int perSecond,
        int membersMin,
        int membersMax,
        Duration length,
        Duration every,
        int kills,
        int stalls,
        Duration calm,
        Duration settleMax) {

    public ChurnShape {
        if (partitions < 1
                || perSecond < 1
                || membersMin < 1
                || membersMax < membersMin
                || kills < 0
                || stalls < 0
                || !length.isPositive()
                || !every.isPositive()) {
            throw new IllegalArgumentException(
                    ("expected members of 1 to membersMax and positive times:"
                                    + " partitions=%d perSecond=%d membersMin=%d membersMax=%d kills=%d stalls=%d"
                                    + " length=%s every=%s")
                            .formatted(
                                    partitions,
                                    perSecond,
                                    membersMin,
                                    membersMax,
                                    kills,
                                    stalls,
                                    length,
                                    every));
        }
    }

    /** Who dies is replaced by one that was started before. */
    int processes() {
        return membersMax + kills;
    }

    int membersAtFirst() {
        return (membersMin + membersMax) / 2;
    }

    ChurnPlan plan(Random random) {
        return ChurnPlan.draw(random, length, every, membersMin, membersMax, kills, stalls);
    }
}
