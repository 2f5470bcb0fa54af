package sluice.bench;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import sluice.bench.aot.AotCommand;
import sluice.bench.compare.CompareCommand;
import sluice.bench.failover.FailoverCommand;
import sluice.bench.groups.GroupsCommand;
import sluice.bench.inner.InnerCommand;
import sluice.bench.queue.QueueCommand;
import sluice.bench.redelivery.RedeliveryCommand;
import sluice.bench.scale.ScaleCommand;
import sluice.bench.startup.StartupCommand;
import sluice.log.SluiceException;

/** The front door of {@code ./sluice bench}. */
public final class Main {

    private static final int FAILED = 1;
    private static final int INTERRUPTED = 130;

    private Main() {}

    public static void main(String[] args) {
        var line =
                new CommandLine(new Bench())
                        .addSubcommand("aot", new AotCommand())
                        .addSubcommand("compare", new CompareCommand())
                        .addSubcommand("failover", new FailoverCommand())
                        .addSubcommand("groups", new GroupsCommand())
                        .addSubcommand("inner", new InnerCommand())
                        .addSubcommand("queue", new QueueCommand())
                        .addSubcommand("redelivery", new RedeliveryCommand())
                        .addSubcommand("scale", new ScaleCommand())
                        .addSubcommand("startup", new StartupCommand())
                        .setOut(new PrintWriter(System.out, true, StandardCharsets.UTF_8))
                        .setErr(new PrintWriter(System.err, true, StandardCharsets.UTF_8))
                        .setExecutionExceptionHandler((failure, _, _) -> report(failure));
        System.exit(line.execute(args));
    }

    private static int report(Exception failure) {
        switch (failure) {
            case InterruptedException _ -> {
                return INTERRUPTED;
            }
            case SluiceException told ->
                    System.err.println("error: " + told.code() + ": " + told.getMessage());
            default -> {
                System.err.println("error: unexpected: " + failure);
                failure.printStackTrace();
            }
        }
        return FAILED;
    }

    @Command(
            name = "sluice bench",
            mixinStandardHelpOptions = true,
            synopsisSubcommandLabel = "BENCHMARK",
            description = {
                "Measures Sluice on this machine, with clusters that it starts and stops itself.",
                "Each benchmark explains itself with --help; none asserts anything."
            },
            footerHeading = "%nTo begin:%n",
            footer = {
                "  ./sluice bench compare --runs 1     beside Kafka and RabbitMQ",
                "  ./sluice bench failover --runs 3    how long writes pause",
                "  ./sluice bench groups               how long groups pause when members come and go",
                "  ./sluice bench queue --runs 1       queues beside RabbitMQ's and ElasticMQ's",
                "  ./sluice bench redelivery --runs 5  when others have what a lost consumer had",
                "  ./sluice bench scale                100,000 partitions, few of them active",
                "  ./sluice bench startup              until a gateway serves",
                "  ./sluice bench inner                the pieces of a gateway alone"
            })
    static final class Bench implements Runnable {
        @CommandLine.Spec private CommandLine.Model.@Nullable CommandSpec spec;

        @Override
        public void run() {
            CommandLine line = Objects.requireNonNull(spec).commandLine();
            throw new CommandLine.ParameterException(line, "Which benchmark?");
        }
    }
}
