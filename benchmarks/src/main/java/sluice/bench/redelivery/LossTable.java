package sluice.bench.redelivery;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import sluice.bench.report.Spread;

/** The runs as a table for a person, and as JSON. */
final class LossTable {

    private static final JsonFactory JSON = new JsonFactory();
    private static final String COLUMNS = "%-34s %5s %8s %8s %8s %8s   %s%n";

    private LossTable() {}

    static String render(LossSettings settings, List<LossRun> runs) {
        var text = new StringBuilder();
        text.append(
                "%n%s: %d of %d runs. In seconds.%n%n"
                        .formatted(settings.kind().title(), runs.size(), settings.runs()));
        text.append(COLUMNS.formatted("", "n", "min", "median", "p90", "max", "aim"));
        times(runs)
                .forEach((what, times) ->
                        Spread.of(times)
                                .ifPresent(spread ->
                                        text.append(line(what, spread, settings.kind().aim()))));
        counts(runs).forEach((what, count) -> text.append("%s: %d%n".formatted(what, count)));
        return text.toString();
    }

    private static String line(String what, Spread spread, String aim) {
        return String.format(
                Locale.ROOT,
                COLUMNS,
                what,
                spread.count(),
                "%.3f".formatted(spread.min()),
                "%.3f".formatted(spread.median()),
                "%.3f".formatted(spread.p90()),
                "%.3f".formatted(spread.max()),
                aim);
    }

    static Map<String, List<Duration>> times(List<LossRun> runs) {
        Map<String, List<Duration>> times = new LinkedHashMap<>();
        runs.forEach(run ->
                run.times()
                        .forEach((what, time) ->
                                times.computeIfAbsent(what, _ -> new ArrayList<>()).add(time)));
        return times;
    }

    private static Map<String, Integer> counts(List<LossRun> runs) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        runs.forEach(run ->
                run.counts().forEach((what, count) -> counts.merge(what, count, Integer::sum)));
        return counts;
    }

    static String json(LossSettings settings, List<LossRun> runs) throws IOException {
        var out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(out).useDefaultPrettyPrinter()) {
            json.writeStartObject();
            json.writeStringField("benchmark", "redelivery");
            json.writeStringField("kind", settings.kind().word());
            json.writeArrayFieldStart("runs");
            for (LossRun run : runs) {
                json.writeStartObject();
                json.writeNumberField("run", run.number());
                for (Map.Entry<String, Duration> time : run.times().entrySet()) {
                    json.writeNumberField(time.getKey() + ", s", time.getValue().toNanos() / 1e9);
                }
                for (Map.Entry<String, Integer> count : run.counts().entrySet()) {
                    json.writeNumberField(count.getKey(), count.getValue());
                }
                json.writeStringField("notes", run.notes());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
        return out + "\n";
    }
}
