package sluice.bench.beside;

import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The medians side by side, and beside each other system's how many times as much the first one
 * has.
 */
final class ResultsTable {

    private static final int NAME_WIDTH = 24;
    private static final int COLUMN_WIDTH = 22;

    private ResultsTable() {}

    static String render(Results results) {
        List<String> systems = List.copyOf(results.systems());
        var table = new StringBuilder();
        results.workloads().forEach((id, title) -> workload(table, results, systems, id, title));
        for (Results.Entry entry : results.entries()) {
            if (!entry.note().isEmpty()) {
                table.append(
                        "%nnot measured: %s on %s, run %d: %s%n"
                                .formatted(
                                        entry.title(), entry.system(), entry.run(), entry.note()));
            }
        }
        return table.toString();
    }

    private static void workload(
            StringBuilder table, Results results, List<String> systems, String id, String title) {
        table.append("%n(%s) %s%n".formatted(id, title));
        table.append(pad("", NAME_WIDTH));
        systems.forEach(system -> table.append(pad(system, COLUMN_WIDTH)));
        table.append('\n');
        for (String figure : results.figures(id)) {
            table.append(pad("  " + figure, NAME_WIDTH));
            OptionalDouble first = results.median(systems.getFirst(), id, figure);
            for (String system : systems) {
                OptionalDouble value = results.median(system, id, figure);
                boolean isFirst = system.equals(systems.getFirst());
                table.append(
                        pad(cell(value, isFirst ? OptionalDouble.empty() : first), COLUMN_WIDTH));
            }
            table.append('\n');
        }
    }

    private static String cell(OptionalDouble value, OptionalDouble first) {
        if (value.isEmpty()) {
            return "-";
        }
        String text = number(value.getAsDouble());
        return first.isEmpty() || value.getAsDouble() == 0
                ? text
                : text + "  (" + number(first.getAsDouble() / value.getAsDouble()) + "x)";
    }

    /** Three digits that say something. */
    static String number(double value) {
        int digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String pad(String text, int width) {
        return text.length() >= width ? text + " " : text + " ".repeat(width - text.length());
    }
}
