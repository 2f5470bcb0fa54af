package sluice.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import sluice.cli.dev.DevCommand;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.Problem;
import sluice.log.SluiceException;

/** The command line's front door: finds the subcommand, and turns its end into an exit code. */
public final class Main {

    /**
     * Every subcommand by name, made only when it is called, so that none pays for another's
     * start-up.
     */
    private static final List<Map.Entry<String, Function<Terminal, Object>>> SUBCOMMANDS =
            List.of(
                    Map.entry("dev", _ -> new DevCommand()),
                    Map.entry("topic", TopicCommand::new),
                    Map.entry("produce", ProduceCommand::new),
                    Map.entry("consume", ConsumeCommand::new),
                    Map.entry("queue", QueueCommand::commandLine),
                    Map.entry("group", GroupCommand::new),
                    Map.entry("exchange", ExchangeCommand::new),
                    Map.entry("cluster", ClusterCommand::new));

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(Terminal.ofProcess(), args));
    }

    /**
     * Runs one command to its end.
     *
     * @return the exit code
     */
    public static int run(Terminal terminal, String... args) {
        var out = new PrintStream(terminal.out(), true, StandardCharsets.UTF_8);
        return commandLine(terminal, args)
                .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler((failure, _, _) -> report(failure, terminal.err()))
                .execute(args);
    }

    private static CommandLine commandLine(Terminal terminal, String[] args) {
        var sluice = new CommandLine(new Sluice());
        boolean known =
                args.length > 0
                        && SUBCOMMANDS.stream().anyMatch(entry -> entry.getKey().equals(args[0]));
        for (Map.Entry<String, Function<Terminal, Object>> entry : SUBCOMMANDS) {
            if (!known || entry.getKey().equals(args[0])) {
                sluice.addSubcommand(entry.getKey(), entry.getValue().apply(terminal));
            }
        }
        return sluice;
    }

    private static int report(Exception failure, PrintStream err) {
        return switch (failure) {
            case CommandFailure told -> {
                Problem problem = told.problem();
                err.println("error: " + problem.title() + ": " + problem.detail());
                if (told.outcome() == CommandFailure.Outcome.UNKNOWN) {
                    err.println("outcome: unknown; it may have been done");
                }
                if (!problem.action().isEmpty()) {
                    err.println("what to do: " + problem.action());
                }
                yield told.outcome() == CommandFailure.Outcome.UNKNOWN
                        ? ExitCode.UNKNOWN
                        : ExitCode.FAILED;
            }
            case SluiceException told -> {
                err.println("error: " + told.code() + ": " + told.getMessage());
                yield ExitCode.FAILED;
            }
            case InterruptedException _ -> ExitCode.INTERRUPTED;
            case IOException io when String.valueOf(io.getMessage()).contains("pipe") ->
                    // The reader of the output went away, as head does.
                    ExitCode.OK;
            case IOException io -> {
                err.println("error: " + describe(io));
                yield ExitCode.FAILED;
            }
            default -> {
                err.println("error: unexpected: " + describe(failure));
                err.println("what to do: please report it, with the lines below");
                failure.printStackTrace(err);
                yield ExitCode.FAILED;
            }
        };
    }

    private static String describe(Exception failure) {
        @Nullable String message = failure.getMessage();
        return failure.getClass().getSimpleName() + ": " + Objects.requireNonNullElse(message, "");
    }

    @Command(
            name = "sluice",
            mixinStandardHelpOptions = true,
            version = "sluice 0.1.0-SNAPSHOT",
            synopsisSubcommandLabel = "COMMAND",
            description = {
                "Sluice is a message queue whose storage is object storage.",
                "Each command explains itself with --help."
            },
            exitCodeListHeading = "%nExit codes:%n",
            exitCodeList = {
                "0:all was done",
                "1:something was refused or failed; the message says what to do",
                "2:the command line was not understood",
                "3:no answer came in time: it may have been done"
            },
            footerHeading = "%nTo begin:%n",
            footer = {
                "  sluice topic create orders",
                "  echo hello | sluice produce orders",
                "  sluice consume orders"
            })
    static final class Sluice implements Runnable {
        @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

        @Override
        public void run() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            throw new CommandLine.ParameterException(line, "Which command?");
        }
    }
}
