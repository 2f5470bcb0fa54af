package sluice.metadata.dynamodb;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A local DynamoDB server in a process of its own, in memory, on a port of the loopback address
 * chosen by the system; started from the folder that the module dev-dynamodb fills. It ends when
 * closed, and with this process.
 */
public final class LocalDynamoDb implements AutoCloseable {

    private static final String MAIN = "software.amazon.dynamodb.services.local.main.ServerRunner";
    private static final Path LIB = Path.of("dev-stores", "dynamodb", "target", "lib");
    private static final Duration START_MAX = Duration.ofSeconds(60);
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    private static Optional<LocalDynamoDb> shared = Optional.empty();

    private final Process process;
    private final URI endpoint;
    private final Thread closer;

    private LocalDynamoDb(Process process, URI endpoint) {
        this.process = process;
        this.endpoint = endpoint;
        this.closer = new Thread(process::destroyForcibly, "local-dynamodb-closer");
    }

    /** One server for all tests of this process, which ends with it. */
    public static synchronized LocalDynamoDb shared() {
        if (shared.isEmpty()) {
            shared = Optional.of(start());
        }
        return shared.get();
    }

    /** Returns when the server takes connections; the caller owns it. */
    public static LocalDynamoDb start() {
        Path lib = lib();
        int port = freePort();
        try {
            Process process =
                    new ProcessBuilder(
                                    Path.of(System.getProperty("java.home"), "bin", "java")
                                            .toString(),
                                    "-Xmx256m",
                                    "--enable-native-access=ALL-UNNAMED",
                                    "-Dsqlite4java.library.path=" + lib,
                                    "-cp",
                                    lib + "/*",
                                    MAIN,
                                    "-disableTelemetry",
                                    "-inMemory",
                                    "-port",
                                    Integer.toString(port))
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            var server = new LocalDynamoDb(process, URI.create("http://127.0.0.1:" + port));
            Runtime.getRuntime().addShutdownHook(server.closer);
            server.awaitConnections(port);
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public URI endpoint() {
        return endpoint;
    }

    /** A configuration whose tables nobody else uses if {@code tablePrefix} is nobody else's. */
    public DynamoDbConfig config(String tablePrefix) {
        return new DynamoDbConfig(
                Optional.of(endpoint),
                "us-east-1",
                tablePrefix,
                Optional.of(new DynamoDbConfig.Credentials("local", "local")));
    }

    @Override
    public void close() {
        process.destroyForcibly();
        Runtime.getRuntime().removeShutdownHook(closer);
    }

    private void awaitConnections(int port) {
        long deadlineNs = System.nanoTime() + START_MAX.toNanos();
        while (!accepts(port)) {
            boolean ended;
            try {
                ended = process.waitFor(LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                ended = true;
            }
            if (ended || System.nanoTime() - deadlineNs > 0) {
                close();
                throw new IllegalStateException(
                        "the local DynamoDB did not start: port=%d ended=%s lib=%s"
                                .formatted(port, ended, lib()));
            }
        }
    }

    private static boolean accepts(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Tests of any module run in its folder, which is somewhere below the project's. */
    private static Path lib() {
        for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
            if (Files.isDirectory(at.resolve(LIB))) {
                return at.resolve(LIB);
            }
        }
        throw new IllegalStateException(
                "no local DynamoDB: build the module dev-dynamodb first, it fills " + LIB);
    }
}
