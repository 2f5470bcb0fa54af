package sluice.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.cli.consume.ConsumeStats;
import sluice.cli.consume.ConsumerSettings;
import sluice.cli.consume.QueueReader;
import sluice.cli.consume.QueueWorker;
import sluice.cli.consume.QueueWorker.Outcome;
import sluice.cli.consume.RecordFormat;
import sluice.cli.consume.StartPoint;
import sluice.cli.consume.Warnings;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Problem;
import sluice.cli.http.Time;
import sluice.client.Sluice;
import sluice.client.queue.QueueMessage;

/** Receives messages of a queue: prints them, or gives each to a command. */
@Command(
        name = "receive",
        mixinStandardHelpOptions = true,
        description = {
            "Receive messages; each is acknowledged once it was printed, or once its command ended"
                    + " well.",
            "Stops when no message came for 3 s, unless --follow. A message goes to one receiver"
                    + " only: run this in as many terminals as you like."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice queue receive jobs",
            "  sluice queue receive jobs --max 10 --format json",
            "  sluice queue receive jobs --follow --exec 'convert - -resize 200 \"$SLUICE_KEY\"'",
            "Kill a receiver (kill -9) while its command runs: another one has the message at once."
        })
final class QueueReceiveCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int OUT_BYTES = 1024 * 1024;

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private GatewayOptions gateways = new GatewayOptions();

    @Parameters(paramLabel = "QUEUE")
    private String queue = "";

    @Option(names = "--follow", description = "Go on with the messages that come, until stopped.")
    private boolean follow;

    @Option(names = "--max", paramLabel = "N", description = "Stop after N messages.")
    private long max;

    @Option(
            names = "--exec",
            paramLabel = "COMMAND",
            description = {
                "Run this with sh for each message, one at a time: the value is its standard input;"
                        + " SLUICE_KEY, SLUICE_DELIVERIES, SLUICE_DELIVERY, SLUICE_TOPIC,"
                        + " SLUICE_PARTITION and SLUICE_OFFSET are set.",
                "Exit code 0 acknowledges the message; any other gives it back, and it comes again"
                        + " after the queue's back-off."
            })
    private @Nullable String exec;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "value",
            description = "One of ${COMPLETION-CANDIDATES}, as with sluice consume. Default: value")
    private ConsumeCommand.Format format = ConsumeCommand.Format.VALUE;

    @Option(
            names = "--delimiter",
            paramLabel = "TEXT",
            defaultValue = "\\t",
            description = "Between key and value; \\t (default), \\n, \\0 are understood.")
    private String delimiter = "\\t";

    @Option(
            names = {"--quiet", "-q"},
            description = "No summary on stderr.")
    private boolean quiet;

    QueueReceiveCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (max < 0) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--max: expected a number from 1, found " + max);
        }
        var settings =
                new ConsumerSettings(
                        List.of(),
                        new StartPoint.Earliest(),
                        follow,
                        max,
                        recordFormat(),
                        gateways.timeout(TIMEOUT));
        var stats = new ConsumeStats();
        Time time = Time.system();
        long startNs = time.nowNs();
        // Draws nothing: the messages may go to the same terminal.
        var waiting = new ProgressMeter(terminal.err(), time, false, quiet, () -> "");
        try (var client = gateways.client(waiting)) {
            Warnings warnings = text -> terminal.err().println(text);
            if (exec == null) {
                var reader = new QueueReader(client, stats, warnings, queue);
                leavingInTheEnd(
                        reader::leave,
                        () ->
                                reader.print(
                                        settings,
                                        new BufferedOutputStream(terminal.out(), OUT_BYTES)));
            } else {
                work(exec, settings, client, stats, warnings);
            }
        }
        if (!quiet) {
            double seconds = Math.max(1e-3, (time.nowNs() - startNs) / 1e9);
            terminal.err()
                    .println(
                            "%s messages in %.1f s"
                                    .formatted(Units.count(stats.records()), seconds));
        }
        return ExitCode.OK;
    }

    private void work(
            String command,
            ConsumerSettings settings,
            GatewayClient gatewayClient,
            ConsumeStats stats,
            Warnings warnings)
            throws InterruptedException {
        try (var client =
                Sluice.builder(gateways.addresses()).label("sluice-queue-receive").build()) {
            var worker =
                    new QueueWorker(gatewayClient, client, queue, stats, warnings, Time.system());
            leavingInTheEnd(
                    worker::leave, () -> worker.work(settings, message -> run(command, message)));
        }
    }

    private interface Receiving {
        void run() throws InterruptedException;
    }

    /** Who is stopped by Ctrl-C gives back what he has too. */
    private static void leavingInTheEnd(Runnable leave, Receiving receiving)
            throws InterruptedException {
        var leaving = Thread.ofPlatform().name("leave").unstarted(leave);
        Runtime.getRuntime().addShutdownHook(leaving);
        try {
            receiving.run();
        } finally {
            stopHook(leaving);
        }
    }

    private RecordFormat recordFormat() {
        return switch (format) {
            case VALUE -> new RecordFormat.Value();
            case KEY_VALUE -> new RecordFormat.KeyValue(Units.delimiter(delimiter));
            case JSON -> new RecordFormat.JsonLines();
            case OFFSETS -> new RecordFormat.Offsets();
        };
    }

    private static void stopHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException isStopping) {
            // It runs already.
        }
    }

    private Outcome run(String command, QueueMessage message) throws InterruptedException {
        var builder =
                new ProcessBuilder("sh", "-c", command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(
                        Map.of(
                                "SLUICE_KEY", text(message.keyText()),
                                "SLUICE_DELIVERIES", Integer.toString(message.deliveries()),
                                "SLUICE_DELIVERY", message.delivery(),
                                "SLUICE_TOPIC", message.record().topic(),
                                "SLUICE_PARTITION", Integer.toString(message.record().partition()),
                                "SLUICE_OFFSET", Long.toString(message.record().offset())));
        try {
            Process process = builder.start();
            try {
                feed(process, message.record().value());
                process.getInputStream().transferTo(terminal.out());
                terminal.out().flush();
                int code = process.waitFor();
                return code == 0 ? new Outcome.Done() : new Outcome.Failed("exit code " + code);
            } finally {
                process.destroy();
            }
        } catch (IOException failure) {
            throw new CommandFailure(
                    Problem.local(
                            "The command could not be run",
                            "%s: %s".formatted(command, failure.getMessage()),
                            "correct --exec; the message goes to another receiver"));
        }
    }

    private static void feed(Process process, byte @Nullable [] value) {
        Thread.ofVirtual()
                .name("value")
                .start(() -> {
                    try (OutputStream in = process.getOutputStream()) {
                        if (value != null) {
                            in.write(value);
                        }
                    } catch (IOException notRead) {
                        // The command does not read all of its input: its own choice.
                    }
                });
    }

    /** Text without what no variable can hold. */
    private static String text(@Nullable String key) {
        return key == null ? "" : key.replace("\0", "");
    }
}
