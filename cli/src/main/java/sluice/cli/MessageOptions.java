package sluice.cli;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import sluice.cli.consume.StartPoint;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Json;
import sluice.cli.http.Problem;
import sluice.cli.http.Time;

/** Which messages are meant. */
final class MessageOptions {

    @Option(names = "--key", paramLabel = "TEXT", description = "Only messages with this key.")
    private @Nullable String key;

    @Option(
            names = "--header",
            paramLabel = "NAME[:VALUE]",
            description = "Only messages with this header; may be repeated, then with all of them.")
    private List<String> headers = new ArrayList<>();

    @Option(
            names = "--from",
            paramLabel = "TIME",
            description =
                    "Only messages that were sent then or later: a time (2026-03-01T12:00:00Z,"
                            + " 2026-03-01) or a span ('2h ago').")
    private @Nullable String from;

    @Option(
            names = "--to",
            paramLabel = "TIME",
            description = "Only messages that were sent before.")
    private @Nullable String to;

    /** As parameters of a query, each with an ampersand before it. */
    String toQuery() {
        var query = new StringBuilder();
        if (key != null) {
            query.append("&key=").append(Call.segment(key));
        }
        headers.forEach(each -> query.append("&header=").append(Call.segment(each)));
        time("--from", from).ifPresent(ms -> query.append("&from=").append(ms));
        time("--to", to).ifPresent(ms -> query.append("&to=").append(ms));
        return query.toString();
    }

    /** As the fields of a filter in JSON. */
    List<String> toFields() {
        var fields = new ArrayList<String>();
        if (key != null) {
            fields.add("\"key\":" + Json.quote(key));
        }
        if (!headers.isEmpty()) {
            fields.add(
                    "\"headers\":["
                            + String.join(",", headers.stream().map(Json::quote).toList())
                            + "]");
        }
        time("--from", from).ifPresent(ms -> fields.add("\"from\":" + ms));
        time("--to", to).ifPresent(ms -> fields.add("\"to\":" + ms));
        return fields;
    }

    private static OptionalLong time(String option, @Nullable String text) {
        if (text == null) {
            return OptionalLong.empty();
        }
        Instant now = Instant.ofEpochMilli(Time.system().wallMs());
        if (StartPoint.parse(text, now, ZoneId.systemDefault())
                instanceof StartPoint.AtTime(long ms)) {
            return OptionalLong.of(ms);
        }
        throw new CommandFailure(
                Problem.local(
                        "Not a time",
                        "%s: expected a time or a span, found '%s'".formatted(option, text),
                        "for example %s 2026-03-01T12:00:00Z, %s '2h ago'"
                                .formatted(option, option)));
    }
}
