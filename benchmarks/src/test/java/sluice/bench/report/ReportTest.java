package sluice.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.log.SluiceException;

class ReportTest {

    private static final PrintStream NOWHERE =
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

    @TempDir Path folder;

    @Test
    void theDataOfARunThatWasInterruptedIsNeitherUsedNorRemoved() throws IOException {
        Path system = Files.createDirectories(folder.resolve("data/sluice-1"));
        Path store = system.resolve("s3");
        Files.createSymbolicLink(store, Path.of("/dev/shm/of-a-run-that-was-killed"));

        var refused =
                assertThrows(SluiceException.class, () -> Report.open(folder, "queue", NOWHERE));

        assertEquals("old-data", refused.code());
        assertTrue(
                String.valueOf(refused.getMessage()).contains(folder.resolve("data").toString()),
                refused.getMessage());
        assertTrue(Files.isSymbolicLink(store));
    }

    @Test
    void aReportWhoseDataIsGoneIsWrittenAnew() throws IOException {
        Files.createDirectories(folder.resolve("data"));
        Files.writeString(folder.resolve("report.txt"), "old");

        Report.open(folder, "queue", NOWHERE).end("new", "{}");

        assertEquals("new", Files.readString(folder.resolve("report.txt")));
    }
}
