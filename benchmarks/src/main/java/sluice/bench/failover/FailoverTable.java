package sluice.bench.failover;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sluice.bench.report.Spread;

/** The runs as a table for a person. */
final class FailoverTable {

    private static final String COLUMNS = "%-34s %5s %8s %8s %8s %8s   %s%n";

    private FailoverTable() {}

    static String render(FailoverSettings settings, List<FailoverRun> runs) {
        var text = new StringBuilder();
        text.append(
                "%n%s: %d of %d runs, %d gateways, %.1f MiB/s in %d partitions%n"
                        .formatted(
                                settings.kind().title(),
                                runs.size(),
                                settings.runs(),
                                settings.gateways(),
                                settings.bytesPerSecond() / 1048576.0,
                                settings.partitions()));
        text.append(
                "Gap: the longest time without an acknowledgement from %s on, as seen by producers%nthat know the other gateways alone. In seconds.%n%n"
                        .formatted(
                                settings.kind() == FaultKind.JOIN ? "its readiness" : "the fault"));
        text.append(COLUMNS.formatted("", "n", "min", "median", "p90", "max", "target"));
        for (Map.Entry<String, List<Duration>> row : rows(settings, runs).entrySet()) {
            Spread.of(row.getValue())
                    .ifPresent(spread ->
                            text.append(
                                    line(
                                            row.getKey(),
                                            spread,
                                            target(settings.kind(), row.getKey(), spread))));
        }
        int silent = runs.stream().mapToInt(FailoverRun::silent).sum();
        if (silent > 0) {
            text.append(
                    "%n%d partitions took no write within %d s; their gaps count as that long.%n"
                            .formatted(silent, settings.runMax().toSeconds()));
        }
        return text.toString();
    }

    /** Every row's times by its name. */
    static Map<String, List<Duration>> rows(FailoverSettings settings, List<FailoverRun> runs) {
        Map<String, List<Duration>> rows = new LinkedHashMap<>();
        Set<String> times = new LinkedHashSet<>();
        runs.forEach(run -> times.addAll(run.times().keySet()));
        for (String name : times) {
            rows.put(
                    "time: " + name,
                    runs.stream()
                            .filter(run -> run.times().containsKey(name))
                            .map(run -> run.times().get(name))
                            .toList());
        }
        rows.put(
                "gap: worst partition of a run",
                runs.stream().flatMap(run -> run.worst().stream()).toList());
        var all = new ArrayList<Duration>();
        runs.forEach(run -> all.addAll(run.gaps().values()));
        rows.put("gap: all partitions", all);
        return rows;
    }

    /** The row that the aim is about, by kind. */
    private static String target(FaultKind kind, String row, Spread spread) {
        boolean isAim =
                switch (kind) {
                    case KILL, STOP -> row.equals("gap: worst partition of a run");
                    case JOIN -> row.equals("time: ready to its share");
                    case DRAIN -> row.equals("time: exit");
                };
        return isAim ? kind.target() + (kind.isWithin(spread) ? "   within" : "   over") : "";
    }

    private static String line(String name, Spread spread, String target) {
        return COLUMNS.formatted(
                                name,
                                spread.count(),
                                "%.2f".formatted(spread.min()),
                                "%.2f".formatted(spread.median()),
                                "%.2f".formatted(spread.p90()),
                                "%.2f".formatted(spread.max()),
                                target)
                        .stripTrailing()
                + "\n";
    }
}
