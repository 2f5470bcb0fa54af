package sluice.gateway.problem;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A problem this API knows by name; {@code docs/problems.md} explains each. A code is part of the
 * API: add, never rename. A code that is none of these (the engine may have its own) is answered by
 * its kind alone.
 */
public sealed interface KnownProblem permits ProblemType, ExchangeProblem {

    String code();

    /** The HTTP status. */
    int status();

    /** What kind of problem it is. */
    String title();

    /** What to do next. */
    String action();

    static Stream<KnownProblem> all() {
        return Stream.concat(Stream.of(ProblemType.values()), Stream.of(ExchangeProblem.values()));
    }

    static Optional<KnownProblem> ofCode(String code) {
        return Optional.ofNullable(ByCode.ALL.get(code));
    }

    /** Made when the first problem is told, since the problems themselves must be there first. */
    final class ByCode {
        private static final Map<String, KnownProblem> ALL =
                all().collect(Collectors.toMap(KnownProblem::code, Function.identity()));

        private ByCode() {}
    }
}
