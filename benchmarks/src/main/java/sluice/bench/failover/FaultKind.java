package sluice.bench.failover;

import java.util.Locale;
import sluice.bench.report.Spread;

/** What is done to a cluster in each run, and with which aim its times are compared. */
public enum FaultKind {
    KILL("kill -9 of a gateway", "median 2 s, max 5 s", 2, 5),
    STOP("SIGSTOP of a gateway", "max 10 s", Double.POSITIVE_INFINITY, 10),
    JOIN("a gateway joins", "max 5 s", Double.POSITIVE_INFINITY, 5),
    DRAIN("SIGTERM of a gateway", "max 15 s", Double.POSITIVE_INFINITY, 15);

    private final String title;
    private final String target;
    private final double medianSecondsMax;
    private final double secondsMax;

    FaultKind(String title, String target, double medianSecondsMax, double secondsMax) {
        this.title = title;
        this.target = target;
        this.medianSecondsMax = medianSecondsMax;
        this.secondsMax = secondsMax;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    public String title() {
        return title;
    }

    /** What the project aims at, in words. */
    String target() {
        return target;
    }

    /** The same as a number, of the worst case. */
    double secondsMax() {
        return secondsMax;
    }

    boolean isWithin(Spread spread) {
        return spread.median() <= medianSecondsMax && spread.max() <= secondsMax;
    }
}
