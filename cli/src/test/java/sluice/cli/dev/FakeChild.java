package sluice.cli.dev;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A child process for tests: answers 200 on a port, and notes its end in a file.
 *
 * <p>Arguments: name, port, file for notes, then any of {@code fail} (ends at once with status 7)
 * and {@code stubborn} (does not end on SIGTERM).
 */
public final class FakeChild {

    private FakeChild() {}

    public static void main(String[] arguments) throws IOException {
        var name = arguments[0];
        var notes = Path.of(arguments[2]);
        var flags = Arrays.asList(arguments).subList(3, arguments.length);
        System.out.println(name + " says hello");
        if (flags.contains("fail")) {
            System.exit(7);
        }
        Runtime.getRuntime()
                .addShutdownHook(
                        new Thread(() -> {
                            note(notes, name + " stopping");
                            while (flags.contains("stubborn")) {
                                Thread.onSpinWait();
                            }
                        }));
        var port = Integer.parseInt(arguments[1]);
        var server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext(
                "/",
                exchange -> {
                    exchange.sendResponseHeaders(200, -1);
                    exchange.close();
                });
        server.start();
        note(notes, name + " pid " + ProcessHandle.current().pid());
    }

    private static void note(Path file, String line) {
        try {
            Files.writeString(
                    file, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
