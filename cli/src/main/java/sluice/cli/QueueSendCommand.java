package sluice.cli;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import sluice.cli.http.Time;
import sluice.cli.produce.KeyRule;
import sluice.cli.produce.LineProducer;
import sluice.cli.produce.LineSources;
import sluice.cli.produce.ProduceStats;
import sluice.cli.produce.ProducerSettings;

/** Sends messages to a queue's topic. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        description = {
            "Send each text as a message; without one, each line of standard input.",
            "A message is sent once, however often a request must be repeated. Files, archives and"
                    + " keys out of lines: sluice produce QUEUE."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice queue send jobs 'resize 4711.png' 'resize 4712.png'",
            "  seq 1 1000 | sluice queue send jobs",
            "  sluice queue send jobs --key ann '{\"total\":12.50}'",
            "  sluice queue send jobs --delay 10m --priority 9 'call Ann back'"
        })
final class QueueSendCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final Duration LINGER = Duration.ofMillis(20);
    private static final int BATCH_BYTES = 256 * 1024;
    private static final long HELD_BYTES_MAX = 64 * 1024 * 1024;

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private GatewayOptions gateways = new GatewayOptions();

    @Parameters(index = "0", paramLabel = "QUEUE")
    private String queue = "";

    @Parameters(index = "1..*", paramLabel = "TEXT", description = "Messages. Default: stdin")
    private List<String> texts = new ArrayList<>();

    @Option(names = "--key", paramLabel = "TEXT", description = "The same key for all of them.")
    private @Nullable String key;

    @Mixin private WaitOptions wait = new WaitOptions();

    @Option(
            names = {"--quiet", "-q"},
            description = "No summary on stderr.")
    private boolean quiet;

    QueueSendCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        KeyRule keys = key == null ? new KeyRule.NoKey() : new KeyRule.FixedKey(key);
        Time time = Time.system();
        var settings =
                new ProducerSettings(
                        ProducerSettings.Acks.ALL,
                        BATCH_BYTES,
                        LINGER,
                        gateways.timeout(TIMEOUT),
                        wait.headers(time.wallMs()),
                        OptionalInt.empty(),
                        HELD_BYTES_MAX);
        var sources = new LineSources(List.of(), false, "", input());
        var stats = new ProduceStats();
        var run = new ProduceRun(terminal.err(), time, stats, OptionalLong.empty(), false, quiet);
        try (run;
                var client = gateways.client(run)) {
            run.start();
            new LineProducer(client, time, new SplittableRandom(), stats)
                    .run(queue, sources, keys, false, settings);
            run.succeeded();
        }
        return ExitCode.OK;
    }

    private InputStream input() {
        if (texts.isEmpty()) {
            return terminal.in();
        }
        for (String text : texts) {
            if (text.indexOf('\n') >= 0) {
                throw new ParameterException(
                        Objects.requireNonNull(spec).commandLine(),
                        "A text with a line feed would be several messages; send it through HTTP or"
                                + " the SDK");
            }
        }
        return new ByteArrayInputStream(
                (String.join("\n", texts) + "\n").getBytes(StandardCharsets.UTF_8));
    }
}
