package sluice.bench.links;

import java.time.Duration;

/**
 * What becomes of bytes on their way from one gateway to another.
 *
 * @param isCut nothing arrives, as behind a firewall that drops: connections stay, bytes wait, and
 *     neither an end nor a reset is seen on the other side
 * @param delay how much later each byte arrives
 * @param bytesPerSecondMax 0 for no bound
 */
record LinkState(boolean isCut, Duration delay, int bytesPerSecondMax) {

    static final LinkState WHOLE = new LinkState(false, Duration.ZERO, 0);
}
