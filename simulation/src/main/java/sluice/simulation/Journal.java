package sluice.simulation;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** The last of what happened in a run, in virtual time, for whoever must understand a failure. */
final class Journal {

    private static final int LINES_MAX = 5_000;

    /** The first eight digits tell two ids apart well enough. */
    private static final Pattern UUIDS =
            Pattern.compile("([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

    private final ArrayDeque<String> lines = new ArrayDeque<>();
    private final boolean isVerbose;

    /**
     * @param isVerbose also keeps what the gateways log
     */
    Journal(boolean isVerbose) {
        this.isVerbose = isVerbose;
    }

    boolean isVerbose() {
        return isVerbose;
    }

    void add(long atNs, String who, String what) {
        if (lines.size() == LINES_MAX) {
            lines.removeFirst();
        }
        String shown = isVerbose ? shortened(what) : what;
        lines.addLast(String.format(Locale.ROOT, "%11.6f %-7s %s", atNs / 1e9, who, shown));
    }

    /** As texts are shown: ids are cut. */
    static String shortened(String text) {
        return UUIDS.matcher(text).replaceAll("$1");
    }

    List<String> last(int count) {
        return lines.stream().skip(Math.max(0, lines.size() - count)).toList();
    }
}
