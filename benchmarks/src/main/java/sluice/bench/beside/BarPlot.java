package sluice.bench.beside;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import sluice.bench.report.Svg;

/**
 * The medians as bars: a group for each figure of each workload, in it a bar for each system. Bars
 * compare within their group only.
 */
final class BarPlot {

    private static final int WIDTH = 900;
    private static final int NAME_WIDTH = 190;
    private static final int BAR_HEIGHT = 13;
    private static final int LABEL_WIDTH = 90;
    private static final int TOP = 60;

    private final Results results;
    private final List<String> systems;
    private final StringBuilder svg = new StringBuilder();
    private int y = TOP;

    private BarPlot(Results results) {
        this.results = results;
        this.systems = new ArrayList<>(results.systems());
    }

    /** An SVG document that stands for itself. */
    static String render(Results results) {
        var plot = new BarPlot(results);
        results.workloads().forEach(plot::workload);
        return """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        %s%s</svg>
        """
                .formatted(
                        WIDTH, plot.y + 20, WIDTH, plot.y + 20, plot.legend(), plot.svg.toString());
    }

    private String legend() {
        var legend = new StringBuilder();
        legend.append(
                "<text x=\"20\" y=\"22\" font-size=\"15\">Side by side in one run: medians;"
                        + " bars compare within their group</text>\n");
        int x = 20;
        for (int i = 0; i < systems.size(); i++) {
            legend.append(
                    format(
                            "<rect x=\"%d\" y=\"34\" width=\"12\" height=\"12\" fill=\"%s\"/>\n"
                                    + "<text x=\"%d\" y=\"44\">%s</text>\n",
                            x, Svg.colour(i), x + 17, systems.get(i)));
            x += 45 + 8 * systems.get(i).length();
        }
        return legend.toString();
    }

    private void workload(String id, String title) {
        y += 24;
        svg.append(
                format(
                        "<text x=\"20\" y=\"%d\" font-weight=\"bold\">(%s) %s</text>\n",
                        y, id, title));
        y += 8;
        results.figures(id).forEach(figure -> figure(id, figure));
    }

    private void figure(String workload, String figure) {
        double most =
                systems.stream()
                        .map(system -> results.median(system, workload, figure))
                        .filter(OptionalDouble::isPresent)
                        .mapToDouble(OptionalDouble::getAsDouble)
                        .max()
                        .orElse(0);
        svg.append(
                format(
                        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" fill=\"#333\">%s</text>\n",
                        NAME_WIDTH - 8, y + BAR_HEIGHT - 2, figure));
        for (int i = 0; i < systems.size(); i++) {
            OptionalDouble value = results.median(systems.get(i), workload, figure);
            if (value.isPresent() && most > 0) {
                double length =
                        value.getAsDouble() / most * (WIDTH - NAME_WIDTH - LABEL_WIDTH - 20);
                svg.append(
                        format(
                                "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>\n"
                                        + "<text x=\"%.1f\" y=\"%d\" fill=\"#333\">%s</text>\n",
                                NAME_WIDTH,
                                y,
                                length,
                                BAR_HEIGHT - 2,
                                Svg.colour(i),
                                NAME_WIDTH + length + 5,
                                y + BAR_HEIGHT - 3,
                                ResultsTable.number(value.getAsDouble())));
                y += BAR_HEIGHT;
            }
        }
        y += 7;
    }

    /** Numbers of a picture have a point, wherever it is drawn. */
    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
