package sluice.bench.startup;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.cli.http.Json;

/** From starts to what a person reads. */
class StartupReportTest {

    private final List<StartupRun> runs =
            List.of(
                    new StartupRun(StartKind.JOIN, 1, 3.0, 240, 2.5),
                    new StartupRun(StartKind.JOIN, 2, 2.0, 230, 2.0),
                    new StartupRun(StartKind.JOIN, 3, 9.0, 250, 2.2),
                    new StartupRun(StartKind.FIRST, 1, 1.25, 200, 1.5));

    @Test
    void eachKindHasItsOwnSpreadBesideTheAim() {
        String table = StartupTable.render(settings(List.of("-XX:+UseSerialGC")), runs);

        var ready = table.lines().filter(line -> line.contains("start to ready")).toList();
        assertTrue(ready.getFirst().matches(".* 3 +2\\.00 +3\\.00 +9\\.00 +9\\.00 +1\\.5"), table);
        assertTrue(ready.getLast().matches(".* 1 +1\\.25 +1\\.25 +1\\.25 +1\\.25 +1\\.5"), table);
        assertTrue(table.contains("(heap at most 512m, -XX:+UseSerialGC)"), table);
    }

    @Test
    void aKindThatWasNotMeasuredHasNoRows() {
        assertFalse(StartupTable.rows(StartKind.JOIN, runs).isEmpty());
        assertTrue(StartupTable.rows(StartKind.FIRST, runs.subList(0, 3)).isEmpty());
    }

    @Test
    void theJsonHasEveryRun() throws IOException {
        var json =
                Json.parse(
                        ByteBuffer.wrap(
                                StartupJson.render(settings(List.of()), runs)
                                        .getBytes(StandardCharsets.UTF_8)));

        assertEquals(4, json.list("runs").size());
        assertEquals("first", json.list("runs").get(3).text("kind", ""));
        assertTrue(json.field("spread").isPresent());
    }

    private static StartupSettings settings(List<String> jvmOptions) {
        return new StartupSettings(
                Path.of("root"),
                Path.of("data"),
                List.of(StartKind.JOIN, StartKind.FIRST),
                3,
                Duration.ofSeconds(10),
                "512m",
                jvmOptions);
    }
}
