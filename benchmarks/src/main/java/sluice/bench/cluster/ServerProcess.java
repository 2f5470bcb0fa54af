package sluice.bench.cluster;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import sluice.cli.dev.ChildSpec;
import sluice.log.SluiceException;

/**
 * A gateway or a store as a process that can be started, signalled and started again. For one
 * thread at a time.
 */
public final class ServerProcess {

    private static final Duration POLL = Duration.ofMillis(20);
    private static final int TAIL_LINES = 25;

    /** What still runs when this process ends, by a signal too, is killed with it. */
    private static final Set<Process> RUNNING = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(
                        Thread.ofPlatform()
                                .name("kill-servers")
                                .unstarted(() -> RUNNING.forEach(ServerProcess::killAll)));
    }

    private final String name;
    private final List<String> command;
    private final BooleanSupplier readiness;
    private final Path log;
    private List<String> before = List.of();
    private Runnable onStarted = () -> {};
    private Runnable onEnded = () -> {};
    private volatile @Nullable Process process;
    private long startedNs;

    ServerProcess(ChildSpec spec, Path log) {
        this(spec.name(), spec.command(), spec::isReady, log);
    }

    /**
     * @param name one word
     * @param readiness asked again and again, by whoever waits for it
     * @param log takes all it prints
     */
    public ServerProcess(String name, List<String> command, BooleanSupplier readiness, Path log) {
        this.name = name;
        this.command = List.copyOf(command);
        this.readiness = readiness;
        this.log = log;
    }

    public String name() {
        return name;
    }

    /** Its output, of all its starts. */
    public Path log() {
        return log;
    }

    /**
     * @param started run at each start
     * @param ended run at each end, on a thread of the process API
     */
    void tell(Runnable started, Runnable ended) {
        onStarted = started;
        onEnded = ended;
    }

    /** What is to run before the program and in its place: it must end by an exec of the rest. */
    void startBy(List<String> prefix) {
        before = List.copyOf(prefix);
    }

    /** Starts it; returns at once. */
    public void start() throws IOException {
        if (isAlive()) {
            throw new IllegalStateException(name() + " runs already");
        }
        var all = new ArrayList<>(before);
        all.addAll(command);
        startedNs = System.nanoTime();
        var begun =
                new ProcessBuilder(all)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        process = begun;
        endWithUs(begun);
        onStarted.run();
        var unused = begun.onExit().thenRun(onEnded);
    }

    /** Has a process, a stopped one too, end at the latest when this one does. */
    public static void endWithUs(Process process) {
        RUNNING.add(process);
        var unused = process.onExit().thenRun(() -> RUNNING.remove(process));
    }

    /** When it was started last, by {@link System#nanoTime}. */
    public long startedNs() {
        return startedNs;
    }

    /** Of its last start. */
    public long pid() {
        return Objects.requireNonNull(process, "never started: " + name).pid();
    }

    public boolean isAlive() {
        Process present = process;
        return present != null && present.isAlive();
    }

    /** True when its readiness answers as it should. */
    public boolean isReady() {
        return readiness.getAsBoolean();
    }

    /**
     * Waits until it is ready.
     *
     * @throws SluiceException UNAVAILABLE {@code not-ready}, with the end of its log, if it ends or
     *     the time is over
     */
    public void awaitReady(Duration max) throws InterruptedException {
        long deadlineNs = System.nanoTime() + max.toNanos();
        while (!isReady()) {
            if (!isAlive()) {
                throw failed("not-ready", "ended before it was ready");
            }
            if (System.nanoTime() - deadlineNs > 0) {
                throw failed("not-ready", "is not ready after " + max);
            }
            TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
        }
    }

    /** Sends a signal by its name without SIG: KILL, STOP, CONT, TERM. Returns at once. */
    public void signal(String signal) throws IOException, InterruptedException {
        var present = Objects.requireNonNull(process, "never started: " + name);
        int status =
                new ProcessBuilder("kill", "-" + signal, "" + present.pid())
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor();
        if (status != 0 && present.isAlive()) {
            throw failed("not-signalled", "took no SIG" + signal);
        }
    }

    /** Kills it, a stopped one too, and waits for its end. */
    public void kill() throws InterruptedException {
        Process present = process;
        if (present != null) {
            present.destroyForcibly().waitFor();
        }
    }

    /**
     * Waits for its end.
     *
     * @return its exit status
     * @throws SluiceException UNAVAILABLE {@code still-running}, with the end of its log
     */
    public int awaitExit(Duration max) throws InterruptedException {
        var present = Objects.requireNonNull(process, "never started: " + name);
        if (!present.waitFor(max.toNanos(), TimeUnit.NANOSECONDS)) {
            throw failed("still-running", "still runs after " + max);
        }
        return present.exitValue();
    }

    /** For the end of everything: kills it, with what it started, and does not wait. */
    public void forget() {
        Process present = process;
        if (present != null) {
            killAll(present);
        }
    }

    private static void killAll(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    private SluiceException failed(String code, String what) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                code,
                "%s %s; the end of %s:%n%s".formatted(name(), what, log, tail()));
    }

    /** The last lines that it printed. */
    public String tail() {
        try {
            var lines = Files.readAllLines(log, StandardCharsets.ISO_8859_1);
            return String.join(
                    "\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
        } catch (IOException e) {
            return "(cannot be read: " + e + ")";
        }
    }
}
