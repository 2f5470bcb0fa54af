package sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;

/** Creates, lists, describes, changes and deletes topics. */
@Command(
        name = "topic",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = "Create, list, describe, update and delete topics.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice topic create orders --partitions 12 --retention 7d",
            "  sluice topic list",
            "  sluice topic describe orders"
        })
final class TopicCommand implements Runnable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    TopicCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public void run() {
        throw new ParameterException(commandLine(), "Which command for topics?");
    }

    /** What can be chosen for a topic; what is left out is left to the gateway. */
    static final class Settings {
        @Option(
                names = "--partitions",
                paramLabel = "N",
                description = "How many; they can become more, never fewer.")
        private @Nullable Integer partitions;

        @Option(
                names = "--retention",
                paramLabel = "SPAN",
                description = "How long records stay readable: 12h, 7d, ... or forever.")
        private @Nullable String retention;

        @Option(
                names = "--profile",
                paramLabel = "latency|throughput",
                description = "Commit at once, or wait a little to commit more at a time.")
        private @Nullable String profile;

        @Option(
                names = "--record-max",
                paramLabel = "BYTES",
                converter = Units.Bytes.class,
                description = "Largest record, such as 1m.")
        private @Nullable Integer recordBytesMax;

        boolean isEmpty() {
            return toJson().equals("{}");
        }

        String toJson() {
            List<String> fields = new ArrayList<>();
            if (partitions != null) {
                fields.add("\"partitions\":" + partitions);
            }
            if (retention != null) {
                fields.add("\"retention\":" + Json.quote(retention));
            }
            if (profile != null) {
                fields.add("\"profile\":" + Json.quote(profile));
            }
            if (recordBytesMax != null) {
                fields.add("\"recordBytesMax\":" + recordBytesMax);
            }
            return "{" + String.join(",", fields) + "}";
        }
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description =
                    "Create a topic. Creating it again with the same settings changes nothing.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice topic create orders",
                "  sluice topic create clicks --partitions 24 --retention 1d --profile throughput"
            })
    int create(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Mixin Settings settings,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Answer answer = send(Call.put(path(topic), settings.toJson()), gateways);
        terminal.print(
                (answer.status() == 201 ? "created " : "exists with these settings: ")
                        + summary(topic, answer)
                        + "\n");
        return ExitCode.OK;
    }

    @Command(
            name = "update",
            mixinStandardHelpOptions = true,
            description = "Change settings of a topic; what is not named stays.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice topic update orders --retention 30d",
                "  sluice topic update orders --partitions 24"
            })
    int update(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Mixin Settings settings,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        if (settings.isEmpty()) {
            throw new ParameterException(
                    commandLine(), "What should change? Name a setting, such as --retention 30d");
        }
        Answer answer = send(Call.patch(path(topic), settings.toJson()), gateways);
        terminal.print("updated " + summary(topic, answer) + "\n");
        return ExitCode.OK;
    }

    @Command(
            name = "describe",
            mixinStandardHelpOptions = true,
            description =
                    "Show a topic's settings, and log start, high watermark, slot and owner"
                            + " of each partition.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice topic describe orders", "  sluice topic describe orders --json"})
    int describe(
            @Parameters(paramLabel = "TOPIC") String topic,
            @Option(names = "--json", description = "Print the gateway's answer as it is.")
                    boolean json,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Answer answer = send(Call.get(path(topic)), gateways);
        terminal.print(
                json
                        ? StandardCharsets.UTF_8.decode(answer.body()) + "\n"
                        : JsonReport.of(answer.json()));
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List topics by name.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice topic list", "  sluice topic list --names | grep '^test-'"})
    int list(@Mixin ListOptions shown, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        shown.print(
                terminal,
                gateways,
                ListOptions.Listing.of(
                        "topics", "no topics yet; create one: sluice topic create NAME"));
        return ExitCode.OK;
    }

    @Command(
            name = "delete",
            mixinStandardHelpOptions = true,
            description = "Delete a topic and its records. There is no way back.",
            footerHeading = "%nExamples:%n",
            footer = "  sluice topic delete orders")
    int delete(@Parameters(paramLabel = "TOPIC") String topic, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        try {
            send(Call.delete(path(topic)), gateways);
        } catch (CommandFailure failure) {
            // The answer to an earlier attempt was lost, and that attempt deleted it.
            if (failure.problem().status() != 404
                    || failure.outcome() != CommandFailure.Outcome.UNKNOWN) {
                throw failure;
            }
        }
        terminal.print("deleted " + topic + "\n");
        return ExitCode.OK;
    }

    private Answer send(Call call, GatewayOptions gateways) throws InterruptedException {
        try (var client = gateways.client(RetryListener.SILENT)) {
            return client.send(call, gateways.timeout(TIMEOUT));
        }
    }

    private static String summary(String topic, Answer answer) {
        if (!answer.body().hasRemaining()) {
            return topic;
        }
        Json json = answer.json();
        return "%s: %s partitions, retention %s, profile %s"
                .formatted(
                        topic,
                        json.text("partitionCount", "?"),
                        json.text("retention", "forever"),
                        json.text("profile", "?"));
    }

    private String path(String topic) {
        if (topic.isBlank()) {
            throw new ParameterException(commandLine(), "A topic needs a name");
        }
        return "/v1/topics/" + Call.segment(topic);
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }
}
