package sluice.bench.beside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import sluice.cli.http.Json;
import sluice.log.SluiceException;

/** From figures to what a person reads. */
class ResultsReportTest {

    private final Results results = new Results();

    @Test
    void theMedianIsAMeasuredOne() {
        add(1, "sluice", 10);
        add(2, "sluice", 30);
        add(3, "sluice", 20);
        add(4, "sluice", 40);

        assertEquals(OptionalDouble.of(20), results.median("sluice", "peak", "MiB/s"));
        assertEquals(OptionalDouble.empty(), results.median("kafka", "peak", "MiB/s"));
    }

    @Test
    void anotherSystemsFigureHasBehindItHowManyTimesAsMuchTheFirstHas() {
        add(1, "sluice", 90);
        add(1, "kafka", 60);

        String row = row("MiB/s");

        assertTrue(row.contains("90.0"), row);
        assertTrue(row.contains("60.0  (1.50x)"), row);
    }

    @Test
    void whatCouldNotBeMeasuredIsToldWithItsReason() {
        add(1, "sluice", 90);
        results.add(
                new Results.Entry(
                        1, "kafka", "peak", "peak produce", Map.of(), Map.of(), "no-kafka: ended"));

        assertTrue(row("MiB/s").strip().endsWith("-"), row("MiB/s"));
        assertTrue(
                ResultsTable.render(results)
                        .contains("not measured: peak produce on kafka, run 1: no-kafka: ended"));
    }

    @Test
    void theJsonHasEveryFigureOfEveryRunAndTheMedians() throws IOException {
        add(1, "sluice", 90);
        add(2, "sluice", 70);
        Map<String, Number> settings = Map.of("recordBytes", 1024, "windowSeconds", 2.5);

        var json =
                Json.parse(
                        ByteBuffer.wrap(
                                ResultsJson.render("compare", settings, results)
                                        .getBytes(StandardCharsets.UTF_8)));

        assertEquals(2, json.list("measurements").size());
        assertTrue(json.field("medians").isPresent());
        assertEquals(1024, json.longField("recordBytes"));
    }

    @Test
    void thePictureHasABarForEachSystemAsLongAsItsFigure() {
        add(1, "sluice", 80);
        add(1, "kafka", 40);

        var bars =
                Pattern.compile("width=\"([0-9.]+)\" height=\"11\"")
                        .matcher(BarPlot.render(results))
                        .results()
                        .map(bar -> Double.parseDouble(bar.group(1)))
                        .toList();

        assertEquals(2, bars.size());
        assertEquals(2, bars.get(0) / bars.get(1), 0.01);
    }

    @Test
    void aMeasurementInWhichARecordFailedIsNone() {
        var tally = new Tally();
        tally.acknowledged(0, 10);
        tally.check();

        tally.failed("504 ack-timeout");

        var failure = assertThrows(SluiceException.class, tally::check);
        assertEquals("not-measured", failure.code());
        assertTrue(String.valueOf(failure.getMessage()).contains("504 ack-timeout"));
    }

    @Test
    void onlyRecordsThatWereDueWithinTheWindowAreTimed() {
        var tally = new Tally();
        long nowNs = System.nanoTime();
        tally.window(nowNs - 2_000_000, nowNs - 1_000_000);

        tally.acknowledged(nowNs - 2_000_001, 1);
        tally.acknowledged(nowNs - 2_000_000, 1);
        tally.acknowledged(nowNs - 1_000_000, 1);

        assertEquals(1, tally.times().getTotalCount());
        assertFalse(tally.times().getMaxValue() < 1_990_000);
        assertEquals(3, tally.bytes());
    }

    private void add(int run, String system, double mibPerSecond) {
        results.add(
                new Results.Entry(
                        run,
                        system,
                        "peak",
                        "peak produce",
                        new Figures().put("MiB/s", mibPerSecond).values(),
                        Map.of(),
                        ""));
    }

    private String row(String figure) {
        return ResultsTable.render(results)
                .lines()
                .filter(line -> line.strip().startsWith(figure))
                .findFirst()
                .orElseThrow();
    }
}
