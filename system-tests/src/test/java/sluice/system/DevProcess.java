package sluice.system;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A running {@code ./sluice dev}, on ports of its own choice. */
final class DevProcess implements AutoCloseable {

    private static final Pattern GATEWAY = Pattern.compile("gateway-\\d+ +(http://\\S+)");

    private final Process process;
    private final BufferedReader output;
    private final List<String> printed = new ArrayList<>();
    private final List<URI> gateways = new ArrayList<>();
    private final List<ProcessHandle> children = new ArrayList<>();

    private DevProcess(Process process) {
        this.process = process;
        this.output = process.inputReader();
    }

    /** Its gateways live for seconds, and so do without the slower compiler. */
    static DevProcess start(Path data, String... options) throws IOException {
        var all = new ArrayList<>(List.of(options));
        all.add("--jvm=-XX:TieredStopAtLevel=1");
        return startAsItComes(data, all.toArray(String[]::new));
    }

    static DevProcess startAsItComes(Path data, String... options) throws IOException {
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:TieredStopAtLevel=1",
                                "-Dsluice.root=" + Built.ROOT,
                                "-cp",
                                Built.ROOT.resolve("cli/target/classes")
                                        + File.pathSeparator
                                        + Built.ROOT.resolve("cli/target/lib/*"),
                                "sluice.cli.Main",
                                "dev",
                                "--port",
                                "0",
                                "--data",
                                data.toString()));
        command.addAll(List.of(options));
        return new DevProcess(new ProcessBuilder(command).redirectErrorStream(true).start());
    }

    /** Reads what it prints until that says how to stop it. */
    DevProcess awaitReady() throws IOException {
        while (true) {
            var line = output.readLine();
            if (line == null) {
                throw new IllegalStateException("dev ended: " + String.join("\n", printed));
            }
            printed.add(line);
            var gateway = GATEWAY.matcher(line);
            if (gateway.find()) {
                gateways.add(URI.create(gateway.group(1).replace("localhost", "127.0.0.1")));
            }
            if (line.startsWith("Ctrl-C stops")) {
                process.descendants().forEach(children::add);
                return this;
            }
        }
    }

    /** Everything it prints to its end. */
    String remainingOutput() throws IOException {
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
        }
        return String.join("\n", printed);
    }

    List<URI> gateways() {
        return gateways;
    }

    /** The processes it had started when it was ready. */
    List<ProcessHandle> children() {
        return children;
    }

    HttpResponse<String> call(int gateway, String method, String path, String body)
            throws IOException, InterruptedException {
        try (var client = HttpClient.newHttpClient()) {
            return client.send(
                    HttpRequest.newBuilder(gateways.get(gateway).resolve(path))
                            .header("Content-Type", "application/json")
                            .method(method, HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
        }
    }

    void signal(String name) throws IOException, InterruptedException {
        int status = new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
        if (status != 0) {
            throw new IllegalStateException("kill -" + name + " ended with status " + status);
        }
    }

    /** Sends a signal to a gateway's own process. */
    void signalGateway(int gateway, String name) throws IOException, InterruptedException {
        String port = "-Dquarkus.http.port=" + gateways.get(gateway).getPort();
        ProcessHandle process =
                children.stream()
                        .filter(child ->
                                Stream.of(child.info().arguments().orElse(new String[0]))
                                        .anyMatch(port::equals))
                        .findFirst()
                        .orElseThrow();
        new ProcessBuilder("kill", "-" + name, "" + process.pid()).start().waitFor();
    }

    int awaitExit() throws InterruptedException, TimeoutException {
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            throw new TimeoutException("dev did not stop: " + String.join("\n", printed));
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        Stream.concat(process.descendants(), children.stream())
                .toList()
                .forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
