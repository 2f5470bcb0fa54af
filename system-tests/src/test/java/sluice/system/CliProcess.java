package sluice.system;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One command of the command line, in a process of its own. */
final class CliProcess {

    private CliProcess() {}

    /**
     * Runs it to its end.
     *
     * @param output takes what it prints
     * @return the exit status
     */
    static int run(Path output, String... arguments)
            throws IOException, InterruptedException, TimeoutException {
        Process process = start(output, arguments);
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new TimeoutException("not done: " + String.join(" ", arguments));
        }
        return process.exitValue();
    }

    /**
     * Starts it; the caller ends it.
     *
     * @param output takes what it prints
     */
    static Process start(Path output, String... arguments) throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                Built.ROOT.resolve("cli/target/classes")
                                        + File.pathSeparator
                                        + Built.ROOT.resolve("cli/target/lib/*"),
                                "sluice.cli.Main"));
        command.addAll(List.of(arguments));
        return new ProcessBuilder(command)
                .redirectOutput(output.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
