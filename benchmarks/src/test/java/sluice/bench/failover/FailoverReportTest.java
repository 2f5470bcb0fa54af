package sluice.bench.failover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import sluice.cli.http.Json;

/** Table, JSON and picture of the same runs. */
class FailoverReportTest {

    private final List<FailoverRun> runs =
            List.of(
                    new FailoverRun(1, 1, Map.of(0, ms(900), 3, ms(1500)), 0, Map.of(), ""),
                    new FailoverRun(2, 2, Map.of(1, ms(1100), 4, ms(6000)), 0, Map.of(), ""));

    @Test
    void theTableTellsWhetherTheAimIsReached() {
        var table = FailoverTable.render(settings(FaultKind.KILL), runs);

        assertTrue(table.contains("2 of 20 runs"), table);
        assertEquals(
                "gap: worst partition of a run          2     1.50     1.50     6.00     6.00"
                        + "   median 2 s, max 5 s   over",
                line(table, "gap: worst"));
        assertEquals(
                "gap: all partitions                    4     0.90     1.10     6.00     6.00",
                line(table, "gap: all"));
    }

    @Test
    void theAimOfADrainIsItsExit() {
        var run = new FailoverRun(1, 1, Map.of(0, ms(300)), 0, Map.of("exit", ms(4000)), "");

        var table = FailoverTable.render(settings(FaultKind.DRAIN), List.of(run));

        assertTrue(line(table, "time: exit").endsWith("max 15 s   within"), table);
        assertTrue(line(table, "gap: worst").endsWith("0.30"), table);
    }

    @Test
    void whatStaysSilentIsTold() {
        var run = new FailoverRun(1, 1, Map.of(0, ms(60_000)), 1, Map.of(), "");

        var table = FailoverTable.render(settings(FaultKind.KILL), List.of(run));

        assertTrue(table.contains("1 partitions took no write within 60 s"), table);
    }

    @Test
    void theJsonHasEveryGap() throws Exception {
        var json = FailoverJson.render(settings(FaultKind.KILL), runs);

        var read = Json.parse(ByteBuffer.wrap(json.getBytes(StandardCharsets.UTF_8)));
        assertEquals("kill", read.text("kind", ""));
        var gaps = read.list("runs").getLast().field("gaps").orElseThrow();
        assertEquals("6.0", gaps.text("4", ""));
    }

    @Test
    void thePictureIsXmlWithADotForEachPartition() throws Exception {
        var svg = GapPlot.render(settings(FaultKind.STOP), runs);

        var document =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
        assertEquals(4, document.getElementsByTagName("circle").getLength());
        assertFalse(svg.contains("NaN"), svg);
    }

    @Test
    void noRunsMakeAnEmptyReport() throws Exception {
        assertTrue(FailoverTable.render(settings(FaultKind.KILL), List.of()).contains("0 of 20"));
        assertFalse(GapPlot.render(settings(FaultKind.JOIN), List.of()).contains("NaN"));
        assertTrue(FailoverJson.render(settings(FaultKind.JOIN), List.of()).contains("runs"));
    }

    private static FailoverSettings settings(FaultKind kind) {
        return new FailoverSettings(
                Path.of("root"),
                Path.of("data"),
                kind,
                20,
                3,
                24,
                4,
                2 << 20,
                1000,
                Duration.ofSeconds(60),
                "512m");
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    private static String line(String table, String start) {
        return table.lines().filter(line -> line.startsWith(start)).findFirst().orElse("");
    }
}
