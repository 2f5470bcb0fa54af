package sluice.bench.groups;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import sluice.bench.churn.ChurnShape;
import sluice.bench.churn.Findings;
import sluice.bench.churn.ReadTimes;
import sluice.bench.churn.ReadTimes.Pause;
import sluice.bench.report.Spread;

/** The runs as a table for a person. */
final class GroupsTable {

    static final String CALM = "in peace: longest pause in 2 s";
    static final String CALM_BEYOND = "  beyond the plain reader's";
    static final String KEPT = "kept: longest pause in 2 s";
    static final String KEPT_BEYOND = "  beyond the plain reader's then";
    static final String HANDED_OVER = "handed over by one that lives";
    static final String HANDED_OVER_IN_SILENCE = "  while somebody was silent";
    static final String AFTER_KILL = "taken over after SIGKILL";
    static final String AFTER_SILENCE = "taken over after SIGSTOP";

    private static final Map<String, Duration> AIMS =
            Map.of(
                    KEPT_BEYOND,
                    Duration.ofMillis(100),
                    AFTER_KILL,
                    Duration.ofSeconds(1),
                    AFTER_SILENCE,
                    Duration.ofSeconds(10));

    private static final double MS = 1e3;

    private GroupsTable() {}

    static String render(ChurnShape shape, List<GroupsRun> runs) {
        var text = new StringBuilder();
        text.append(
                """

                Seed %d: %d partitions, %d records/s, %d to %d members for %d s; one joins or leaves every
                %.1f s, %d are killed, %d fall silent. Pauses of partitions in milliseconds.
                """
                        .formatted(
                                shape.seed(),
                                shape.partitions(),
                                shape.perSecond(),
                                shape.membersMin(),
                                shape.membersMax(),
                                shape.length().toSeconds(),
                                shape.every().toMillis() / 1e3,
                                shape.kills(),
                                shape.stalls()));
        runs.forEach(run -> text.append(of(run)));
        return text.toString();
    }

    private static String of(GroupsRun run) {
        var text = new StringBuilder("\n(%s) %s%n".formatted(run.system(), run.about()));
        text.append(
                "%-34s %5s %9s %9s %9s   %s%n".formatted("", "n", "median", "p99", "max", "aim"));
        rows(run)
                .forEach((name, spread) ->
                        text.append(
                                        String.format(
                                                        Locale.ROOT,
                                                        "%-34s %5d %9.1f %9.1f %9.1f   %s",
                                                        name,
                                                        spread.count(),
                                                        spread.median() * MS,
                                                        spread.p99() * MS,
                                                        spread.max() * MS,
                                                        aim(name, spread))
                                                .stripTrailing())
                                .append('\n'));
        if (run.times().unread() > 0) {
            text.append(
                    "%d partitions were not read again by the end; they count with the time until then.%n"
                            .formatted(run.times().unread()));
        }
        return text + checks(run);
    }

    private static String checks(GroupsRun run) {
        Findings findings = run.findings();
        String faults =
                findings.areNone()
                        ? "nothing lost, nothing handled by two, order kept, all committed"
                        : findings.counts().entrySet().stream()
                                .map(each ->
                                        each.getKey().name().toLowerCase(Locale.ROOT)
                                                + "="
                                                + each.getValue())
                                .sorted()
                                .collect(Collectors.joining(" ", "FAULTS: ", ""));
        return "%s; %d records handled, %d of them again; commits after silence refused: %d of %d; failures told by clients: %d; %.0f s%n"
                .formatted(
                        faults,
                        findings.handled(),
                        findings.repeated(),
                        findings.refused(),
                        findings.zombies(),
                        run.failures(),
                        run.churned().toMillis() / 1e3);
    }

    private static String aim(String row, Spread spread) {
        Duration aim = AIMS.get(row);
        if (aim == null) {
            return "";
        }
        boolean isWithin = spread.max() * 1e9 <= aim.toNanos();
        return aim.toMillis() + (isWithin ? "   within" : "   over");
    }

    /** In seconds, by the row's name. */
    static Map<String, Spread> rows(GroupsRun run) {
        ReadTimes times = run.times();
        var rows = new LinkedHashMap<String, Spread>();
        put(rows, CALM, lengths(times.calm()));
        put(rows, CALM_BEYOND, beyond(times.calm()));
        put(rows, KEPT, lengths(times.kept()));
        put(rows, KEPT_BEYOND, beyond(times.kept()));
        put(rows, HANDED_OVER, lengths(times.handedOver()));
        put(rows, HANDED_OVER_IN_SILENCE, lengths(times.handedOverInSilence()));
        put(rows, AFTER_KILL, lengths(times.afterKill()));
        put(rows, AFTER_SILENCE, lengths(times.afterSilence()));
        return rows;
    }

    private static List<Duration> lengths(List<Pause> pauses) {
        return pauses.stream().map(Pause::length).toList();
    }

    private static List<Duration> beyond(List<Pause> pauses) {
        return pauses.stream().map(Pause::beyondPlain).toList();
    }

    private static void put(Map<String, Spread> rows, String name, List<Duration> times) {
        Spread.of(times).ifPresent(spread -> rows.put(name, spread));
    }
}
