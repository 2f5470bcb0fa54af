package sluice.uploader;

/**
 * What reading history may cost.
 *
 * @param blockBytes what is read at a time, aligned in the object; larger means fewer requests and
 *     more read in vain
 * @param cacheBytesMax blocks kept
 * @param loadsMax requests in flight for readers; others wait
 * @param readAheadsMax requests in flight that no reader waits for; further ones are not made
 */
public record HistoryLimits(int blockBytes, long cacheBytesMax, int loadsMax, int readAheadsMax) {

    public static final HistoryLimits DEFAULT = new HistoryLimits(1 << 20, 64L << 20, 32, 8);

    public HistoryLimits {
        if (blockBytes <= 0 || cacheBytesMax < 0 || loadsMax <= 0 || readAheadsMax < 0) {
            throw new IllegalArgumentException(
                    "not limits: blockBytes=%d cacheBytesMax=%d loadsMax=%d readAheadsMax=%d"
                            .formatted(blockBytes, cacheBytesMax, loadsMax, readAheadsMax));
        }
    }
}
