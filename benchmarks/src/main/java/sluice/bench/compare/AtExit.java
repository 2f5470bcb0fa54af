package sluice.bench.compare;

import sluice.bench.system.MessagingSystem;

/** Ends a system's processes if this one is ended by a signal before it did so itself. */
final class AtExit implements AutoCloseable {

    private final Thread hook;

    private AtExit(Thread hook) {
        this.hook = hook;
    }

    static AtExit of(MessagingSystem system) {
        Thread hook = Thread.ofPlatform().name("end-" + system.name()).unstarted(system::close);
        Runtime.getRuntime().addShutdownHook(hook);
        return new AtExit(hook);
    }

    @Override
    public void close() {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process ends already, and the hook runs.
        }
    }
}
