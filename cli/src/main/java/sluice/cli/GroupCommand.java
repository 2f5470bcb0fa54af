package sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.cli.consume.StartPoint;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;
import sluice.cli.http.Time;

/** Lists, describes, resets and deletes consumer groups. */
@Command(
        name = "group",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "List, describe, reset and delete consumer groups.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice consume orders --group billing      makes the group if there is none",
            "  sluice group describe billing",
            "  sluice group reset billing --to '2h ago'"
        })
final class GroupCommand implements Runnable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    GroupCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(
                Objects.requireNonNull(spec).commandLine(), "Which command for groups?");
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List groups by name.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice group list", "  sluice group list --prefix billing- --names"})
    int list(
            @Option(
                            names = "--prefix",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "Only names that begin so.")
                    String prefix,
            @Mixin ListOptions shown,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        shown.print(
                terminal,
                gateways,
                new ListOptions.Listing(
                        "groups",
                        "prefix=" + Call.segment(prefix) + "&",
                        _ -> true,
                        JsonReport::table,
                        "no groups yet; one is made by: sluice consume TOPIC --group NAME"));
        return ExitCode.OK;
    }

    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description =
                    "Show a group's settings and members, and committed offset, lag and member of"
                            + " each partition.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice group describe billing", "  sluice group describe billing --json"})
    int describe(
            @Parameters(paramLabel = "GROUP") String group,
            @Option(names = "--json", description = "Print the gateway's answer as it is.")
                    boolean json,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Answer answer = send(Call.get(path(group)), gateways);
        terminal.print(
                json
                        ? StandardCharsets.UTF_8.decode(answer.body()) + "\n"
                        : JsonReport.of(answer.json()));
        return ExitCode.OK;
    }

    @Command(
            name = "reset",
            mixinStandardHelpOptions = true,
            description = {
                "Move the committed offsets of a group. Members that run go on from there at once.",
                "Only tells what would be done, unless --execute."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice group reset billing --to earliest",
                "  sluice group reset billing --to '2h ago' --execute",
                "  sluice group reset billing --to 4711 --topic orders --partition 3 --execute"
            })
    int reset(
            @Parameters(paramLabel = "GROUP") String group,
            @Option(
                            names = "--to",
                            required = true,
                            paramLabel = "PLACE",
                            description =
                                    "earliest, latest, an offset, a time (2026-03-01T12:00:00Z,"
                                            + " 2026-03-01) or a span ('2h ago').")
                    String to,
            @Option(
                            names = "--topic",
                            paramLabel = "NAME",
                            split = ",",
                            description = "Only this topic; several by commas or by repetition.")
                    @Nullable List<String> topics,
            @Option(
                            names = "--partition",
                            paramLabel = "N",
                            split = ",",
                            description = "Only this partition of each topic.")
                    @Nullable List<Integer> partitions,
            @Option(names = "--execute", description = "Do it.") boolean execute,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        StartPoint target =
                StartPoint.parse(
                        to, Instant.ofEpochMilli(Time.system().wallMs()), ZoneId.systemDefault());
        var fields = new ArrayList<String>();
        fields.add("\"to\":" + targetOf(target));
        if (topics != null) {
            fields.add(
                    "\"topics\":["
                            + String.join(",", topics.stream().map(Json::quote).toList())
                            + "]");
        }
        if (partitions != null) {
            fields.add("\"partitions\":" + partitions.toString().replace(" ", ""));
        }
        fields.add("\"dryRun\":" + !execute);
        String body = "{" + String.join(",", fields) + "}";
        Json moved = send(Call.post(path(group) + "/reset", body), gateways).json();
        terminal.print(JsonReport.table(moved.list("partitions")));
        if (!execute) {
            terminal.err().println("nothing was changed; to do it, add --execute");
        }
        return ExitCode.OK;
    }

    private static String targetOf(StartPoint target) {
        return switch (target) {
            case StartPoint.Earliest() -> "\"earliest\"";
            case StartPoint.Latest() -> "\"latest\"";
            case StartPoint.AtOffset(var offset) -> "{\"offset\":" + offset + "}";
            case StartPoint.AtTime(var timestampMs) -> "{\"timestamp\":" + timestampMs + "}";
        };
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete a group and its offsets. There is no way back.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice group delete billing", "  sluice group delete billing --force"})
    int delete(
            @Parameters(paramLabel = "GROUP") String group,
            @Option(names = "--force", description = "Also while it has members; they end.")
                    boolean force,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        try {
            send(Call.delete(path(group) + (force ? "?force=true" : "")), gateways);
        } catch (CommandFailure failure) {
            // The answer to an earlier attempt was lost, and that attempt deleted it.
            if (failure.problem().status() != 404
                    || failure.outcome() != CommandFailure.Outcome.UNKNOWN) {
                throw failure;
            }
        }
        terminal.print("deleted " + group + "\n");
        return ExitCode.OK;
    }

    private Answer send(Call call, GatewayOptions gateways) throws InterruptedException {
        try (var client = gateways.client(RetryListener.SILENT)) {
            return client.send(call, gateways.timeout(TIMEOUT));
        }
    }

    private String path(String group) {
        if (group.isBlank()) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "A group needs a name");
        }
        return "/v1/groups/" + Call.segment(group);
    }
}
