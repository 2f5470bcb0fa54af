package sluice.bench.startup;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import sluice.bench.report.Spread;

/** The starts as a table for a person. */
final class StartupTable {

    private static final String COLUMNS = "%-34s %5s %8s %8s %8s %8s   %s%n";

    private StartupTable() {}

    static String render(StartupSettings settings, List<StartupRun> runs) {
        var text = new StringBuilder();
        text.append(
                "%nA gateway starts (heap at most %s%s)%n"
                        .formatted(
                                settings.heap(),
                                settings.jvmOptions().isEmpty()
                                        ? ""
                                        : ", " + String.join(" ", settings.jvmOptions())));
        text.append(COLUMNS.formatted("", "n", "min", "median", "p90", "max", "aim"));
        for (StartKind kind : settings.kinds()) {
            text.append("(%s) %s%n".formatted(kind.word(), kind.title()));
            rows(kind, runs)
                    .forEach((name, spread) ->
                            text.append(
                                    String.format(
                                            Locale.ROOT,
                                            "%-34s %5d %8.2f %8.2f %8.2f %8.2f   %s%n",
                                            "  " + name,
                                            spread.count(),
                                            spread.min(),
                                            spread.median(),
                                            spread.p90(),
                                            spread.max(),
                                            aim(name))));
        }
        return text.toString();
    }

    /** What there is of a kind, by name with its unit. */
    static Map<String, Spread> rows(StartKind kind, List<StartupRun> runs) {
        var rows = new LinkedHashMap<String, Spread>();
        put(rows, "start to ready, s", kind, runs, StartupRun::readySeconds);
        put(rows, "processor until ready, s", kind, runs, StartupRun::cpuSeconds);
        put(rows, "resident when idle, MiB", kind, runs, StartupRun::residentMib);
        return rows;
    }

    private static void put(
            Map<String, Spread> rows,
            String name,
            StartKind kind,
            List<StartupRun> runs,
            ToDoubleFunction<StartupRun> value) {
        Optional<Spread> spread =
                Spread.ofNumbers(
                        runs.stream()
                                .filter(run -> run.kind() == kind)
                                .map(value::applyAsDouble)
                                .toList());
        spread.ifPresent(present -> rows.put(name, present));
    }

    private static String aim(String row) {
        return switch (row) {
            case "start to ready, s" -> "1.5";
            case "resident when idle, MiB" -> "250";
            default -> "";
        };
    }
}
