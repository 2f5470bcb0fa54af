package sluice.bench.report;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/** Where a benchmark writes what it measured, and what it prints while it does. */
public final class Report {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    private final Path folder;
    private final PrintStream out;
    private final long startNs = System.nanoTime();

    private Report(Path folder, PrintStream out) {
        this.folder = folder;
        this.out = out;
    }

    /**
     * In a folder that is made if need be.
     *
     * @param chosen null for one of its own, by the benchmark's name and the time
     * @throws SluiceException CONFLICT {@code old-data} if a run before left data there, which this
     *     one would measure with its own
     */
    public static Report open(@Nullable Path chosen, String benchmark, PrintStream out)
            throws IOException {
        Path folder =
                chosen != null
                        ? chosen
                        : Path.of(
                                ".sluice",
                                "bench",
                                benchmark + "-" + LocalDateTime.now().format(TIME));
        Files.createDirectories(folder);
        var report = new Report(folder, out);
        checkEmpty(report.data());
        return report;
    }

    private static void checkEmpty(Path data) throws IOException {
        if (Files.notExists(data)) {
            return;
        }
        try (Stream<Path> found = Files.list(data)) {
            if (found.findAny().isPresent()) {
                throw new SluiceException(
                        SluiceException.Kind.CONFLICT,
                        "old-data",
                        "the report's folder has the data of a run that failed, was interrupted or was"
                                + " to keep it: expected none, found=%s; choose another folder by"
                                        .formatted(data)
                                + " --report, or remove this data and what links in it lead to");
            }
        }
    }

    /** For what the measured processes write; there is nothing in it when a report begins. */
    public Path data() {
        return folder.resolve("data").toAbsolutePath();
    }

    /** Prints a line with the time since the start. */
    public void progress(String line) {
        out.printf(Locale.ROOT, "%6.1f s  %s%n", (System.nanoTime() - startNs) / 1e9, line);
    }

    public void write(String file, String text) throws IOException {
        Files.writeString(folder.resolve(file), text);
    }

    /** Prints the table, writes it and the same as JSON, and says where. */
    public void end(String table, String json) throws IOException {
        out.print(table);
        write("report.txt", table);
        write("report.json", json);
        out.println("\nreport: " + folder);
    }
}
