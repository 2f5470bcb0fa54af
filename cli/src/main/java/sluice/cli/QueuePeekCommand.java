package sluice.cli;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows messages of a queue without taking them. */
@Command(
        name = "peek",
        mixinStandardHelpOptions = true,
        description = {
            "Show messages that are not done, and change nothing: none is taken, no delivery counts.",
            "By partition and offset, which is not always the order in which they are given out."
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice queue peek jobs",
            "  sluice queue peek jobs --state inFlight,delayed",
            "  sluice queue peek jobs --key ann --from '2h ago'",
            "  sluice queue peek jobs --header source:web --json | jq '.messages[].value'"
        })
final class QueuePeekCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin private GatewayOptions gateways = new GatewayOptions();
    @Mixin private MessageOptions meant = new MessageOptions();
    @Mixin private PageOptions page = new PageOptions();

    @Parameters(paramLabel = "QUEUE")
    private String queue = "";

    @Option(
            names = "--state",
            paramLabel = "STATE",
            split = ",",
            description =
                    "ready, delayed, inFlight or dead (on its way to the dead-letter topic); several"
                            + " by commas. Default: all")
    private List<String> states = new ArrayList<>();

    QueuePeekCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        String state = states.isEmpty() ? "" : "&state=" + String.join(",", states);
        page.print(
                terminal,
                gateways,
                gateways.timeout(TIMEOUT),
                new PageOptions.Listing(
                        queue,
                        "messages",
                        state + meant.toQuery(),
                        "messages",
                        List.of(
                                "topic",
                                "partition",
                                "offset",
                                "state",
                                "deliveries",
                                "timestamp",
                                "key",
                                "value"),
                        "no such messages"));
        return ExitCode.OK;
    }
}
