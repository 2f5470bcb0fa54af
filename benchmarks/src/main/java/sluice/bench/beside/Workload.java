package sluice.bench.beside;

import sluice.bench.system.RunningSystem;

/**
 * A piece of work that every system is given.
 *
 * @param <S> what a system must be able to do
 */
public interface Workload<S extends RunningSystem> {

    /** One word, as the command line takes it. */
    String id();

    String title();

    /** Does it on a system that is idle and warm or not; blocks for some dozens of seconds. */
    Figures measure(S system) throws InterruptedException;
}
