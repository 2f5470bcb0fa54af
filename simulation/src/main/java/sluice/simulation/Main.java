package sluice.simulation;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine;

/** The front door of {@code ./sluice simulate}. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        System.exit(run(new PrintWriter(System.out, true, StandardCharsets.UTF_8), args));
    }

    /**
     * Runs the command to its end.
     *
     * @return the exit code
     */
    static int run(PrintWriter out, String... args) {
        return new CommandLine(new SimulateCommand(out)).setOut(out).execute(args);
    }
}
