package sluice.log.lane;

/** The process's clocks. The one place under the gateway where they are read. */
public final class SystemClock implements Clock {

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public long wallMs() {
        return System.currentTimeMillis();
    }
}
