package sluice.gateway.topics;

import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/**
 * What goes into one answer of a list.
 *
 * @param hasMore true if there are others after the last one of these
 */
public record ListPage<T>(List<T> elements, boolean hasMore) {

    private static final int DEFAULT = 100;
    private static final int MAX = 1_000;

    public ListPage {
        elements = List.copyOf(elements);
    }

    /** How many go into an answer. */
    public record Size(int max) {

        /**
         * @param max as the query has it, null if it was left out
         */
        public static Size parse(@Nullable String max) {
            if (max == null) {
                return new Size(DEFAULT);
            }
            try {
                int count = Integer.parseInt(max);
                if (count >= 1 && count <= MAX) {
                    return new Size(count);
                }
            } catch (NumberFormatException e) {
                // Told below, as any other value that is not allowed.
            }
            throw new ProblemException(
                    ProblemType.BAD_PARAMETER, "max=%s expected=1..%d".formatted(max, MAX));
        }

        /** How many to ask for: one more than goes in tells whether there are more. */
        public int wanted() {
            return max + 1;
        }

        /**
         * @param found up to as many as were wanted
         */
        public <T> ListPage<T> of(List<T> found) {
            boolean hasMore = found.size() > max;
            return new ListPage<>(hasMore ? found.subList(0, max) : found, hasMore);
        }
    }
}
