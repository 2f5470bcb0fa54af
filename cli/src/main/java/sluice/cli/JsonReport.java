package sluice.cli;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import sluice.cli.http.Json;

/**
 * An answer as text: its plain fields one a line, then each list of objects as a table. Names are
 * those of the API, so that a field a gateway adds shows up here by itself.
 */
final class JsonReport {

    private JsonReport() {}

    static String of(Json answer) {
        var text = new StringBuilder();
        for (String name : answer.names()) {
            Json value = answer.field(name).orElse(null);
            if (value == null || !isTable(value)) {
                text.append(name).append(": ").append(cell(answer, name)).append('\n');
            }
        }
        for (String name : answer.names()) {
            answer.field(name)
                    .filter(JsonReport::isTable)
                    .ifPresent(rows ->
                            text.append('\n')
                                    .append(name)
                                    .append('\n')
                                    .append(table(rows.elements())));
        }
        return text.toString();
    }

    /** How a cell's text is shown. */
    interface Shown {
        String of(String column, String text);
    }

    /** Rows with a head of their field names; numbers to the right. */
    static String table(List<Json> rows) {
        Set<String> names = new LinkedHashSet<>();
        rows.forEach(row -> names.addAll(row.names()));
        return table(rows, names);
    }

    /** Rows with these of their fields. */
    static String table(List<Json> rows, Collection<String> names) {
        return table(rows, names, (_, text) -> text);
    }

    static String table(List<Json> rows, Collection<String> names, Shown shown) {
        List<List<String>> columns = new ArrayList<>();
        List<Boolean> numeric = new ArrayList<>();
        for (String name : names) {
            List<String> column = new ArrayList<>(List.of(name));
            rows.forEach(row -> column.add(shown.of(name, cell(row, name))));
            columns.add(column);
            numeric.add(
                    rows.stream()
                            .allMatch(row -> row.field(name).map(Json::isNumber).orElse(true)));
        }
        var text = new StringBuilder();
        for (int line = 0; line <= rows.size(); line++) {
            var row = new StringBuilder();
            for (int at = 0; at < columns.size(); at++) {
                String cell = columns.get(at).get(line);
                int width = columns.get(at).stream().mapToInt(String::length).max().orElse(0);
                String blanks = " ".repeat(width - cell.length());
                row.append(at == 0 ? "" : "  ")
                        .append(numeric.get(at) ? blanks + cell : cell + blanks);
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
        return text.toString();
    }

    private static boolean isTable(Json value) {
        return value.isList() && value.elements().stream().anyMatch(row -> !row.names().isEmpty());
    }

    /** An object in a cell is shown by its address if it has one. */
    private static String cell(Json row, String name) {
        return row.field(name)
                .map(value -> value.text("httpAddress", value.text("address", value.toString())))
                .orElse("-");
    }
}
