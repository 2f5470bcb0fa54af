package sluice.uploader.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The S3 server of {@code dev-stores/s3} in a process of its own, on a loopback port of the
 * system's choice, with its objects in a folder. Ends with {@link #close}, or with the test JVM.
 */
final class LocalS3 implements AutoCloseable {

    private static final Pattern STARTED =
            Pattern.compile("Started .*ServerConnector.*\\{127\\.0\\.0\\.1:(\\d+)}");

    private final Process process;
    private final URI endpoint;

    private LocalS3(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
    }

    static LocalS3 start(Path folder) {
        try {
            Path module = Path.of("..", "dev-stores", "s3").toAbsolutePath().normalize();
            Path data = Files.createDirectory(folder.resolve("data"));
            Path properties = folder.resolve("s3proxy.properties");
            Files.writeString(
                    properties,
                    Files.readString(module.resolve("s3proxy.properties"))
                            .replace("{port}", "0")
                            .replace("{folder}", data.toString()));
            Path output = folder.resolve("output.txt");
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx96m",
                                    "-XX:+UseSerialGC",
                                    "-XX:TieredStopAtLevel=1",
                                    "-Dlogback.configurationFile=" + module.resolve("logback.xml"),
                                    "-cp",
                                    module.resolve("target/lib") + "/*",
                                    "org.gaul.s3proxy.Main",
                                    "--properties",
                                    properties.toString())
                            .redirectErrorStream(true)
                            .start();
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            return new LocalS3(process, awaitStart(process, output));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads the server's log until it names its port; the rest goes to a file. */
    private static URI awaitStart(Process process, Path output) throws IOException {
        var log = process.inputReader(StandardCharsets.UTF_8);
        var seen = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            seen.append(line).append('\n');
            Matcher started = STARTED.matcher(line);
            if (started.find()) {
                Thread.ofVirtual()
                        .start(() -> {
                            try (var sink = Files.newBufferedWriter(output)) {
                                log.transferTo(sink);
                            } catch (IOException e) {
                                // The process ended, and its log with it.
                            }
                        });
                return URI.create("http://127.0.0.1:" + started.group(1));
            }
        }
        throw new IOException("the S3 server did not start: output=" + seen);
    }

    S3Config config(String bucket) {
        return new S3Config(
                Optional.of(endpoint),
                "us-east-1",
                bucket,
                true,
                Optional.of(new S3Config.Credentials("sluice", "sluice-secret")));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
    }
}
