package sluice.bench.failover;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import sluice.bench.report.Spread;

/** The gaps as a picture: a column of dots for each run, one dot for each partition. */
final class GapPlot {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 420;
    private static final int LEFT = 70;
    private static final int RIGHT = 20;
    private static final int TOP = 50;
    private static final int BOTTOM = 60;
    private static final int TICKS_MAX = 6;

    private GapPlot() {}

    /** An SVG document that stands for itself. */
    static String render(FailoverSettings settings, List<FailoverRun> runs) {
        double highest =
                runs.stream()
                        .flatMap(run -> run.worst().stream())
                        .mapToDouble(gap -> gap.toNanos() / 1e9)
                        .max()
                        .orElse(1);
        double top = Math.max(highest, settings.kind().secondsMax()) * 1.1;
        var svg = new StringBuilder();
        svg.append(
                """
                <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
                <rect width="100%%" height="100%%" fill="white"/>
                <text x="%d" y="20" font-size="15">%s: pause of writes by partition</text>
                <text x="%d" y="38" fill="#555">%d runs, %d gateways, %.1f MiB/s in %d partitions; a dot is a partition, a bar the median of its run</text>
                """
                        .formatted(
                                WIDTH,
                                HEIGHT,
                                WIDTH,
                                HEIGHT,
                                LEFT,
                                settings.kind().title(),
                                LEFT,
                                runs.size(),
                                settings.gateways(),
                                settings.bytesPerSecond() / 1048576.0,
                                settings.partitions()));
        axes(svg, top);
        target(svg, settings.kind(), top);
        double step = (double) (WIDTH - LEFT - RIGHT) / Math.max(1, runs.size());
        for (int i = 0; i < runs.size(); i++) {
            column(svg, runs.get(i), LEFT + (i + 0.5) * step, step, top);
        }
        return svg.append("</svg>\n").toString();
    }

    private static void axes(StringBuilder svg, double top) {
        double step = roundStep(top / TICKS_MAX);
        for (double seconds = 0; seconds <= top; seconds += step) {
            line(svg, LEFT, y(seconds, top), WIDTH - RIGHT, y(seconds, top), "#e5e5e5", "");
            text(svg, LEFT - 8, y(seconds, top) + 4, "end", format("%.1f s", seconds));
        }
        line(svg, LEFT, TOP, LEFT, HEIGHT - BOTTOM, "#888", "");
        line(svg, LEFT, HEIGHT - BOTTOM, WIDTH - RIGHT, HEIGHT - BOTTOM, "#888", "");
        text(svg, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 12, "middle", "run");
        svg.append(
                format(
                        "<text x=\"16\" y=\"%d\" transform=\"rotate(-90 16 %d)\""
                                + " text-anchor=\"middle\">gap</text>\n",
                        HEIGHT / 2, HEIGHT / 2));
    }

    /** The least of 1, 2 and 5 times a power of ten that is no less. */
    private static double roundStep(double least) {
        double power = Math.pow(10, Math.floor(Math.log10(least)));
        for (int factor : new int[] {1, 2, 5}) {
            if (factor * power >= least) {
                return factor * power;
            }
        }
        return 10 * power;
    }

    private static void target(StringBuilder svg, FaultKind kind, double top) {
        double at = y(kind.secondsMax(), top);
        line(svg, LEFT, at, WIDTH - RIGHT, at, "#c0392b", " stroke-dasharray=\"6 4\"");
        text(svg, WIDTH - RIGHT, at - 5, "end", "target: " + kind.target());
    }

    private static void column(
            StringBuilder svg, FailoverRun run, double x, double step, double top) {
        int i = 0;
        for (Duration gap : run.gaps().values()) {
            // Side by side, so that equal gaps do not hide each other.
            double shift = (i++ % 5 - 2) * Math.min(4, step / 12);
            svg.append(
                    format(
                            "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"#2c7fb8\""
                                    + " fill-opacity=\"0.6\"/>\n",
                            x + shift, y(gap.toNanos() / 1e9, top)));
        }
        Spread.of(run.gaps().values())
                .ifPresent(spread -> {
                    double half = Math.min(14, step / 3);
                    double at = y(spread.median(), top);
                    line(svg, x - half, at, x + half, at, "#08306b", "");
                });
        text(svg, x, HEIGHT - BOTTOM + 18, "middle", "" + run.number());
        text(svg, x, HEIGHT - BOTTOM + 34, "middle", "g" + run.gateway());
    }

    private static double y(double seconds, double top) {
        return HEIGHT - BOTTOM - seconds / top * (HEIGHT - BOTTOM - TOP);
    }

    private static void line(
            StringBuilder svg,
            double x1,
            double y1,
            double x2,
            double y2,
            String stroke,
            String further) {
        svg.append(
                format(
                        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"%s/>\n",
                        x1, y1, x2, y2, stroke, further));
    }

    private static void text(StringBuilder svg, double x, double y, String anchor, String text) {
        svg.append(
                format(
                        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" fill=\"#333\">%s</text>\n",
                        x, y, anchor, text));
    }

    /** Numbers of a picture have a point, wherever it is drawn. */
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
