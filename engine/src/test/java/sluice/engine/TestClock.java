package sluice.engine;

import java.time.Duration;
import sluice.log.lane.Clock;

/** Time that stands still until it is told to go on. */
final class TestClock implements Clock {

    private long nowNs;

    void advance(Duration time) {
        nowNs += time.toNanos();
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    @Override
    public long wallMs() {
        return nowNs / 1_000_000;
    }
}
