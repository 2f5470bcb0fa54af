package sluice.gateway.admission;

import java.util.concurrent.atomic.AtomicInteger;

/** A bound on the requests that wait for records at one time. Callable from any thread. */
public final class PollSeats {

    private final int seatsMax;
    private final AtomicInteger taken = new AtomicInteger();

    public PollSeats(int seatsMax) {
        this.seatsMax = seatsMax;
    }

    /**
     * @return false if all seats are taken; else the caller calls {@link #leave} once
     */
    public boolean tryTake() {
        if (taken.incrementAndGet() <= seatsMax) {
            return true;
        }
        taken.decrementAndGet();
        return false;
    }

    public void leave() {
        int left = taken.decrementAndGet();
        assert left >= 0 : "more seats left than taken: left=" + left;
    }

    public int taken() {
        return taken.get();
    }
}
