package sluice.log.peer.memory;

import java.time.Duration;
import sluice.log.lane.Delay;

/**
 * How the links of a simulated network behave.
 *
 * @param frameBytesMax the largest frame
 * @param queueBytesMax bytes on their way in one direction of a link
 * @param silenceMax how long an end of a cut link takes to notice
 * @param redial the wait between two attempts to connect
 */
public record NetworkLimits(
        int frameBytesMax, long queueBytesMax, Duration silenceMax, Delay redial) {

    public static final NetworkLimits DEFAULT =
            new NetworkLimits(
                    20 << 20, 64L << 20, Duration.ofSeconds(4), Delay.ofMicros(25_000, 1_000_000));
}
