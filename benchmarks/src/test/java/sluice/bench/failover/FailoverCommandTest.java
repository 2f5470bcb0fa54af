package sluice.bench.failover;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class FailoverCommandTest {

    @TempDir Path folder;

    @ParameterizedTest
    @CsvSource({"--kind, nonsense", "--gateways, 9", "--rate, 1t", "--runs, 0"})
    void aWrongOptionIsRefusedBeforeAnythingIsWritten(String option, String value) {
        Path report = folder.resolve("report");
        var command = new CommandLine(new FailoverCommand());
        command.setExecutionExceptionHandler((_, _, _) -> 2);

        int exit = command.execute("--report", report.toString(), option, value);

        assertNotEquals(0, exit);
        assertFalse(Files.exists(report));
    }
}
