package sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.RetryListener;

/** Shows the cluster as one gateway sees it. */
@Command(
        name = "cluster",
        mixinStandardHelpOptions = true,
        description = "Show gateways, slots and wals.",
        footerHeading = "%nExamples:%n",
        footer = {
            "  sluice cluster",
            "  sluice cluster --gateway http://localhost:8081",
            "  sluice cluster --json | jq .gateways"
        })
final class ClusterCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Terminal terminal;

    @Mixin private GatewayOptions gateways = new GatewayOptions();

    @Option(names = "--json", description = "Print the gateway's answer as it is.")
    private boolean json;

    ClusterCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        try (var client = gateways.client(RetryListener.SILENT)) {
            Answer answer = client.send(Call.get("/v1/cluster"), gateways.timeout(TIMEOUT));
            terminal.print(
                    json
                            ? StandardCharsets.UTF_8.decode(answer.body()) + "\n"
                            : JsonReport.of(answer.json()));
        }
        return ExitCode.OK;
    }
}
