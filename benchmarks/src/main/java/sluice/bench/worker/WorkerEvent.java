package sluice.bench.worker;

import java.util.Locale;

/**
 * What a consumer did; a line of its process's output: kind, time, number, and a text that may be
 * missing.
 *
 * @param atNs of {@link System#nanoTime}, which is one clock for all processes of a machine
 * @param number of the message; 0 if it is about none
 * @param text how often the message was given out, or why something failed; may be empty
 */
public record WorkerEvent(Kind kind, long atNs, long number, String text) {

    /** What happened. */
    public enum Kind {
        /** All consumers of the process are there. */
        READY,
        /** A message came. */
        GOT,
        /** It is done, and the group says so. */
        SETTLED,
        /** It is not this consumer's any more, says the group. */
        REFUSED,
        /** It was taken back while the consumer had it. */
        LOST
    }

    static WorkerEvent now(Kind kind, long number, String text) {
        return new WorkerEvent(kind, System.nanoTime(), number, text);
    }

    String line() {
        return "%s %d %d %s"
                .formatted(
                        kind.name().toLowerCase(Locale.ROOT),
                        atNs,
                        number,
                        text.replace('\n', ' '));
    }

    /**
     * @throws IllegalArgumentException if the line is not whole
     */
    static WorkerEvent parse(String line) {
        String[] words = line.split(" ", 4);
        if (words.length != 4) {
            throw new IllegalArgumentException("no event: " + line);
        }
        return new WorkerEvent(
                Kind.valueOf(words[0].toUpperCase(Locale.ROOT)),
                Long.parseLong(words[1]),
                Long.parseLong(words[2]),
                words[3]);
    }
}
