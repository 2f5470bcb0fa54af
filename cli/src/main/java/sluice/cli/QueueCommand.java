package sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
import sluice.cli.http.Json;
import sluice.cli.http.RetryListener;

/** Queues: makes and lists them, tells their numbers, pauses and empties them. */
@Command(
        name = "queue",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Work with queues: each message goes to whoever is free, and is settled on its own.",
            "A queue is a topic and its queue group of the same name; every command takes the name of"
                    + " any queue group."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice queue create jobs",
            "  sluice queue send jobs 'a first job'",
            "  sluice queue receive jobs --follow                    in another terminal, or in many",
            "  sluice queue receive jobs --follow --exec './work.sh'  a worker",
            "  sluice queue dead-letters jobs"
        })
final class QueueCommand implements Runnable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final List<String> COLUMNS =
            List.of("name", "topics", "deliveryLimit", "maxInFlight", "deadLetterTopic", "paused");

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    private QueueCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /** With the commands that have classes of their own. */
    static CommandLine commandLine(Terminal terminal) {
        return new CommandLine(new QueueCommand(terminal))
                .addSubcommand("send", new QueueSendCommand(terminal))
                .addSubcommand("receive", new QueueReceiveCommand(terminal))
                .addSubcommand("peek", new QueuePeekCommand(terminal))
                .addSubcommand("dead-letters", new DeadLettersCommand(terminal))
                .addSubcommand("redrive", new RedriveCommand(terminal));
    }

    @Override
    public void run() {
        throw new ParameterException(commandLine(), "Which command for queues?");
    }

    private CommandLine commandLine() {
        return Objects.requireNonNull(spec).commandLine();
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = {
                "Make a queue, or change the settings of one that is there.",
                "Settings that are not named are as in a new queue."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice queue create jobs",
                "  sluice queue create mails --delivery-limit 5 --backoff 10s --backoff-max 1h",
                "  sluice queue create orders --order-by-key --priority"
            })
    int create(
            @Parameters(paramLabel = "QUEUE") String queue,
            @Mixin QueueOptions settings,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Answer answer = send(Call.put("/v1/queues/" + name(queue), settings.toJson()), gateways);
        terminal.print(
                (answer.status() == 201 ? "created " : "exists, with these settings now: ")
                        + queue
                        + "\n");
        if (answer.status() != 201) {
            terminal.print(JsonReport.of(answer.json()));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "List queue groups by name.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice queue list", "  sluice queue list --prefix mail- --names"})
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
                        group -> group.text("type", "").equals("queue"),
                        queues -> JsonReport.table(queues, COLUMNS),
                        "no queues yet; one is made by: sluice queue create NAME"));
        return ExitCode.OK;
    }

    @Command(
            name = "stats",
            mixinStandardHelpOptions = true,
            description = {
                "Show how much is ready, in flight, delayed and dead, and who reads.",
                "dead are messages on their way to the dead-letter topic; those there are shown by"
                        + " dead-letters."
            },
            footerHeading = "%nExamples:%n",
            footer = {"  sluice queue stats jobs", "  sluice queue stats jobs --json | jq .ready"})
    int stats(
            @Parameters(paramLabel = "QUEUE") String queue,
            @Option(names = "--json", description = "Print the gateway's answer as it is.")
                    boolean json,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        Answer answer = send(Call.get(path(queue) + "/stats"), gateways);
        terminal.print(json ? text(answer) : JsonReport.of(answer.json()));
        return ExitCode.OK;
    }

    @Command(
            name = "sessions",
            mixinStandardHelpOptions = true,
            description = "Show who reads a queue, and which messages each works on, since when.",
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice queue sessions jobs",
                "  sluice queue sessions jobs --client worker-7 --json | jq .busy"
            })
    int sessions(
            @Parameters(paramLabel = "QUEUE") String queue,
            @Option(
                            names = "--client",
                            paramLabel = "NAME",
                            description = "Only those that call themselves so.")
                    @Nullable String client,
            @Option(names = "--json", description = "Print the gateway's answer as it is.")
                    boolean json,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        String query = client == null ? "" : "?client=" + Call.segment(client);
        Answer answer = send(Call.get(path(queue) + "/sessions" + query), gateways);
        if (json) {
            terminal.print(text(answer));
            return ExitCode.OK;
        }
        List<Json> sessions = answer.json().list("sessions");
        terminal.print(
                JsonReport.table(
                        sessions,
                        List.of("session", "client", "gateway", "busy", "inFlight", "waits")));
        List<Json> holds = sessions.stream().flatMap(each -> each.list("holds").stream()).toList();
        if (!holds.isEmpty()) {
            terminal.print(
                    "\nholds\n"
                            + MessageTable.of(
                                    holds,
                                    List.of(
                                            "topic",
                                            "partition",
                                            "offset",
                                            "deliveries",
                                            "since")));
        }
        return ExitCode.OK;
    }

    @Command(
            name = "pause",
            mixinStandardHelpOptions = true,
            description = "Give nothing out any more; what is out may be settled.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice queue pause jobs"})
    int pause(@Parameters(paramLabel = "QUEUE") String queue, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        send(Call.post(path(queue) + "/pause", ""), gateways);
        terminal.print("paused " + queue + "\n");
        return ExitCode.OK;
    }

    @Command(
            name = "resume",
            mixinStandardHelpOptions = true,
            description = "Give messages out again.",
            footerHeading = "%nExamples:%n",
            footer = {"  sluice queue resume jobs"})
    int resume(@Parameters(paramLabel = "QUEUE") String queue, @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        send(Call.post(path(queue) + "/resume", ""), gateways);
        terminal.print("resumed " + queue + "\n");
        return ExitCode.OK;
    }

    @Command(
            name = "purge",
            mixinStandardHelpOptions = true,
            description = {
                "End all messages that nobody has; those that consumers work on stay theirs.",
                "Only tells how many there are, unless --execute. There is no way back but a reset:"
                        + " sluice group reset QUEUE."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice queue purge jobs --execute",
                "  sluice queue redrive jobs --purge           the dead letters"
            })
    int purge(
            @Parameters(paramLabel = "QUEUE") String queue,
            @Option(names = "--execute", description = "Do it.") boolean execute,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        if (execute) {
            Json purged = send(Call.post(path(queue) + "/purge", ""), gateways).json();
            terminal.print("purged " + purged.longField("purged") + " messages\n");
        } else {
            Json stats = send(Call.get(path(queue) + "/stats"), gateways).json();
            long ready = stats.longField("ready");
            long delayed = stats.longField("delayed");
            long behind = stats.longField("behind");
            terminal.print(
                    "%d messages would be ended: %d ready, %d delayed, %d behind others of their key\n"
                            .formatted(ready + delayed + behind, ready, delayed, behind));
            terminal.err().println("nothing was changed; to do it, add --execute");
        }
        return ExitCode.OK;
    }

    private static Answer send(Call call, GatewayOptions gateways) throws InterruptedException {
        try (var client = gateways.client(RetryListener.SILENT)) {
            return client.send(call, gateways.timeout(TIMEOUT));
        }
    }

    static String text(Answer answer) {
        return StandardCharsets.UTF_8.decode(answer.body()) + "\n";
    }

    private String path(String queue) {
        return "/v1/groups/" + name(queue);
    }

    private String name(String queue) {
        if (queue.isBlank()) {
            throw new ParameterException(commandLine(), "A queue needs a name");
        }
        return Call.segment(queue);
    }
}
