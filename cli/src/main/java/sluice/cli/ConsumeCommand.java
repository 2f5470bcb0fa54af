package sluice.cli;

import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
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
import sluice.cli.consume.GroupReader;
import sluice.cli.consume.RecordFormat;
import sluice.cli.consume.StartPoint;
import sluice.cli.consume.TopicReader;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Time;

/** Prints the records of a topic. */
@Command(
        name = "consume",
        mixinStandardHelpOptions = true,
        description = {
            "Print the records of a topic, each ended by a line feed.",
            "Partitions are read side by side; records are in order within their partition. Reading"
                    + " stops where the log ended when it began, unless --follow."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice consume orders                               all there is",
            "  sluice consume orders --from latest --follow        what comes from now on",
            "  sluice consume orders --from '2h ago' --format json | jq .value",
            "  sluice consume orders --partition 3 --from 4711 --max 10",
            "  sluice consume orders --group billing --follow      shared with other members",
            "  sluice consume orders --format key-value --delimiter '\\t' | sort | uniq -c"
        })
final class ConsumeCommand implements Callable<Integer> {

    /** Names of the formats, as typed. */
    enum Format {
        VALUE("value"),
        KEY_VALUE("key-value"),
        JSON("json"),
        OFFSETS("offsets");

        private final String word;

        Format(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final int OUT_BYTES = 1024 * 1024;

    private final Terminal terminal;

    @Mixin private GatewayOptions gateways = new GatewayOptions();

    @Parameters(paramLabel = "TOPIC")
    private String topic = "";

    @Option(
            names = "--partition",
            paramLabel = "N",
            split = ",",
            description = "Only this partition; several by commas or by repetition.")
    private List<Integer> partitions = new ArrayList<>();

    @Option(
            names = "--group",
            paramLabel = "NAME",
            description = {
                "Read as a member of this consumer group, and commit what was printed. Partitions"
                        + " are shared with its other members.",
                "A group that does not exist is made; it begins at --from. Without --follow,"
                        + " reading stops when no record came for 3 s."
            })
    private String group = "";

    @Spec private @Nullable CommandSpec spec;

    @Option(
            names = "--from",
            paramLabel = "PLACE",
            defaultValue = "earliest",
            description = {
                "earliest (default), latest, an offset, a time (2026-03-01T12:00:00Z, 2026-03-01) or"
                        + " a span ('2h ago').",
                "A time without an offset from UTC is local."
            })
    private String from = "earliest";

    @Option(names = "--follow", description = "Go on with the records that come, until stopped.")
    private boolean follow;

    @Option(names = "--max", paramLabel = "N", description = "Stop after N records in all.")
    private long max;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "value",
            description =
                    "One of ${COMPLETION-CANDIDATES}. value (default) and key-value print the bytes"
                            + " as they are; json is one object a line; offsets is partition, offset,"
                            + " timestamp and sizes of key and value.")
    private Format format = Format.VALUE;

    @Option(
            names = "--delimiter",
            paramLabel = "TEXT",
            defaultValue = "\\t",
            description = "Between key and value; \\t (default), \\n, \\0 are understood.")
    private String delimiter = "\t";

    @Option(
            names = {"--quiet", "-q"},
            description = "No summary on stderr.")
    private boolean quiet;

    ConsumeCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    private void readAsMember(
            GatewayClient client, ConsumeStats stats, ConsumerSettings settings, OutputStream out)
            throws InterruptedException {
        if (!partitions.isEmpty()) {
            throw new ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--partition does not go with --group: the group shares the partitions out");
        }
        var reader = new GroupReader(client, stats, topic, group);
        if (reader.prepare(settings.start()) && !quiet) {
            terminal.err().println("made the group " + group);
        }
        // Who is stopped by Ctrl-C gives its partitions back too.
        var leaving = Thread.ofPlatform().name("leave").unstarted(reader::leave);
        Runtime.getRuntime().addShutdownHook(leaving);
        try {
            reader.run(settings, out);
        } finally {
            stopHook(leaving);
        }
    }

    private static void stopHook(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException isStopping) {
            // It runs already.
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        Time time = Time.system();
        var settings =
                new ConsumerSettings(
                        partitions,
                        StartPoint.parse(
                                from, Instant.ofEpochMilli(time.wallMs()), ZoneId.systemDefault()),
                        follow,
                        max,
                        switch (format) {
                            case VALUE -> new RecordFormat.Value();
                            case KEY_VALUE -> new RecordFormat.KeyValue(Units.delimiter(delimiter));
                            case JSON -> new RecordFormat.JsonLines();
                            case OFFSETS -> new RecordFormat.Offsets();
                        },
                        gateways.timeout(TIMEOUT));
        var stats = new ConsumeStats();
        long startNs = time.nowNs();
        // Draws nothing: the records may go to the same terminal.
        var waiting = new ProgressMeter(terminal.err(), time, false, quiet, () -> "");
        var out = new BufferedOutputStream(terminal.out(), OUT_BYTES);
        try (var client = gateways.client(waiting)) {
            if (group.isEmpty()) {
                new TopicReader(client, stats).run(topic, settings, out);
            } else {
                readAsMember(client, stats, settings, out);
            }
        }
        if (!quiet) {
            double seconds = Math.max(1e-3, (time.nowNs() - startNs) / 1e9);
            terminal.err()
                    .println(
                            "%s records, %s in %.1f s (%s records/s, %s/s)"
                                    .formatted(
                                            Units.count(stats.records()),
                                            Units.mebibytes(stats.bytes()),
                                            seconds,
                                            Units.count(stats.records() / seconds),
                                            Units.mebibytes(stats.bytes() / seconds)));
        }
        return ExitCode.OK;
    }
}
