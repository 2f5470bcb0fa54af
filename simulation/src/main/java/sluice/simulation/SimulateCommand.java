package sluice.simulation;

import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code ./sluice simulate}: many small clusters under faults, each from a seed. */
@Command(
        name = "./sluice simulate",
        mixinStandardHelpOptions = true,
        version = "sluice 0.1.0-SNAPSHOT",
        sortOptions = false,
        description = {
            "Runs whole clusters of production's classes on one thread and one virtual clock each,"
                    + " under faults, and checks every promise.",
            "A run is drawn from its seed alone: its sizes, its load, its faults. The same seed gives"
                    + " the same run, here and elsewhere."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:every promise was kept",
            "1:a promise was broken; the report names the seed, and the command that replays it",
            "2:the command line was not understood"
        },
        footerHeading = "%nExamples:%n",
        footer = {
            "  ./sluice simulate                          a minute of seeds from 1 on",
            "  ./sluice simulate --seeds 1000 --minutes 5 a thousand, but no longer than that",
            "  ./sluice simulate --seed 4711              one seed, with the end of its journal",
            "  ./sluice simulate --seed 4711 --trace all  and all that its gateways logged",
            "  ./sluice simulate --faults KILL,BIT_FLIP   only these faults",
            "%nA promise (I1 to I17) is named where it was broken; docs/simulation.md says what is checked."
        })
final class SimulateCommand implements Callable<Integer> {

    private static final int TRACE_LINES = 60;

    private final PrintWriter out;

    @Option(names = "--seeds", paramLabel = "N", description = "how many seeds (default: no limit)")
    private long seeds = Long.MAX_VALUE;

    @Option(
            names = "--minutes",
            paramLabel = "M",
            description = "how long at most (default: 1, without a limit if --seeds is given)")
    private @Nullable Double minutes;

    @Option(names = "--first-seed", paramLabel = "S", description = "the first seed (default: 1)")
    private long firstSeed = 1;

    @Option(names = "--seed", paramLabel = "S", description = "replays this one seed")
    private @Nullable Long seed;

    @Option(
            names = "--jobs",
            paramLabel = "J",
            description = "runs side by side (default: ${DEFAULT-VALUE})")
    private int jobs = 2;

    @Option(
            names = "--faults",
            split = ",",
            paramLabel = "KIND",
            description = {
                "only these faults, of: ${COMPLETION-CANDIDATES}",
                "A replay needs the same choice as the run it replays."
            })
    private @Nullable List<FaultKind> faults;

    @Option(
            names = "--trace",
            paramLabel = "LINES",
            description = "lines of the journal that are shown (default: 60), or: all")
    private String trace = String.valueOf(TRACE_LINES);

    @Option(names = "--keep-going", description = "goes on after a failure, and counts them")
    private boolean isKeepingGoing;

    SimulateCommand(PrintWriter out) {
        this.out = out;
    }

    @Override
    public Integer call() {
        Set<FaultKind> allowed =
                faults == null ? FaultKind.all() : java.util.EnumSet.copyOf(faults);
        int lines = trace.equals("all") ? Integer.MAX_VALUE : Integer.parseInt(trace);
        var replay = new Replay(out, allowed, lines);
        if (seed != null) {
            return replay.run(seed) ? 0 : 1;
        }
        boolean isBounded = minutes != null || seeds == Long.MAX_VALUE;
        Optional<Duration> timeMax =
                isBounded
                        ? Optional.of(
                                Duration.ofMillis(
                                        (long) ((minutes == null ? 1 : minutes) * 60_000)))
                        : Optional.empty();
        var campaign = new Campaign(out, allowed, firstSeed, seeds, timeMax, jobs, isKeepingGoing);
        List<Long> failed = campaign.run();
        failed.stream().sorted().limit(isKeepingGoing ? 3 : 1).forEach(replay::run);
        return failed.isEmpty() ? 0 : 1;
    }
}
