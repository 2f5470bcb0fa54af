package sluice.bench.worker;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import sluice.bench.cluster.ServerProcess;

/** A process of consumers: all that it tells is passed on, with the process. */
public final class WorkerProcess {

    private static final List<String> JVM =
            List.of(
                    "-XX:+UseSerialGC",
                    "-XX:TieredStopAtLevel=1",
                    "-Xshare:auto",
                    "-Xmx96m",
                    "-ea:sluice...",
                    "--enable-native-access=ALL-UNNAMED");

    private final String name;
    private final Process process;

    private WorkerProcess(String name, Process process) {
        this.name = name;
        this.process = process;
    }

    /**
     * Starts one; the caller kills it.
     *
     * @param gateways addresses, with commas
     * @param folder for its log
     * @param told called for each event, by a thread of its own
     */
    public static WorkerProcess start(
            String name,
            String gateways,
            String group,
            int consumers,
            Path folder,
            BiConsumer<WorkerProcess, WorkerEvent> told)
            throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(JVM);
        command.addAll(
                List.of(
                        "-cp",
                        System.getProperty("java.class.path"),
                        WorkerMain.class.getName(),
                        gateways,
                        group,
                        "" + consumers));
        Path log = Files.createDirectories(folder).resolve(name + ".log");
        Process process =
                new ProcessBuilder(command)
                        .redirectError(ProcessBuilder.Redirect.to(log.toFile()))
                        .start();
        ServerProcess.endWithUs(process);
        var worker = new WorkerProcess(name, process);
        Thread.ofVirtual().name(name).start(() -> worker.listen(told));
        return worker;
    }

    private void listen(BiConsumer<WorkerProcess, WorkerEvent> told) {
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                try {
                    told.accept(this, WorkerEvent.parse(line));
                } catch (IllegalArgumentException e) {
                    if (process.isAlive()) {
                        throw e;
                    }
                    // The rest of the line died with the process.
                }
            }
        } catch (IOException e) {
            // Killed.
        }
    }

    public String name() {
        return name;
    }

    /** Has it acknowledge a message that it holds. */
    public void acknowledge(long number) {
        try {
            var in = process.getOutputStream();
            in.write(("ack " + number + "\n").getBytes(StandardCharsets.UTF_8));
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(name + " listens no more", e);
        }
    }

    /** Sends a signal by its name without SIG: KILL, STOP, CONT. */
    public void signal(String signal) throws IOException, InterruptedException {
        new ProcessBuilder("kill", "-" + signal, "" + process.pid())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start()
                .waitFor();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** For the end of everything: kills it, a stopped one too. */
    public void forget() {
        process.destroyForcibly();
    }
}
