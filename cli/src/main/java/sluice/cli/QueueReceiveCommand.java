package sluice.cli;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
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
import sluice.cli.consume.QueueReader.Outcome;
import sluice.cli.consume.QueueReader.Received;
import sluice.cli.consume.RecordFormat;
import sluice.cli.consume.StartPoint;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;
import sluice.cli.http.Time;

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
            var reader =
                    new QueueReader(client, stats, text -> terminal.err().println(text), queue);
            // Who is stopped by Ctrl-C gives back what he has too.
            var leaving = Thread.ofPlatform().name("leave").unstarted(reader::leave);
            Runtime.getRuntime().addShutdownHook(leaving);
            try {
                if (exec == null) {
                    reader.print(settings, new BufferedOutputStream(terminal.out(), OUT_BYTES));
                } else {
                    String command = exec;
                    reader.work(settings, message -> run(command, message));
                }
            } finally {
                stopHook(leaving);
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

    private Outcome run(String command, Received message) throws InterruptedException {
        var builder =
                new ProcessBuilder("sh", "-c", command)
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment()
                .putAll(
                        Map.of(
                                "SLUICE_KEY", text(message.record().key()),
                                "SLUICE_DELIVERIES", Integer.toString(message.deliveries()),
                                "SLUICE_DELIVERY", message.delivery(),
                                "SLUICE_TOPIC", message.topic(),
                                "SLUICE_PARTITION", Integer.toString(message.partition()),
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

    private static void feed(Process process, @Nullable ByteBuffer value) {
        Thread.ofVirtual()
                .name("value")
                .start(() -> {
                    try (OutputStream in = process.getOutputStream()) {
                        if (value != null) {
                            byte[] bytes = new byte[value.remaining()];
                            value.get(value.position(), bytes);
                            in.write(bytes);
                        }
                    } catch (IOException notRead) {
                        // The command does not read all of its input: its own choice.
                    }
                });
    }

    /** Text without what no variable can hold. */
    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null
                ? ""
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString().replace("\0", "");
    }
}
