package sluice.cli;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import sluice.cli.http.Json;

/** Messages for a person's eyes: one a line, however long and whatever is in them. */
final class MessageTable {

    private static final int CELL_CHARS_MAX = 60;
    private static final Set<String> TIMES = Set.of("timestamp", "readyAt", "lastAt", "since");

    private MessageTable() {}

    static String of(List<Json> messages, List<String> columns) {
        return JsonReport.table(messages, columns, MessageTable::shown);
    }

    private static String shown(String column, String text) {
        if (TIMES.contains(column) && text.matches("[0-9]{1,15}")) {
            return Instant.ofEpochMilli(Long.parseLong(text)).toString();
        }
        String line = text.replaceAll("\\p{Cntrl}", "·");
        return line.codePointCount(0, line.length()) <= CELL_CHARS_MAX
                ? line
                : line.substring(0, line.offsetByCodePoints(0, CELL_CHARS_MAX - 1)) + "…";
    }
}
