package sluice.simulation;

import java.io.PrintWriter;
import java.util.Set;

/** Runs one seed again and shows what happened. */
class Replay {

    private final PrintWriter out;
    private final Set<FaultKind> allowed;
    private final int traceLines;

    Replay(PrintWriter out, Set<FaultKind> allowed, int traceLines) {
        this.out = out;
        this.allowed = allowed;
        this.traceLines = traceLines;
    }

    /**
     * @return true if every promise was kept
     */
    boolean run(long seed) {
        var journal = new Journal(true);
        var run = new SimulatedRun(seed, RunShape.of(seed, allowed), journal);
        out.println();
        out.println("seed " + seed);
        prepare(run);
        try {
            Coverage coverage = run.run();
            journal.last(traceLines).forEach(out::println);
            new Report(out).table(coverage, false);
            out.println(
                    "seed %d kept every promise (events=%d trace=%x)"
                            .formatted(seed, run.cluster().time.eventsRun(), run.traceHash()));
            return true;
        } catch (AssertionError | RuntimeException broken) {
            out.println("the last that happened:");
            journal.last(traceLines).forEach(line -> out.println("  " + line));
            out.println();
            out.println("seed " + seed + " broke a promise:");
            out.println("  " + Journal.shortened(String.valueOf(broken.getMessage())));
            for (Throwable cause = broken.getCause(); cause != null; cause = cause.getCause()) {
                out.println("  because: " + Journal.shortened(cause.toString()));
            }
            for (StackTraceElement at : deepest(broken).getStackTrace()) {
                if (at.getClassName().startsWith("sluice.")) {
                    out.println("    at " + at);
                }
            }
            out.println();
            out.println("replay: " + command(seed, allowed));
            return false;
        }
    }

    /** Before the run begins; a test breaks something here. */
    void prepare(SimulatedRun run) {}

    private static Throwable deepest(Throwable failure) {
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest;
    }

    static String command(long seed, Set<FaultKind> allowed) {
        String faults =
                allowed.equals(FaultKind.all())
                        ? ""
                        : " --faults "
                                + String.join(",", allowed.stream().map(FaultKind::name).toList());
        return "./sluice simulate --seed " + seed + faults;
    }
}
