package sluice.client.link;

import sluice.client.time.Clock;
import sluice.client.time.Timer;
import sluice.log.lane.Lane;

/** A client's lane in the time of another. */
public final class VirtualLane {

    private VirtualLane() {}

    public static SessionLane of(Lane lane) {
        Clock clock =
                new Clock() {
                    @Override
                    public long nowNs() {
                        return lane.nowNs();
                    }

                    @Override
                    public long wallMs() {
                        return lane.wallMs();
                    }
                };
        Timer timer =
                (delay, task) -> {
                    Lane.Timer scheduled = lane.schedule(delay, task);
                    return scheduled::cancel;
                };
        return new SessionLane(lane::execute, clock, timer);
    }
}
