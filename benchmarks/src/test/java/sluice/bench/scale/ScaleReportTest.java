package sluice.bench.scale;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.cli.http.Json;

/** From what was measured to what a person reads. */
class ScaleReportTest {

    private final ScaleResult result =
            new ScaleResult(
                    List.of(size(1_000, 60, 2.5), size(100_000, 180, 2.6)),
                    List.of(
                            new ScaleResult.Kill(
                                    2,
                                    List.of(Duration.ofMillis(1_500), Duration.ofMillis(2_250)),
                                    0)));

    @Test
    void theActivePartitionsAreTheSameAtEverySize() {
        assertEquals(List.of(1_000, 10_000, 100_000), settings(100_000, 1_000).sizes());
        assertEquals(List.of(500, 1_000), settings(1_000, 500).sizes());
    }

    @Test
    void theTableHasARowForEachSizeAndALineForEachKill() {
        String table = ScaleTable.render(settings(100_000, 1_000), result);

        assertTrue(
                table.lines().anyMatch(line -> line.matches(" *100,000  180 181 182 +.* 2\\.6 .*")),
                table);
        assertTrue(
                table.contains(
                        "gateway-2 killed: 2 active partitions, gap median 1.50 s, worst 2.25 s"),
                table);
    }

    @Test
    void whatTookNoWriteAtAllIsToldApart() {
        var kill = new ScaleResult.Kill(1, List.of(Duration.ofSeconds(60)), 1);

        assertTrue(ScaleTable.line(kill).endsWith("1 STILL SILENT"), ScaleTable.line(kill));
    }

    @Test
    void theJsonHasAllOfIt() throws IOException {
        var json =
                Json.parse(
                        ByteBuffer.wrap(
                                ScaleJson.render(settings(100_000, 1_000), result)
                                        .getBytes(StandardCharsets.UTF_8)));

        assertEquals(2, json.list("sizes").size());
        assertEquals(100_000, json.list("sizes").get(1).longField("partitions"));
        assertEquals(1, json.list("kills").size());
    }

    private static ScaleResult.Size size(int partitions, double heapMib, double writes) {
        return new ScaleResult.Size(
                partitions,
                List.of(heapMib, heapMib + 1, heapMib + 2),
                List.of(400.0, 400.0, 400.0),
                writes,
                10,
                1_000);
    }

    private static ScaleSettings settings(int partitions, int active) {
        return new ScaleSettings(
                Path.of("root"),
                Path.of("data"),
                partitions,
                active,
                Duration.ofSeconds(1),
                Duration.ofSeconds(20),
                Duration.ofSeconds(15),
                1,
                "1g",
                List.of());
    }
}
