package sluice.bench.churn;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.bench.member.MemberEvent;
import sluice.bench.member.MemberMain;
import sluice.log.SluiceException;

/** A member's process: all it prints goes to the log. For one thread. */
final class MemberProcess {

    private static final List<String> JVM =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xshare:auto",
                    "-Xmx96m",
                    "-Xss512k",
                    "-ea:sluice...",
                    "--enable-native-access=ALL-UNNAMED");

    private final String name;
    private final Process process;
    private final Path log;
    private final RunLog told;
    private volatile boolean isReady;
    private volatile boolean isHolding;
    private volatile boolean isZombieDone;

    private MemberProcess(String name, Process process, Path log, RunLog told) {
        this.name = name;
        this.process = process;
        this.log = log;
        this.told = told;
    }

    /**
     * Starts one; the caller kills it.
     *
     * @param arguments of {@link MemberMain}
     */
    static MemberProcess start(String name, List<String> arguments, Path folder, RunLog told)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(
                List.of("-cp", System.getProperty("java.class.path"), MemberMain.class.getName()));
        command.addAll(arguments);
        Path log = Files.createDirectories(folder).resolve(name + ".log");
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                        .start();
        var member = new MemberProcess(name, process, log, told);
        Thread.ofVirtual().name(name).start(member::listen);
        return member;
    }

    private void listen() {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                heard(line);
            }
        } catch (IOException e) {
            // Killed.
        }
    }

    private void heard(String line) {
        MemberEvent event;
        try {
            event = MemberEvent.parse(line);
        } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
            if (process.isAlive()) {
                throw e;
            }
            return; // The rest of it died with the process.
        }
        told.add(name, event);
        switch (event) {
            case MemberEvent.Ready _ -> isReady = true;
            case MemberEvent.Holding _ -> isHolding = true;
            case MemberEvent.Zombie _ -> isZombieDone = true;
            default -> {}
        }
    }

    String name() {
        return name;
    }

    /** It waits to be stopped. */
    boolean isHolding() {
        return isHolding;
    }

    /** It was woken, and tried to commit. */
    boolean isZombieDone() {
        return isZombieDone;
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitReady(Duration max) throws InterruptedException {
        long endNs = System.nanoTime() + max.toNanos();
        while (!isReady) {
            if (!process.isAlive() || System.nanoTime() - endNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "no-member",
                        "member %s is not ready: alive=%s; see %s"
                                .formatted(name, process.isAlive(), log));
            }
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    void join() {
        told.add(name, new MemberEvent.Joining(System.nanoTime()));
        tell("join");
    }

    void leave() {
        tell("leave");
    }

    /** It is to handle something, not to commit it, and to wait. */
    void hold() {
        isHolding = false;
        isZombieDone = false;
        tell("hold");
    }

    void goOn() {
        tell("go");
    }

    private void tell(String command) {
        try {
            var in = process.getOutputStream();
            in.write((command + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("member " + name + " listens no more; see " + log, e);
        }
    }

    void kill() {
        told.add(name, new MemberEvent.Killed(System.nanoTime()));
        process.destroyForcibly();
    }

    void stop() throws IOException, InterruptedException {
        told.add(name, new MemberEvent.Stopped(System.nanoTime()));
        signal("STOP");
    }

    void wake() throws IOException, InterruptedException {
        told.add(name, new MemberEvent.Woken(System.nanoTime()));
        signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, "" + process.pid())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    /** For the end of everything. */
    void forget() {
        process.destroyForcibly();
    }
}
