package sluice.bench.beside;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** The tail of the times as a picture. */
class LatencyPlotTest {

    private static final double FIRST_X = 80;
    private static final double LAST_X = 870;

    @Test
    void thereIsALineForEachSystemWithItsName() {
        var times = new LinkedHashMap<String, Histogram>();
        times.put("sluice", histogram(1_000, 1_000_000));
        times.put("kafka", histogram(1_000, 5_000_000));

        String picture = LatencyPlot.render("acknowledgements", times);

        assertEquals(2, lines(picture).size());
        assertTrue(picture.contains(">sluice<") && picture.contains(">kafka<"), picture);
    }

    @Test
    void eachNineTakesAsMuchRoomAsTheOneBefore() {
        // Of 1,000 records 10 take long: two nines of three are before them.
        var histogram = histogram(990, 1_000_000);
        histogram.recordValueWithCount(1_000_000_000, 10);

        List<double[]> line = lines(LatencyPlot.render("", Map.of("a", histogram))).getFirst();

        double lastShort =
                line.stream()
                        .filter(p -> p[1] > line.getLast()[1] + 1)
                        .mapToDouble(p -> p[0])
                        .max()
                        .orElseThrow();
        assertEquals(FIRST_X + (LAST_X - FIRST_X) * 2 / 3, lastShort, 15);
        assertEquals(LAST_X, line.getLast()[0], 0.1);
    }

    @Test
    void tenTimesAsLongIsAsMuchHigherEverywhere() {
        var times = new LinkedHashMap<String, Histogram>();
        times.put("a", histogram(10, 1_000_000));
        times.put("b", histogram(10, 10_000_000));
        times.put("c", histogram(10, 100_000_000));

        var heights =
                lines(LatencyPlot.render("", times)).stream().map(l -> l.getFirst()[1]).toList();

        assertTrue(heights.get(0) > heights.get(1), "" + heights);
        assertEquals(heights.get(0) - heights.get(1), heights.get(1) - heights.get(2), 0.5);
    }

    @Test
    void theRunsOfASystemAreOneLineAndSystemsWithoutTimesAreNone() {
        var results = new Results();
        results.add(entry(1, "sluice", new Figures().latency("ack", histogram(10, 1_000))));
        results.add(entry(2, "sluice", new Figures().latency("ack", histogram(20, 2_000))));
        results.add(entry(1, "kafka", new Figures()));

        Map<String, Histogram> times = results.times("ack-5", "ack");

        assertEquals(List.of("ack"), List.copyOf(results.timed("ack-5")));
        assertEquals(List.of("sluice"), List.copyOf(times.keySet()));
        assertEquals(30, times.values().iterator().next().getTotalCount());
    }

    private static Results.Entry entry(int run, String system, Figures figures) {
        return new Results.Entry(
                run, system, "ack-5", "written", figures.values(), figures.times(), "");
    }

    private static Histogram histogram(int count, long timeNs) {
        var histogram = new Histogram(3);
        histogram.recordValueWithCount(timeNs, count);
        return histogram;
    }

    /** Points of each line. */
    private static List<List<double[]>> lines(String picture) {
        var lines = new ArrayList<List<double[]>>();
        Pattern.compile("<polyline points=\"([^\"]*)\"")
                .matcher(picture)
                .results()
                .forEach(line ->
                        lines.add(
                                Stream.of(line.group(1).split(" "))
                                        .map(point -> point.split(","))
                                        .map(point ->
                                                new double[] {
                                                    Double.parseDouble(point[0]),
                                                    Double.parseDouble(point[1])
                                                })
                                        .toList()));
        return lines;
    }
}
