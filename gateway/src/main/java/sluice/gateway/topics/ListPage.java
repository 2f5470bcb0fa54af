package sluice.gateway.topics;

import org.jspecify.annotations.Nullable;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;

/** How many of a list go into one answer. */
public final class ListPage {

    private static final int DEFAULT = 100;
    private static final int MAX = 1_000;

    private ListPage() {}

    /**
     * @param max as the query has it, null if it was left out
     */
    public static int max(@Nullable String max) {
        if (max == null) {
            return DEFAULT;
        }
        try {
            int count = Integer.parseInt(max);
            if (count >= 1 && count <= MAX) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Told below, as any other value that is not allowed.
        }
        throw new ProblemException(
                ProblemType.BAD_PARAMETER, "max=%s expected=1..%d".formatted(max, MAX));
    }
}
