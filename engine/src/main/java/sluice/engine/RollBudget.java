package sluice.engine;

import java.time.Duration;

/**
 * A bound on the rolls of one wal for lost and slow members: each costs two writes of metadata and
 * a new file on every member. Ten at once, then one a second (a token bucket).
 */
final class RollBudget {

    static final int ROLLS_MAX = 10;
    private static final long REFILL_NS = Duration.ofSeconds(1).toNanos();

    private int left = ROLLS_MAX;
    private long filledNs;

    RollBudget(long nowNs) {
        this.filledNs = nowNs;
    }

    /** True if there may be a roll now; it is taken off the budget. */
    boolean take(long nowNs) {
        long more = (nowNs - filledNs) / REFILL_NS;
        if (more > 0) {
            filledNs += more * REFILL_NS;
            left = (int) Math.min(ROLLS_MAX, left + more);
        }
        if (left == 0) {
            return false;
        }
        left--;
        return true;
    }
}
