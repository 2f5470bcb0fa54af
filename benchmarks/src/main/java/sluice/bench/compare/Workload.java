package sluice.bench.compare;

import sluice.bench.system.MessagingSystem;

/** A piece of work that every system is given. */
interface Workload {

    /** One word, as the command line takes it. */
    String id();

    String title();

    /** Does it on a system that is idle and warm or not; blocks for some dozens of seconds. */
    Figures measure(MessagingSystem system) throws InterruptedException;
}
