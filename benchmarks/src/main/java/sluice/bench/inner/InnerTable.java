package sluice.bench.inner;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The pieces as a table for a person. */
final class InnerTable {

    private static final String ROW = "%-32s %-34s %12s %10s %10s %12s%n";

    private InnerTable() {}

    static String render(List<InnerResult> results) {
        var text = new StringBuilder("%n".formatted());
        text.append(ROW.formatted("", "", "ns/call", "+-", "MiB/s", "bytes made"));
        results.forEach(result -> text.append(row(result)));
        return text.toString();
    }

    private static String row(InnerResult result) {
        return ROW.formatted(
                result.name(),
                new TreeMap<>(result.params())
                        .entrySet().stream()
                                .map(param -> param.getKey() + "=" + param.getValue())
                                .collect(Collectors.joining(" ")),
                number(result.ns()),
                number(result.errorNs()),
                result.mibPerSecond().isPresent()
                        ? number(result.mibPerSecond().getAsDouble())
                        : "",
                number(result.allocatedBytes()));
    }

    private static String number(double value) {
        return Double.isNaN(value)
                ? "-"
                : String.format(Locale.ROOT, Math.abs(value) < 100 ? "%.1f" : "%,.0f", value);
    }
}
