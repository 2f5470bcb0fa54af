package sluice.consumer.session;

import java.time.Duration;

/**
 * Bounds of one member's session.
 *
 * @param aheadBytesMax read ahead of the member; passed by one fetch at most, and by batches that
 *     are larger than a fetch asks for
 * @param fetchBytes asked of a partition at a time
 * @param pollsMax partitions that wait for new records at one time; the others take turns
 * @param pollWait how long one waits, if there is a place for each
 * @param turnWait how long one waits, if they take turns
 * @param retryPause before asking again after a failure
 */
public record SessionLimits(
        long aheadBytesMax,
        int fetchBytes,
        int pollsMax,
        Duration pollWait,
        Duration turnWait,
        Duration retryPause) {

    public static final SessionLimits DEFAULT =
            new SessionLimits(
                    1 << 20,
                    256 << 10,
                    1_000,
                    Duration.ofSeconds(10),
                    Duration.ofMillis(250),
                    Duration.ofMillis(100));
}
