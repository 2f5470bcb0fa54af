package sluice.system;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One command of the command line, run to its end. */
final class CliProcess {

    private CliProcess() {}

    /**
     * @param output takes what it prints
     * @return the exit status
     */
    static int run(Path output, String... arguments)
            throws IOException, InterruptedException, TimeoutException {
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
        Process process =
                new ProcessBuilder(command)
                        .redirectOutput(output.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new TimeoutException("not done: " + command);
        }
        return process.exitValue();
    }
}
