package sluice.client.database;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.h2.jdbcx.JdbcConnectionPool;
import org.postgresql.ds.PGConnectionPoolDataSource;

/**
 * A PostgreSQL server of the tests' own: made by the machine's packages in a temporary folder, on a
 * free port of loopback, ended with the JVM. Debian's {@code postgresql} package is enough; its
 * service need not run.
 */
public final class PostgresServer {

    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    private static final int SECONDS_MAX = 60;

    private static Optional<PostgresServer> started = Optional.empty();

    private final Path folder;
    private final Path programs;
    private final int port;

    private PostgresServer(Path folder, Path programs, int port) {
        this.folder = folder;
        this.programs = programs;
        this.port = port;
    }

    /** An empty database; the test is skipped if this machine has no server. */
    public static synchronized TestDatabase database() {
        if (started.isEmpty()) {
            started = Optional.of(start(programs()));
        }
        return started.get().create("test" + TestDatabase.NAMES.incrementAndGet());
    }

    private static Path programs() {
        if (!Files.isDirectory(INSTALLED)) {
            abort("no PostgreSQL here: " + INSTALLED + " is not there; apt-get install postgresql");
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Comparator.naturalOrder())
                    .orElseGet(() -> abort("no PostgreSQL server under " + INSTALLED));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static PostgresServer start(Path programs) {
        try {
            Path folder = Files.createTempDirectory("sluice-postgres");
            var server = new PostgresServer(folder, programs, freePort());
            Runtime.getRuntime().addShutdownHook(new Thread(server::stop));
            if (isRoot()) {
                server.run(List.of("chown", "nobody", folder.toString()));
            }
            server.run(
                    server.asUser(
                            "initdb",
                            "-D",
                            server.data(),
                            "-U",
                            "sluice",
                            "-A",
                            "trust",
                            "-N",
                            "-E",
                            "UTF8",
                            "--locale=C"));
            server.run(
                    server.asUser(
                            "pg_ctl",
                            "-D",
                            server.data(),
                            "-w",
                            "-l",
                            folder.resolve("log").toString(),
                            "-o",
                            "-F -h 127.0.0.1 -k '' -p " + server.port,
                            "start"));
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private TestDatabase create(String name) {
        try (var connection = DriverManager.getConnection(url("postgres"), "sluice", "");
                var statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        var source = new PGConnectionPoolDataSource();
        source.setUrl(url(name));
        source.setUser("sluice");
        return TestDatabase.pooled(JdbcConnectionPool.create(source));
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private void stop() {
        run(asUser("pg_ctl", "-D", data(), "-m", "immediate", "-w", "stop"));
        run(List.of("rm", "-rf", folder.toString()));
    }

    private String data() {
        return folder.resolve("data").toString();
    }

    /** The server refuses to run as root. */
    private List<String> asUser(String program, String... arguments) {
        var command = new ArrayList<String>();
        if (isRoot()) {
            command.addAll(List.of("setpriv", "--reuid=nobody", "--clear-groups", "--"));
        }
        command.add(programs.resolve(program).toString());
        command.addAll(List.of(arguments));
        return command;
    }

    private void run(List<String> command) {
        try {
            var output = folder.resolve("output").toFile();
            var process =
                    new ProcessBuilder(command)
                            .directory(folder.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
                            .start();
            if (!process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        command + " failed: " + Files.readString(output.toPath()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
