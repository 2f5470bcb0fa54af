package sluice.cli.dev;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StoreMainTest {

    @TempDir Path folder;

    @Test
    void aStoreEndsWithItsParentEvenIfThatIsKilled() throws Exception {
        var notes = folder.resolve("notes");
        int port = DevPorts.free(1).s3();
        var command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx64m",
                                "-cp",
                                System.getProperty("java.class.path"),
                                FakeParent.class.getName()));
        command.addAll(List.of("" + port, notes.toString(), folder.resolve("log").toString()));
        var parent = new ProcessBuilder(command).inheritIO().start();
        try {
            while (Files.notExists(notes) || !Files.readString(notes).contains("\n")) {
                assertTrue(parent.isAlive(), "the parent runs until it is killed");
                Thread.onSpinWait();
            }
            var store =
                    ProcessHandle.of(
                                    Long.parseLong(
                                            Files.readString(notes).strip().replaceAll(".* ", "")))
                            .orElseThrow();

            parent.destroyForcibly();

            store.onExit().get(10, TimeUnit.SECONDS);
        } finally {
            parent.destroyForcibly().descendants().forEach(ProcessHandle::destroyForcibly);
        }
    }
}
