package sluice.log.lane;

import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * Blocking work on virtual threads, a bounded number of pieces at a time; the others wait their
 * turn in the order given. How many wait is bounded by what the lanes start.
 */
public final class VirtualThreadBackground implements Background {

    private final String name;
    private final Semaphore turns;

    /**
     * @param inFlightMax pieces of work done at one time, over all lanes
     */
    public VirtualThreadBackground(String name, int inFlightMax) {
        this.name = name;
        this.turns = new Semaphore(inFlightMax, true);
    }

    @Override
    public <T> void run(Lane lane, Supplier<T> work, Consumer<Outcome<T>> then) {
        Thread.ofVirtual()
                .name(name)
                .start(() -> {
                    turns.acquireUninterruptibly();
                    Outcome<T> outcome;
                    try {
                        outcome = outcomeOf(work);
                    } finally {
                        turns.release();
                    }
                    lane.execute(() -> then.accept(outcome));
                });
    }

    /** Whatever the work throws is an outcome: the lane waits for exactly one. */
    @SuppressWarnings("CatchThrowable")
    static <T> Outcome<T> outcomeOf(Supplier<T> work) {
        try {
            return new Outcome.Success<>(work.get());
        } catch (SluiceException e) {
            return new Outcome.Failure<>(e);
        } catch (Throwable e) {
            return new Outcome.Failure<>(
                    new SluiceException(
                            Kind.UNKNOWN_OUTCOME,
                            "internal",
                            "background work broke off; it may have been done: cause=" + e,
                            e));
        }
    }
}
