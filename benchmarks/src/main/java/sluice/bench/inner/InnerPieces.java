package sluice.bench.inner;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.openjdk.jmh.annotations.Benchmark;

/** The names of the pieces that can be measured: class and method. */
final class InnerPieces {

    static final String PACKAGE = InnerPieces.class.getPackageName() + ".";

    private InnerPieces() {}

    /**
     * Those that have the pattern in their name, in any case, in alphabetical order of each class.
     */
    static List<String> matching(List<Class<?>> classes, String pattern) {
        var wanted = pattern.toLowerCase(Locale.ROOT);
        return classes.stream()
                .flatMap(InnerPieces::of)
                .filter(name -> name.toLowerCase(Locale.ROOT).contains(wanted))
                .toList();
    }

    private static Stream<String> of(Class<?> type) {
        return Stream.of(type.getMethods())
                .filter(method -> method.isAnnotationPresent(Benchmark.class))
                .map(method -> type.getSimpleName() + "." + method.getName())
                .sorted();
    }
}
