package sluice.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.Json;
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
            "  sluice cluster --json | jq .gateways",
            "  sluice cluster force-seal WAL --reason TEXT"
        })
final class ClusterCommand implements Callable<Integer> {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Members that hang are waited for, and a tail is uploaded. */
    private static final Duration FORCE_TIMEOUT = Duration.ofMinutes(2);

    private final Terminal terminal;

    @Mixin private GatewayOptions gateways = new GatewayOptions();

    @Option(names = "--json", description = "Print the gateway's answer as it is.")
    private boolean json;

    @Command(
            name = "force-seal",
            mixinStandardHelpOptions = true,
            description = {
                "Seal a dead wal whose members do not come back, with what is left of it.",
                "What was acknowledged and is not left is lost for ever. Without --accept-loss it"
                        + " says what would be lost, and ends with 2."
            },
            footerHeading = "%nExamples:%n",
            footer = {
                "  sluice cluster force-seal 0b7f... --reason 'both disks are gone'",
                "  sluice cluster force-seal 0b7f... --reason 'both disks are gone' --accept-loss"
            })
    int forceSeal(
            @Parameters(paramLabel = "WAL", description = "Its id; see sluice cluster.") String wal,
            @Option(
                            names = "--reason",
                            required = true,
                            paramLabel = "TEXT",
                            description = "Why; kept in the wal's record.")
                    String reason,
            @Option(names = "--accept-loss", description = "Do it.") boolean acceptLoss,
            @Mixin GatewayOptions gateways)
            throws IOException, InterruptedException {
        String body = "{\"reason\":%s,\"acceptLoss\":%s}".formatted(Json.quote(reason), acceptLoss);
        try (var client = gateways.client(RetryListener.SILENT)) {
            Answer answer =
                    client.send(
                            Call.post(
                                    "/v1/cluster/wals/" + Call.segment(wal) + "/force-seal", body),
                            gateways.timeout(FORCE_TIMEOUT));
            terminal.print(JsonReport.of(answer.json()));
            if (acceptLoss) {
                return ExitCode.OK;
            }
            terminal.err()
                    .println(
                            "nothing was sealed; say --accept-loss to lose what is behind end for ever");
            return ExitCode.USAGE;
        }
    }

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
