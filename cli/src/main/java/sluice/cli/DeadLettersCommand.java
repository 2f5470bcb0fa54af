package sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sluice.cli.http.Call;

/** Shows the messages that a queue gave up. */
@Command(
        name = "dead-letters",
        mixinStandardHelpOptions = true,
        description = {
            "Show the messages that were given up, newest first, with why.",
            "Those that were redriven or purged are not shown any more."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice queue dead-letters jobs",
            "  sluice queue dead-letters jobs --reason 'no order' --from '1d ago' --max 100",
            "  sluice queue dead-letters jobs --json | jq '.deadLetters[].attempts'",
            "  sluice queue redrive jobs 0/17                 send one back, by its id"
        })
final class DeadLettersCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin private GatewayOptions gateways = new GatewayOptions();
    @Mixin private MessageOptions meant = new MessageOptions();
    @Mixin private PageOptions page = new PageOptions();

    @Parameters(paramLabel = "QUEUE")
    private String queue = "";

    @Option(
            names = "--reason",
            paramLabel = "TEXT",
            description = "Only those given up for exactly this reason.")
    private @Nullable String reason;

    @Option(names = "--oldest", description = "Oldest first.")
    private boolean oldest;

    DeadLettersCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String query =
                (oldest ? "&order=oldest" : "")
                        + (reason == null ? "" : "&reason=" + Call.segment(reason))
                        + meant.toQuery();
        page.print(
                terminal,
                gateways,
                gateways.timeout(TIMEOUT),
                new PageOptions.Listing(
                        queue,
                        "dead-letters",
                        query,
                        "deadLetters",
                        List.of("id", "reason", "deliveries", "lastAt", "key", "value"),
                        "no dead letters"));
        return ExitCode.OK;
    }
}
