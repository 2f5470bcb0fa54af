package sluice.cli;

import java.time.Duration;
import java.util.OptionalLong;

/** One line that says how far a run is; at most 79 columns, ASCII alone. */
final class ProgressLine {

    private static final int BAR_COLUMNS = 20;
    private static final int COLUMNS_MAX = 79;

    private ProgressLine() {}

    /**
     * @param bytesRead of the sources
     * @param bytesTotal empty if nobody knows
     * @param records acknowledged
     * @param waitingFor what is being repeated; empty if all goes well
     */
    static String render(
            long bytesRead,
            OptionalLong bytesTotal,
            long records,
            Duration elapsed,
            String waitingFor) {
        double seconds = Math.max(1e-3, elapsed.toNanos() / 1e9);
        var line = new StringBuilder();
        if (bytesTotal.isPresent()) {
            double share = share(bytesRead, bytesTotal.getAsLong());
            int full = (int) (share * BAR_COLUMNS);
            line.append('[')
                    .append("#".repeat(full))
                    .append(".".repeat(BAR_COLUMNS - full))
                    .append("] ")
                    .append((int) (share * 100))
                    .append("% ");
        }
        line.append(Units.count(records))
                .append(" records, ")
                .append(Units.mebibytes(bytesRead))
                .append(", ")
                .append(Units.mebibytes(bytesRead / seconds))
                .append("/s");
        if (!waitingFor.isEmpty()) {
            line.append(" waiting: ").append(waitingFor);
        } else if (bytesTotal.isPresent() && bytesRead > 0) {
            long left = Math.max(0, bytesTotal.getAsLong() - bytesRead);
            line.append(", ").append(clock((long) (left / (bytesRead / seconds)))).append(" left");
        }
        return line.length() <= COLUMNS_MAX
                ? line.toString()
                : line.substring(0, COLUMNS_MAX - 3) + "...";
    }

    private static double share(long bytesRead, long bytesTotal) {
        return bytesTotal <= 0 ? 1 : Math.min(1, (double) bytesRead / bytesTotal);
    }

    private static String clock(long seconds) {
        return seconds < 3600
                ? "%d:%02d".formatted(seconds / 60, seconds % 60)
                : "%d:%02d:%02d".formatted(seconds / 3600, seconds / 60 % 60, seconds % 60);
    }
}
