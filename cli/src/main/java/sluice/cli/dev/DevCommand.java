package sluice.cli.dev;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import sluice.log.SluiceException;

/** {@code ./sluice dev}: a whole cluster on this machine, until Ctrl-C. */
@Command(
        name = "dev",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Runs gateways, a local S3 server and a local DynamoDB on this machine until Ctrl-C.",
            "",
            "Everything listens on loopback alone and keeps its data in one folder, which the next"
                    + " start finds again.",
            ""
        },
        exitCodeListHeading = "%nExit status:%n",
        exitCodeList = {
            "1:it could not start; why is printed",
            "130, 143:stopped by Ctrl-C, by SIGTERM"
        })
public final class DevCommand implements Callable<Integer> {

    @Option(
            names = "--gateways",
            paramLabel = "N",
            description = "How many gateways (1 to 16; default: ${DEFAULT-VALUE}).",
            defaultValue = "3")
    private int gateways;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = {
                "HTTP of the first gateway; the others follow. Links between gateways are 1000, stores"
                        + " 2000 above (default: ${DEFAULT-VALUE}). 0: any free ports."
            },
            defaultValue = "8080")
    private int port;

    @Option(
            names = "--data",
            paramLabel = "DIR",
            description = "Where all data is kept (default: ${DEFAULT-VALUE}).",
            defaultValue = ".sluice/dev")
    private Path data = Path.of(".sluice/dev");

    @Option(names = "--fresh", description = "Deletes the data of earlier runs first.")
    private boolean fresh;

    @Option(
            names = "--heap",
            paramLabel = "SIZE",
            description = "Memory of each gateway, as 512m or 1g (default: ${DEFAULT-VALUE}).",
            defaultValue = "512m")
    private String heap = "512m";

    @Option(
            names = "--jvm",
            paramLabel = "OPTION",
            description = {
                "Further JVM option of each gateway, such as --jvm=-XX:StartFlightRecording; may be"
                        + " repeated."
            })
    private List<String> jvmOptions = new ArrayList<>();

    /**
     * @throws SluiceException before anything is started, if it cannot be
     */
    @Override
    public Integer call() throws IOException, InterruptedException {
        var settings = settings();
        settings.installation().check();
        settings.ports().checkFree();
        try (var folder = DataFolder.open(settings.data(), fresh)) {
            return run(settings, folder, System.out);
        }
    }

    private DevSettings settings() {
        if (gateways < 1 || gateways > DevSettings.GATEWAYS_MAX) {
            throw invalid(
                    "--gateways must be 1 to " + DevSettings.GATEWAYS_MAX + ", not " + gateways);
        }
        if (port < 0 || port > DevPorts.BASE_MAX) {
            throw invalid("--port must be 0 to " + DevPorts.BASE_MAX + ", not " + port);
        }
        if (!heap.matches("[1-9][0-9]*[mMgG]")) {
            throw invalid("--heap must be a size as 512m or 1g, not " + heap);
        }
        return new DevSettings(
                data.toAbsolutePath().normalize(),
                gateways,
                port == 0 ? DevPorts.free(gateways) : DevPorts.above(port, gateways),
                heap,
                jvmOptions,
                DevSettings.STORES_QUICK_TO_START,
                Installation.fromSystemProperty());
    }

    private static SluiceException invalid(String message) {
        return new SluiceException(SluiceException.Kind.INVALID, "bad-option", message);
    }

    private static int run(DevSettings settings, DataFolder folder, PrintStream out)
            throws IOException, InterruptedException {
        long startedNs = System.nanoTime();
        int before = folder.noteGateways(settings.gateways());
        if (before > settings.gateways()) {
            out.printf(
                    "note: this data was last used with %d gateways; what the missing ones alone"
                            + " hold waits for them (--gateways %d)%n",
                    before, before);
        }
        out.printf(
                "starting %d gateway%s and the local stores (data and logs: %s)%n",
                settings.gateways(), settings.gateways() == 1 ? "" : "s", settings.data());
        var cluster = new DevCluster(folder::log, out, DevCluster.Patience.USUAL);
        var hook = Thread.ofPlatform().name("stop").unstarted(cluster::stop);
        Runtime.getRuntime().addShutdownHook(hook);
        if (cluster.start(new ChildSpecs(settings).all())) {
            Welcome.print(settings, (System.nanoTime() - startedNs) / 1e9, out);
            cluster.watch();
        }
        // After Ctrl-C this waits for the hook, which is at the same work.
        cluster.stop();
        return 1;
    }
}
