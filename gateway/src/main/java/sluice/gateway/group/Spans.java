package sluice.gateway.group;

import java.time.Duration;
import sluice.gateway.SpanText;

/** Spans of time in fields of JSON, as {@link SpanText} has them. */
final class Spans {

    private Spans() {}

    /** The span that the field says. */
    static Duration parse(JsonFields from, String name, String text) {
        return SpanText.parse(text).orElseThrow(() -> from.bad(name, SpanText.EXPECTED));
    }

    /** In the largest unit that says it in a whole number. */
    static String format(Duration span) {
        long ms = span.toMillis();
        if (ms % 1_000 != 0) {
            return ms + "ms";
        }
        long s = ms / 1_000;
        if (s % 60 != 0 || s == 0) {
            return s + "s";
        }
        return s % 3_600 == 0 ? s / 3_600 + "h" : s / 60 + "m";
    }
}
