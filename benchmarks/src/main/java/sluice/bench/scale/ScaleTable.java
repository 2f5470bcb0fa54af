package sluice.bench.scale;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import sluice.bench.report.Spread;

/** What was measured as a table for a person. */
final class ScaleTable {

    private static final String COLUMNS = "%12s  %-22s %-22s %14s %14s %10s%n";

    private ScaleTable() {}

    static String render(ScaleSettings settings, ScaleResult result) {
        var text = new StringBuilder();
        text.append(
                "%n%,d active partitions, the same at every size; each takes a record every %d ms; three gateways of %s%n%n"
                        .formatted(
                                settings.active(), settings.every().toMillis(), settings.heap()));
        text.append(
                COLUMNS.formatted(
                        "partitions",
                        "heap in use, MiB",
                        "resident, MiB",
                        "table writes/s",
                        "table reads/s",
                        "records/s"));
        for (ScaleResult.Size size : result.sizes()) {
            text.append(
                    COLUMNS.formatted(
                            "%,d".formatted(size.partitions()),
                            whole(size.heapMib()),
                            whole(size.residentMib()),
                            oneDigit(size.writesPerSecond()),
                            oneDigit(size.readsPerSecond()),
                            oneDigit(size.acksPerSecond())));
        }
        text.append(
                "\nHeap: aim at most 1024 for each gateway. Writes: aim the same at every size.\n\n");
        for (ScaleResult.Kill kill : result.kills()) {
            text.append(line(kill)).append("  (aim 5 s)\n");
        }
        return text.toString();
    }

    static String line(ScaleResult.Size size) {
        return "%,d partitions: heap %s MiB, resident %s MiB, %s table writes and %s reads a second"
                .formatted(
                        size.partitions(),
                        whole(size.heapMib()),
                        whole(size.residentMib()),
                        oneDigit(size.writesPerSecond()),
                        oneDigit(size.readsPerSecond()));
    }

    static String line(ScaleResult.Kill kill) {
        return Spread.of(kill.gaps())
                        .map(gaps ->
                                String.format(
                                        Locale.ROOT,
                                        "gateway-%d killed: %d active partitions, gap median %.2f s, worst %.2f s",
                                        kill.gateway(),
                                        gaps.count(),
                                        gaps.median(),
                                        gaps.max()))
                        .orElse("gateway-%d killed: it owned none".formatted(kill.gateway()))
                + (kill.silent() > 0 ? "  %d STILL SILENT".formatted(kill.silent()) : "");
    }

    private static String whole(List<Double> values) {
        return values.stream()
                .map(value -> String.format(Locale.ROOT, "%.0f", value))
                .collect(Collectors.joining(" "));
    }

    private static String oneDigit(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }
}
