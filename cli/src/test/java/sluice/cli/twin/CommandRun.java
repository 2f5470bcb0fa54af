package sluice.cli.twin;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import sluice.cli.Main;
import sluice.cli.Terminal;

/**
 * One command, run to its end in this process. Bytes are shown as ISO-8859-1, one character each.
 */
public record CommandRun(int exitCode, String out, String err) {

    public static CommandRun of(String... args) {
        return withInput("", args);
    }

    public static CommandRun withInput(String input, String... args) {
        return withInput(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.ISO_8859_1)), args);
    }

    public static CommandRun withInput(InputStream in, String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        int exitCode =
                Main.run(
                        new Terminal(
                                in, out, new PrintStream(err, true, StandardCharsets.UTF_8), false),
                        args);
        return new CommandRun(
                exitCode,
                out.toString(StandardCharsets.ISO_8859_1),
                err.toString(StandardCharsets.UTF_8));
    }

    public List<String> lines() {
        return out.lines().toList();
    }
}
