package sluice.log.lane;

import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Blocking work done away from a lane, such as one call to a store.
 *
 * <p>In production it runs on a virtual thread; in the simulator at one instant of virtual time, so
 * each piece of work is one call to one store and no more.
 */
public interface Background {

    /**
     * Runs {@code work} off the lane and hands its outcome back on the lane, exactly once. An
     * exception of {@code work} that is not a {@link sluice.log.SluiceException} arrives as kind
     * UNKNOWN_OUTCOME.
     */
    <T> void run(Lane lane, Supplier<T> work, Consumer<Outcome<T>> then);
}
