package sluice.bench.churn;

import java.time.Duration;
import java.util.List;

/**
 * How long partitions were not read, and why.
 *
 * @param calm the longest pause of a partition in each two seconds in which nothing was done
 * @param kept the longest pause of a partition in the two seconds from something that was done on,
 *     of those that stayed with their member meanwhile
 * @param handedOver from the last record that one member read to the first of the next, while
 *     nobody was silent
 * @param handedOverInSilence the same while somebody was, who may have been given the partition in
 *     between without reading it
 * @param afterKill from a reader's death to the first record that another read
 * @param afterSilence from when a reader was stopped to the first record that another read
 * @param unread partitions that nobody read again; they count with the time until the end
 */
public record ReadTimes(
        List<Pause> calm,
        List<Pause> kept,
        List<Pause> handedOver,
        List<Pause> handedOverInSilence,
        List<Pause> afterKill,
        List<Pause> afterSilence,
        int unread) {

    /**
     * A partition was not read from one moment to the other.
     *
     * @param plain how long a reader that is in no group had no record of the partition then
     */
    public record Pause(int partition, long fromNs, long toNs, Duration plain) {

        public Duration length() {
            return Duration.ofNanos(toNs - fromNs);
        }

        /** What the plain reader did not have to wait too. */
        public Duration beyondPlain() {
            Duration beyond = length().minus(plain);
            return beyond.isNegative() ? Duration.ZERO : beyond;
        }
    }

    public ReadTimes {
        calm = List.copyOf(calm);
        kept = List.copyOf(kept);
        handedOver = List.copyOf(handedOver);
        handedOverInSilence = List.copyOf(handedOverInSilence);
        afterKill = List.copyOf(afterKill);
        afterSilence = List.copyOf(afterSilence);
    }
}
