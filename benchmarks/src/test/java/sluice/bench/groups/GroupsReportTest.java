package sluice.bench.groups;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sluice.bench.churn.ChurnShape;
import sluice.bench.churn.Findings;
import sluice.bench.churn.Findings.Fault;
import sluice.bench.churn.ReadTimes;
import sluice.bench.churn.ReadTimes.Pause;
import sluice.cli.http.Json;

/** What is told of a run. */
class GroupsReportTest {

    private static final ChurnShape SHAPE =
            new ChurnShape(
                    7,
                    6,
                    600,
                    3,
                    12,
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(1),
                    20,
                    4,
                    Duration.ofSeconds(15),
                    Duration.ofSeconds(60));

    private static Pause pause(long ms, long plainMs) {
        return new Pause(2, 1_000_000_000, 1_000_000_000 + ms * 1_000_000, ms(plainMs));
    }

    private static Duration ms(long ms) {
        return Duration.ofMillis(ms);
    }

    private static GroupsRun run(Findings findings) {
        return new GroupsRun(
                "sluice",
                "as by default",
                Duration.ofSeconds(61),
                new ReadTimes(
                        List.of(pause(20, 20)),
                        List.of(pause(30, 20), pause(130, 20)),
                        List.of(pause(200, 15)),
                        List.of(pause(3_000, 15)),
                        List.of(pause(250, 15), pause(999, 15)),
                        List.of(pause(7_100, 15)),
                        0),
                findings,
                3,
                List.of(ms(500)),
                0);
    }

    private static final GroupsRun RUN = run(new Findings(Map.of(), List.of(), 1_000, 10, 4, 4));

    @Test
    void tableSaysWhatIsWithinTheAimAndWhatIsNot() {
        String table = GroupsTable.render(SHAPE, List.of(RUN));
        assertTrue(line(table, "beyond the plain reader's then").endsWith("100   over"), table);
        assertTrue(line(table, "SIGKILL").endsWith("999.0   1000   within"), table);
        assertTrue(line(table, "SIGSTOP").endsWith("7100.0   10000   within"), table);
        assertTrue(table.contains("Seed 7:"), table);
        assertTrue(table.contains("nothing lost"), table);
        assertTrue(table.contains("refused: 4 of 4"), table);
    }

    @Test
    void tableTellsFaults() {
        var findings = new Findings(Map.of(Fault.LOST, 2), List.of(), 1_000, 10, 4, 3);
        String table = GroupsTable.render(SHAPE, List.of(run(findings)));
        assertTrue(table.contains("FAULTS: lost=2;"), table);
    }

    private static String line(String table, String with) {
        return table.lines().filter(line -> line.contains(with)).findFirst().orElse("");
    }

    @Test
    void jsonHasEveryPauseInSeconds() throws Exception {
        String text = GroupsJson.render(SHAPE, List.of(RUN));
        Json json = Json.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
        assertEquals(7, json.longField("seed"));
        assertTrue(text.contains("\"length\" : 7.1"), text);
        assertTrue(text.contains("\"afterKill\" : ["), text);
        assertTrue(text.contains("\"p99\" : 0.999"), text);
    }

    @Test
    void pictureHasAMarkForEachPause() {
        String svg = GroupsPlot.render(List.of(RUN, RUN));
        long marks = svg.lines().filter(line -> line.contains("width=\"4.0\"")).count();
        assertEquals(2 * 7, marks, svg);
    }
}
