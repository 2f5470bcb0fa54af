package sluice.bench.churn;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What was not as it should be, and how much was looked at.
 *
 * @param counts of each fault that was found
 * @param examples in words, not of all
 * @param handled records, each time that one was
 * @param repeated of them, that had been handled before
 * @param zombies members that tried to commit after others had their partitions; {@code refused} of
 *     them were
 */
public record Findings(
        Map<Fault, Integer> counts,
        List<String> examples,
        long handled,
        long repeated,
        int zombies,
        int refused) {

    /** What must not be. */
    public enum Fault {
        /** A record that nobody handled, though a commit or the end lies behind it. */
        LOST,
        /** A record was handled by a member after another that lives was given the partition. */
        HANDLED_BY_TWO,
        /** A record was handled by a member whose partition it was not any more. */
        NOT_HELD,
        /** Offsets of a hold, or first handlings of a key's records, out of order. */
        OUT_OF_ORDER,
        /** A commit of a member that had lost the partition was accepted. */
        ZOMBIE_COMMITTED,
        /** Somebody began before a commit that had been accepted. */
        COMMIT_UNDONE,
        /** Not all was committed in the end. */
        NOT_COMMITTED
    }

    public Findings {
        counts = Map.copyOf(counts);
        examples = List.copyOf(examples);
    }

    public boolean areNone() {
        return counts.isEmpty();
    }

    /** Collects them. */
    static final class Collected {
        private static final int EXAMPLES_MAX = 20;

        private final Map<Fault, Integer> counts = new EnumMap<>(Fault.class);
        private final List<String> examples = new ArrayList<>();
        long handled;
        long repeated;
        int zombies;
        int refused;

        void add(Fault fault, String pattern, Object... values) {
            counts.merge(fault, 1, Integer::sum);
            if (examples.size() < EXAMPLES_MAX) {
                examples.add(fault + ": " + pattern.formatted(values));
            }
        }

        Findings all() {
            return new Findings(counts, examples, handled, repeated, zombies, refused);
        }
    }
}
