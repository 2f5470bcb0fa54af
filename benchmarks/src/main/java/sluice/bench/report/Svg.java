package sluice.bench.report;

import java.util.List;
import java.util.Locale;

/**
 * A picture as an SVG document that stands for itself. Numbers have a point wherever it is made.
 */
public final class Svg {

    /** Of systems or lines, in the order in which they are told. */
    private static final List<String> COLOURS =
            List.of("#08519c", "#e6550d", "#756bb1", "#31a354", "#636363");

    private final StringBuilder shapes = new StringBuilder();
    private final int width;

    public Svg(int width) {
        this.width = width;
    }

    public static String colour(int index) {
        return COLOURS.get(index % COLOURS.size());
    }

    /** The whole document, so high. */
    public String document(int height) {
        return format(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\""
                        + " viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">\n"
                        + "<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>\n%s</svg>\n",
                width, height, width, height, shapes);
    }

    /**
     * @param further attributes, such as {@code font-size="15"}; may be empty
     */
    public Svg text(double x, double y, String text, String further) {
        return add("<text x=\"%.1f\" y=\"%.1f\"%s>%s</text>", x, y, before(further), escaped(text));
    }

    public Svg line(double x1, double y1, double x2, double y2, String stroke) {
        return add(
                "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>",
                x1, y1, x2, y2, stroke);
    }

    public Svg rect(double x, double y, double rectWidth, double rectHeight, String fill) {
        return add(
                "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"%s\"/>",
                x, y, rectWidth, rectHeight, fill);
    }

    /** A line through points, each an x and a y. */
    public Svg curve(List<double[]> points, String stroke) {
        var text = new StringBuilder();
        points.forEach(point -> text.append(format("%.1f,%.1f ", point[0], point[1])));
        return add(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"2\"/>",
                text.toString().strip(), stroke);
    }

    private Svg add(String pattern, Object... values) {
        shapes.append(format(pattern, values)).append('\n');
        return this;
    }

    private static String before(String further) {
        return further.isEmpty() ? "" : " " + further;
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;");
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
