package sluice.cli.dev;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;

/**
 * A running child process.
 *
 * <p>Ctrl-C on a terminal goes to every process in the foreground, but the order in which children
 * stop matters, so a child starts with SIGINT and SIGHUP ignored (a JVM leaves them so) and ends by
 * the SIGTERM of {@link #askToStop}. Its standard input is a pipe that this process holds and never
 * writes to; the child sees it end when this process is gone.
 */
final class Child {

    /** A shell that replaces itself, so that the child's process id is the program's. */
    private static final List<String> DEAF_TO_TERMINAL =
            List.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sluice-child");

    private final ChildSpec spec;
    private final Process process;
    private final Path log;

    private Child(ChildSpec spec, Process process, Path log) {
        this.spec = spec;
        this.process = process;
        this.log = log;
    }

    /**
     * @param log where its output goes; what is in it from before is kept
     */
    static Child start(ChildSpec spec, Path log) throws IOException {
        var command = new ArrayList<>(DEAF_TO_TERMINAL);
        command.addAll(spec.command());
        var process =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        return new Child(spec, process, log);
    }

    ChildSpec spec() {
        return spec;
    }

    Path log() {
        return log;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Runs {@code then}, on a thread of the process API, when the process has ended. */
    void onEnd(Runnable then) {
        var unused = process.onExit().thenRun(then);
    }

    /** The exit status, if the process has ended. */
    OptionalInt status() {
        return process.isAlive() ? OptionalInt.empty() : OptionalInt.of(process.exitValue());
    }

    void askToStop() {
        process.toHandle().destroy();
    }

    /**
     * Waits for the end; kills what has not ended by then.
     *
     * @return false if it had to be killed
     */
    boolean awaitEnd(Duration max) throws InterruptedException {
        if (process.waitFor(max.toMillis(), TimeUnit.MILLISECONDS)) {
            return true;
        }
        process.destroyForcibly().waitFor();
        return false;
    }
}
