package sluice.simulation;

import java.io.UncheckedIOException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sluice.log.SluiceException;
import sluice.log.lane.Background;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;

/**
 * Background work of one process, quick or slow as its stores are; what it throws and no caller
 * expects ends the run.
 */
final class ProcessBackground implements Background {

    private static final Delay SLOW = Delay.ofMicros(100_000, 5_000_000);

    private final SimulatedCluster cluster;
    private final Background quick;
    private final Background slow;
    private boolean isSlow;

    ProcessBackground(SimulatedCluster cluster, VirtualTime.Scope scope, Delay delay) {
        this.cluster = cluster;
        this.quick = scope.background(delay, delay);
        this.slow = scope.background(SLOW, SLOW);
    }

    void slow(boolean next) {
        isSlow = next;
    }

    @Override
    public <T> void run(Lane lane, Supplier<T> work, Consumer<Outcome<T>> then) {
        (isSlow ? slow : quick).run(lane, () -> watched(work), then);
    }

    private <T> T watched(Supplier<T> work) {
        try {
            return work.get();
        } catch (SluiceException | UncheckedIOException | ProcessDied expected) {
            throw expected;
        } catch (RuntimeException | Error unexpected) {
            cluster.broken("background work failed as it never should", unexpected);
            throw unexpected;
        }
    }
}
