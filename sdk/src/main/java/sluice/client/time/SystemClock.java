package sluice.client.time;

/** The machine's clocks. */
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
