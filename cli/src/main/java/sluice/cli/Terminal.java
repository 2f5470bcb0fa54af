package sluice.cli;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where a command reads and prints.
 *
 * @param out records and answers; the bytes as they are, failures not swallowed
 * @param err what is for a person's eyes
 * @param errIsTerminal true if a line on {@code err} may be drawn over
 */
public record Terminal(InputStream in, OutputStream out, PrintStream err, boolean errIsTerminal) {

    /** The process's own streams. */
    static Terminal ofProcess() {
        return new Terminal(
                new FileInputStream(FileDescriptor.in),
                new FileOutputStream(FileDescriptor.out),
                System.err,
                isTerminal(FileDescriptor.err, 2));
    }

    /** Prints a text as it is; failures end the command. */
    void print(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    private static boolean isTerminal(FileDescriptor descriptor, int number) {
        if (!descriptor.valid()) {
            return false;
        }
        try {
            Path target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + number));
            return target.startsWith("/dev/pts") || target.toString().startsWith("/dev/tty");
        } catch (IOException | UnsupportedOperationException noProc) {
            return testSaysTerminal(number);
        }
    }

    private static boolean testSaysTerminal(int number) {
        try {
            return new ProcessBuilder("test", "-t", String.valueOf(number))
                            .inheritIO()
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException noTest) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
