package sluice.client.stream;

/**
 * How many bytes of records the gateway may still send. What is under way and what is buffered are
 * together about the window; a little is always under way, so that a partition whose reader is slow
 * keeps no other from being read.
 */
final class Credit {

    private final long windowBytes;
    private final long leastBytes;
    private long outstanding;

    Credit(long windowBytes) {
        this.windowBytes = windowBytes;
        this.leastBytes = Math.max(1, windowBytes / 16);
    }

    /** A new connection knows of nothing. */
    void reset() {
        outstanding = 0;
    }

    /** A frame came; the last one may be larger than what was granted. */
    void spent(long bytes) {
        outstanding -= bytes;
    }

    /**
     * How many bytes to grant now; 0 if it is not worth a frame.
     *
     * @param buffered bytes held now
     */
    long grant(long buffered) {
        long wanted = Math.max(leastBytes, windowBytes - buffered) - outstanding;
        boolean isWorthIt = outstanding <= 0 || wanted >= windowBytes / 4;
        if (wanted <= 0 || !isWorthIt) {
            return 0;
        }
        outstanding += wanted;
        return wanted;
    }
}
