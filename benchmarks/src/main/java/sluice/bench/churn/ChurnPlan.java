package sluice.bench.churn;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * What is to happen when, drawn from a seed.
 *
 * @param steps by time
 */
public record ChurnPlan(List<Step> steps) {

    /** A step, so long after the begin. */
    public sealed interface Step {
        long atMs();

        /** One joins or leaves, towards so many members. */
        record Towards(long atMs, int members) implements Step {}

        /** One that reads is killed. */
        record Kill(long atMs) implements Step {}

        /** One that reads falls silent. */
        record Stall(long atMs) implements Step {}
    }

    public ChurnPlan {
        steps = List.copyOf(steps);
    }

    /**
     * Kills and stalls spread over the time, one join or leave every {@code every}.
     *
     * @param membersMin that are wanted at least, and {@code membersMax} at most
     */
    public static ChurnPlan draw(
            RandomGenerator random,
            Duration length,
            Duration every,
            int membersMin,
            int membersMax,
            int kills,
            int stalls) {
        var steps = new ArrayList<Step>();
        long ms = length.toMillis();
        for (int i = 0; i < kills; i++) {
            steps.add(new Step.Kill(ms * i / kills + random.nextLong(Math.max(1, ms / kills))));
        }
        for (int i = 0; i < stalls; i++) {
            steps.add(new Step.Stall(ms * i / stalls + random.nextLong(Math.max(1, ms / stalls))));
        }
        for (long at = every.toMillis() / 2; at < ms; at += every.toMillis()) {
            long shift = random.nextLong(Math.max(1, every.toMillis() / 2));
            steps.add(new Step.Towards(at + shift, random.nextInt(membersMin, membersMax + 1)));
        }
        steps.sort(Comparator.comparingLong(Step::atMs));
        return new ChurnPlan(steps);
    }
}
