package sluice.gateway.problem;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes refused requests to the log so that the first of a kind is seen at once and a flood of
 * them cannot fill the disk: one line for each code in ten seconds, with the number of the ones
 * that were not written.
 */
final class RefusalLog {

    private static final int DETAIL_CHARS_MAX = 300;

    static final long PAUSE_NS = 10_000_000_000L;

    private static final Logger LOGGER = LoggerFactory.getLogger(RefusalLog.class);

    /**
     * @param unwritten refusals since the last line
     */
    record Entry(long lastLineNs, long unwritten, boolean isDue) {}

    private final Map<String, Entry> byCode = new ConcurrentHashMap<>();

    /**
     * @return true if a line was written
     */
    boolean refused(Problem problem, long nowNs) {
        Entry entry =
                byCode.merge(
                        problem.code(),
                        new Entry(nowNs, 0, true),
                        (before, first) ->
                                nowNs - before.lastLineNs() >= PAUSE_NS
                                        ? new Entry(nowNs, 0, true)
                                        : new Entry(
                                                before.lastLineNs(),
                                                before.unwritten() + 1,
                                                false));
        if (entry.isDue()) {
            LOGGER.atInfo()
                    .addKeyValue("code", problem.code())
                    .addKeyValue("status", problem.status())
                    .addKeyValue("detail", printable(problem.detail()))
                    .log("request refused; more of this kind are only counted for a while");
        }
        return entry.isDue();
    }

    /** A detail repeats what callers sent: it must not make lines of its own, nor long ones. */
    static String printable(String detail) {
        int length = Math.min(detail.length(), DETAIL_CHARS_MAX);
        var printable = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            char c = detail.charAt(i);
            printable.append(Character.isISOControl(c) ? '?' : c);
        }
        return printable.toString();
    }
}
