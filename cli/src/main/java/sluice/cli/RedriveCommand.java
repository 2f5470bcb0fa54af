package sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;
import sluice.cli.http.Time;

/** Sends dead letters back, or throws them away, and waits until that is done. */
@Command(
        name = "redrive",
        mixinStandardHelpOptions = true,
        description = {
            "Send dead letters back to the topic that they came from, each once: by id, by what they"
                    + " are, or with --all.",
            "Every group that reads that topic sees them; with --topic they go to another one."
                    + " Ctrl-C does not end it: --stop does."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice queue redrive jobs 0/17",
            "  sluice queue redrive jobs --reason 'no order' --rate 100",
            "  sluice queue redrive jobs --all --topic jobs.retry",
            "  sluice queue redrive jobs --all --purge",
            "  sluice queue redrive jobs --status",
            "  sluice queue redrive jobs --stop"
        })
final class RedriveCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private GatewayOptions gateways = new GatewayOptions();
    @Mixin private MessageOptions meant = new MessageOptions();

    @Parameters(index = "0", paramLabel = "QUEUE")
    private String queue = "";

    @Parameters(
            index = "1..*",
            paramLabel = "ID",
            description = "Dead letters, as sluice queue dead-letters tells their ids.")
    private List<String> ids = new ArrayList<>();

    @Option(names = "--all", description = "All that are there now.")
    private boolean all;

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Only those given up for exactly this reason.")
    private @Nullable String reason;

    @Option(names = "--rate", paramLabel = "N", description = "At most so many a second.")
    private @Nullable Integer rate;

    @Option(names = "--max", paramLabel = "N", description = "At most so many.")
    private @Nullable Long max;

    @Option(
            names = "--topic",
            paramLabel = "NAME",
            description = "To this topic, instead of where they came from.")
    private @Nullable String topic;

    @Option(names = "--purge", description = "Throw them away instead.")
    private boolean purge;

    @Option(names = "--status", description = "Tell how the last one goes.")
    private boolean status;

    @Option(names = "--stop", description = "Stop the one that runs; what was moved stays moved.")
    private boolean stop;

    RedriveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String path = "/v1/groups/" + Call.segment(queue) + "/dead-letters";
        Duration timeout = gateways.timeout(TIMEOUT);
        try (var client = gateways.client(RetryListener.SILENT)) {
            if (status || stop) {
                Call call = stop ? Call.delete(path + "/redrive") : Call.get(path + "/redrive");
                terminal.print(JsonReport.of(client.send(call, timeout).json()));
                return ExitCode.OK;
            }
            return run(client, path, timeout);
        }
    }

    /** A redrive ends when another gateway coordinates it; what was moved is moved. */
    private int run(GatewayClient client, String path, Duration timeout)
            throws IOException, InterruptedException {
        String body = body();
        Json state = begin(client, path, body, timeout);
        long movedBefore = 0;
        while (is(state, "running")) {
            Time.system().pause(LOOK);
            Json next = client.send(Call.get(path + "/redrive"), timeout).json();
            if (is(next, "none")) {
                movedBefore += state.longField("moved");
                if (max != null) {
                    return brokeOff(movedBefore);
                }
                terminal.err().println("another gateway coordinates it now; the rest goes on");
                next = begin(client, path, body, timeout);
            }
            state = next;
        }
        return ended(state, movedBefore);
    }

    private static boolean is(Json state, String how) {
        return state.text("state", "").equals(how);
    }

    /** How many more it may be is not known. */
    private int brokeOff(long moved) {
        terminal.err()
                .printf(
                        "another gateway coordinates it now: %s at least %d; to go on, run this again with what is left of --max%n",
                        verb(), moved);
        return ExitCode.FAILED;
    }

    private String verb() {
        return purge ? "purged" : "moved";
    }

    private Json begin(GatewayClient client, String path, String body, Duration timeout)
            throws InterruptedException {
        try {
            return client.send(Call.post(path + (purge ? "/purge" : "/redrive"), body), timeout)
                    .json();
        } catch (CommandFailure failure) {
            // The answer to an earlier attempt was lost, and that attempt began it.
            if (failure.outcome() == CommandFailure.Outcome.UNKNOWN
                    && failure.problem().type().endsWith("/redrive-running")) {
                return client.send(Call.get(path + "/redrive"), timeout).json();
            }
            throw failure;
        }
    }

    private int ended(Json state, long movedBefore) throws IOException {
        if (is(state, "none")) {
            terminal.err().println("there are no dead letters");
            if (movedBefore == 0) {
                return ExitCode.OK;
            }
            terminal.err()
                    .printf(
                            "their topic was deleted meanwhile: %s at least %d before, the rest is gone%n",
                            verb(), movedBefore);
            return ExitCode.FAILED;
        }
        terminal.print(
                "%s %d, kept %d\n"
                        .formatted(
                                verb(),
                                movedBefore + state.longField("moved"),
                                state.longField("kept")));
        state.field("lastError").ifPresent(error -> terminal.err().println("last error: " + error));
        boolean isWhole = is(state, "done") && state.longField("kept") == 0;
        return isWhole ? ExitCode.OK : ExitCode.FAILED;
    }

    private String body() {
        List<String> filter = new ArrayList<>(meant.toFields());
        if (reason != null) {
            filter.add("\"reason\":" + Json.quote(reason));
        }
        int ways = (ids.isEmpty() ? 0 : 1) + (filter.isEmpty() ? 0 : 1) + (all ? 1 : 0);
        if (ways != 1) {
            throw usage("Which dead letters? Name ids, or what they are, or --all");
        }
        if (purge && topic != null) {
            throw usage("--topic does not go with --purge: they go nowhere");
        }
        List<String> fields = new ArrayList<>();
        if (!ids.isEmpty()) {
            fields.add(
                    "\"ids\":[" + String.join(",", ids.stream().map(Json::quote).toList()) + "]");
        }
        if (!filter.isEmpty()) {
            fields.add("\"filter\":{" + String.join(",", filter) + "}");
        }
        Optional.ofNullable(rate).ifPresent(each -> fields.add("\"rate\":" + each));
        Optional.ofNullable(max).ifPresent(each -> fields.add("\"max\":" + each));
        Optional.ofNullable(topic).ifPresent(each -> fields.add("\"to\":" + Json.quote(each)));
        return "{" + String.join(",", fields) + "}";
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
