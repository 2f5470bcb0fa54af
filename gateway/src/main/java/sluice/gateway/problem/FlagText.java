package sluice.gateway.problem;

import org.jspecify.annotations.Nullable;

/** Parameters of a query that are true, false or left out. */
public final class FlagText {

    private FlagText() {}

    /**
     * @param text {@code true} or {@code false}; null is false
     * @throws ProblemException {@code bad-parameter}
     */
    public static boolean parse(String name, @Nullable String text) {
        return switch (text) {
            case null -> false;
            case "true" -> true;
            case "false" -> false;
            default ->
                    throw new ProblemException(
                            ProblemType.BAD_PARAMETER,
                            "%s=%s: expected true or false".formatted(name, text));
        };
    }
}
