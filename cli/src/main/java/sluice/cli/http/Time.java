package sluice.cli.http;

import java.time.Duration;
import sluice.log.lane.Clock;

/** Time as the command line uses it: read, and waited for. */
public interface Time extends Clock {

    /** Returns after {@code duration}, not before. */
    void pause(Duration duration) throws InterruptedException;

    /** The machine's clocks. */
    static Time system() {
        return new Time() {
            @Override
            public long nowNs() {
                return System.nanoTime();
            }

            @Override
            public long wallMs() {
                return System.currentTimeMillis();
            }

            @Override
            public void pause(Duration duration) throws InterruptedException {
                Thread.sleep(duration);
            }
        };
    }
}
