package sluice.cli.consume;

import java.util.concurrent.atomic.AtomicLong;

/** How many records may still be printed, over all partitions. */
final class RecordQuota {

    private final boolean limited;
    private final AtomicLong left;

    /**
     * @param max 0 for no limit
     */
    RecordQuota(long max) {
        this.limited = max > 0;
        this.left = new AtomicLong(max);
    }

    /**
     * @return false if the last one was taken before
     */
    boolean take() {
        return !limited || left.getAndDecrement() > 0;
    }

    boolean isUsedUp() {
        return limited && left.get() <= 0;
    }
}
