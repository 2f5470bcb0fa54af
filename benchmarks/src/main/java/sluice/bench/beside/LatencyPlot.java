package sluice.bench.beside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import sluice.bench.report.Svg;

/**
 * How times are distributed: a line for each system, the share of the records to the right, on
 * which each further nine takes as much room as the one before, the time upwards, by powers of ten.
 */
final class LatencyPlot {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 460;
    private static final int LEFT = 80;
    private static final int RIGHT = 30;
    private static final int TOP = 60;
    private static final int BOTTOM = 50;

    /** Points on the way from each nine to the next. */
    private static final int STEPS = 20;

    private final Map<String, Histogram> times;
    private final Svg svg = new Svg(WIDTH);
    private final double nines;
    private final int lowest;
    private final int highest;

    private LatencyPlot(Map<String, Histogram> times) {
        this.times = times;
        this.nines = times.values().stream().mapToDouble(LatencyPlot::ninesOf).max().orElse(1);
        double least =
                times.values().stream().mapToDouble(Histogram::getMinNonZeroValue).min().orElse(1);
        double most = times.values().stream().mapToDouble(Histogram::getMaxValue).max().orElse(10);
        this.lowest = (int) Math.floor(Math.log10(least));
        this.highest = Math.max(lowest + 1, (int) Math.ceil(Math.log10(most)));
    }

    /**
     * An SVG document that stands for itself.
     *
     * @param times by system, in nanoseconds; none of them empty
     */
    static String render(String title, Map<String, Histogram> times) {
        return new LatencyPlot(times).draw(title);
    }

    private String draw(String title) {
        svg.text(LEFT, 22, title, "font-size=\"15\"");
        axes();
        int i = 0;
        double x = LEFT;
        for (Map.Entry<String, Histogram> system : times.entrySet()) {
            svg.rect(x, 34, 12, 12, Svg.colour(i));
            svg.text(x + 17, 44, system.getKey(), "");
            svg.curve(points(system.getValue()), Svg.colour(i));
            x += 45 + 8 * system.getKey().length();
            i++;
        }
        return svg.document(HEIGHT);
    }

    private void axes() {
        for (int power = lowest; power <= highest; power++) {
            svg.line(LEFT, y(power), WIDTH - RIGHT, y(power), "#e5e5e5");
            svg.text(LEFT - 8, y(power) + 4, time(power), "text-anchor=\"end\" fill=\"#333\"");
        }
        for (int nine = 0; nine <= nines; nine++) {
            svg.line(x(nine), TOP, x(nine), HEIGHT - BOTTOM, "#e5e5e5");
            svg.text(
                    x(nine),
                    HEIGHT - BOTTOM + 18,
                    share(nine),
                    "text-anchor=\"middle\" fill=\"#333\"");
        }
        svg.line(LEFT, TOP, LEFT, HEIGHT - BOTTOM, "#888");
        svg.line(LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#888");
        svg.text(
                (LEFT + WIDTH - RIGHT) / 2.0,
                HEIGHT - 12,
                "share of the records that took no longer",
                "text-anchor=\"middle\" fill=\"#333\"");
    }

    private List<double[]> points(Histogram histogram) {
        var points = new ArrayList<double[]>();
        double last = ninesOf(histogram);
        for (HistogramIterationValue value : histogram.percentiles(STEPS)) {
            double nine = -Math.log10(1 - value.getPercentileLevelIteratedTo() / 100);
            points.add(
                    new double[] {
                        x(Math.min(nine, last)),
                        y(Math.log10(Math.max(1, value.getValueIteratedTo())))
                    });
        }
        return points;
    }

    /** Up to where there is at least one record beyond. */
    private static double ninesOf(Histogram histogram) {
        return Math.max(1, Math.log10(histogram.getTotalCount()));
    }

    private double x(double nine) {
        return LEFT + nine / nines * (WIDTH - LEFT - RIGHT);
    }

    private double y(double powerOfNs) {
        return HEIGHT
                - BOTTOM
                - (powerOfNs - lowest) / (highest - lowest) * (HEIGHT - BOTTOM - TOP);
    }

    /** Ten to that power, of nanoseconds. */
    private static String time(int power) {
        String unit = List.of("ns", "us", "ms", "s", "000 s").get(Math.min(4, power / 3));
        return "1" + "0".repeat(power % 3) + (power < 12 ? " " : "") + unit;
    }

    /** Of so many nines. */
    private static String share(int nine) {
        return nine == 0
                ? "0 %"
                : String.format(
                        Locale.ROOT,
                        "%." + Math.max(0, nine - 2) + "f %%",
                        100 * (1 - Math.pow(10, -nine)));
    }
}
