package sluice.log.lane;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.BooleanSupplier;

class VirtualLaneTest extends LaneContract {

    private final VirtualTime time = new VirtualTime(4711);
    private final VirtualTime.Scope scope = time.scope("node");

    VirtualLaneTest() {
        scope.onFailure(failures::add);
    }

    @Override
    Lane lane(int mailboxMax, Runnable afterDrain) {
        return scope.lane("lane", mailboxMax, afterDrain);
    }

    @Override
    void letRun() {}

    @Override
    Background background() {
        return scope.background(Delay.ofMicros(10, 1_000), Delay.ofMicros(10, 1_000));
    }

    @Override
    void await(BooleanSupplier condition) {
        assertTrue(time.runUntil(condition, Duration.ofSeconds(10)));
    }
}
