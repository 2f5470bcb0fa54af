package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.OptionalLong;
import sluice.log.lane.Lane;

/**
 * Calls back when the next session or revocation may be over; one timer, however many there are.
 */
final class SessionTimer {

    private static final long WAIT_NS_MIN = Duration.ofMillis(1).toNanos();

    private final Lane lane;
    private final Runnable due;
    private Lane.Timer timer = () -> {};
    private OptionalLong atNs = OptionalLong.empty();
    private boolean isStopped;

    SessionTimer(Lane lane, Runnable due) {
        this.lane = lane;
        this.due = due;
    }

    /** Comes no later than {@code nextNs}; what is put off meanwhile is found out by looking. */
    void arm(OptionalLong nextNs) {
        if (isStopped || nextNs.isEmpty()) {
            return;
        }
        if (atNs.isEmpty() || nextNs.getAsLong() - atNs.getAsLong() < 0) {
            timer.cancel();
            atNs = nextNs;
            long waitNs = Math.max(WAIT_NS_MIN, nextNs.getAsLong() - lane.nowNs());
            timer = lane.schedule(Duration.ofNanos(waitNs), this::over);
        }
    }

    private void over() {
        atNs = OptionalLong.empty();
        if (!isStopped) {
            due.run();
        }
    }

    void stop() {
        isStopped = true;
        timer.cancel();
    }
}
