package sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
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

/** Sends each line of files, archives or standard input as a record. */
@Command(
        name = "produce",
        mixinStandardHelpOptions = true,
        description = {
            "Send each line as a record: its bytes as they are, without the line feed.",
            "A line is sent once and in order, however often a request must be repeated. Lines with"
                    + " the same key go to the same partition; lines without a key are spread."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  echo hello | sluice produce orders",
            "  tail -f app.log | sluice produce logs --key web-1",
            "  sluice produce orders orders.csv --key-field 1 --delimiter ,",
            "  sluice produce orders orders.jsonl --key-field customer --json",
            "  sluice produce code src --recursive --include '*.java' --key-path",
            "  sluice produce code $JAVA_HOME/lib/src.zip --include '*.java' --key-path"
        })
final class ProduceCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    /** Enough to keep every lane busy; a small part of the default heap. */
    private static final long HELD_BYTES_MAX = 64 * 1024 * 1024;

    private final Terminal terminal;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private GatewayOptions gateways = new GatewayOptions();

    @Parameters(index = "0", paramLabel = "TOPIC")
    private String topic = "";

    @Parameters(
            index = "1..*",
            paramLabel = "FILE",
            description =
                    "Files, .zip or .jar archives (each entry is a file), folders with --recursive,"
                            + " - for stdin. Default: stdin")
    private List<String> files = new ArrayList<>();

    @ArgGroup(exclusive = true)
    private KeyChoice keyChoice = new KeyChoice();

    /** At most one of them. */
    static final class KeyChoice {
        @Option(names = "--key", paramLabel = "TEXT", description = "The same key for all lines.")
        private @Nullable String key;

        @Option(
                names = "--key-path",
                description = "The key is the file's path, or the entry's within its archive.")
        private boolean path;

        @Option(
                names = "--key-field",
                paramLabel = "FIELD",
                description =
                        "The key is a part of the line, which stays whole: the number of a field, from"
                                + " 1, or with --json the name of a property.")
        private @Nullable String field;
    }

    @Option(
            names = "--delimiter",
            paramLabel = "TEXT",
            defaultValue = "\\t",
            description = "What parts fields for --key-field; \\t (default) is understood.")
    private String delimiter = "\\t";

    @Option(names = "--json", description = "Lines are JSON objects, for --key-field.")
    private boolean json;

    @Option(
            names = "--key-optional",
            description = "Send a line in which --key-field finds nothing without a key.")
    private boolean keyOptional;

    @Option(names = "--recursive", description = "Walk folders, in name order.")
    private boolean recursive;

    @Option(
            names = "--include",
            paramLabel = "GLOB",
            description =
                    "Which files of folders and archives to take: by name ('*.java'), or by path if"
                            + " there is a / in it ('java.base/**.java').")
    private String include = "";

    @Option(
            names = "--acks",
            paramLabel = "all|1|0",
            defaultValue = "all",
            description =
                    "Acknowledge when all members' disks hold it (all, default), the owner's (1), or"
                            + " at once (0: records may be lost without a word).")
    private String acks = "all";

    @Option(
            names = "--batch",
            paramLabel = "BYTES",
            converter = Units.Bytes.class,
            defaultValue = "256k",
            description = "Bytes per batch and partition. Default: ${DEFAULT-VALUE}")
    private int batchBytes;

    @Option(
            names = "--linger",
            paramLabel = "SPAN",
            converter = Units.Span.class,
            defaultValue = "20ms",
            description = "How long a batch waits to be filled. Default: ${DEFAULT-VALUE}")
    private Duration linger = Duration.ZERO;

    @Option(
            names = "--compression",
            paramLabel = "none",
            defaultValue = "none",
            description = "Only none today.")
    private String compression = "none";

    @Option(names = "--partition", paramLabel = "N", description = "All lines to this partition.")
    private @Nullable Integer partition;

    @Option(
            names = {"--quiet", "-q"},
            description = "No progress and no summary on stderr.")
    private boolean quiet;

    ProduceCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        var sources = new LineSources(files, recursive, include, terminal.in());
        KeyRule keys = keyRule();
        ProducerSettings settings = settings();
        boolean draws = terminal.errIsTerminal() && !quiet;
        OptionalLong total = draws ? LineProducer.sizeBytes(sources) : OptionalLong.empty();
        Time time = Time.system();
        var stats = new ProduceStats();
        var run = new ProduceRun(terminal.err(), time, stats, total, draws, quiet);
        try (run;
                var client = gateways.client(run)) {
            run.start();
            new LineProducer(client, time, new SplittableRandom(), stats)
                    .run(topic, sources, keys, keyOptional, settings);
            run.succeeded();
        }
        return ExitCode.OK;
    }

    private ProducerSettings settings() {
        if (!compression.equals("none")) {
            throw usage("--compression: expected none, found '" + compression + "'");
        }
        if (batchBytes < 1 || batchBytes > ProducerSettings.BATCH_BYTES_MAX) {
            throw usage(
                    "--batch: expected 1 to %d bytes, found %d"
                            .formatted(ProducerSettings.BATCH_BYTES_MAX, batchBytes));
        }
        if (partition != null && partition < 0) {
            throw usage("--partition: expected a number from 0, found " + partition);
        }
        ProducerSettings.Acks wanted =
                switch (acks.toLowerCase(Locale.ROOT)) {
                    case "all" -> ProducerSettings.Acks.ALL;
                    case "1" -> ProducerSettings.Acks.OWNER;
                    case "0" -> ProducerSettings.Acks.NONE;
                    default -> throw usage("--acks: expected all, 1 or 0, found '" + acks + "'");
                };
        return new ProducerSettings(
                wanted,
                batchBytes,
                linger,
                gateways.timeout(TIMEOUT),
                List.of(),
                partition == null ? OptionalInt.empty() : OptionalInt.of(partition),
                HELD_BYTES_MAX);
    }

    private KeyRule keyRule() {
        String field = keyChoice.field;
        if (field == null && json) {
            throw usage("--json: expected --key-field NAME beside it");
        }
        if (keyChoice.key != null) {
            return new KeyRule.FixedKey(keyChoice.key);
        }
        if (keyChoice.path) {
            return new KeyRule.PathKey();
        }
        if (field == null) {
            return new KeyRule.NoKey();
        }
        if (json) {
            return new KeyRule.JsonKey(field);
        }
        if (!field.matches("[1-9][0-9]{0,8}")) {
            throw usage(
                    "--key-field: expected the number of a field, from 1 (or --json beside the name"
                            + " of a property), found '"
                            + field
                            + "'");
        }
        if (delimiter.isEmpty()) {
            throw usage("--delimiter: expected at least one character");
        }
        return new KeyRule.FieldKey(Integer.parseInt(field), Units.delimiter(delimiter));
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
