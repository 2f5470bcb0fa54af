package sluice.gateway;

import jakarta.inject.Singleton;
import sluice.log.lane.Clock;

/** The one place of this module where time is read. */
@Singleton
public final class EdgeClock implements Clock {

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }
}
