package sluice.simulation;

import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import sluice.log.lane.VirtualTime;

/**
 * What one simulated process does to the world outside it, counted, so that a fault can strike just
 * before or just after any of it.
 */
final class Steps {

    /** Through which port the process acts. */
    enum Port {
        METADATA,
        OBJECTS,
        DISK,
        FRAMES
    }

    private record Trap(Port port, boolean isAfter, Runnable spring) {}

    private final VirtualTime.Scope scope;
    private final Map<Port, Long> taken = new EnumMap<>(Port.class);
    private @Nullable Trap trap;
    private long untilSprung;

    Steps(VirtualTime.Scope scope) {
        this.scope = scope;
    }

    /**
     * Strikes at the {@code nth} step from now, counted from 1. A trap that waits already is taken
     * away.
     *
     * @param isAfter when the step is done, and before the process learns of it
     */
    void trap(Port port, long nth, boolean isAfter, Runnable spring) {
        trap = new Trap(port, isAfter, spring);
        untilSprung = nth;
    }

    /** Takes away the trap that waits, if one does. */
    void disarm() {
        trap = null;
    }

    /** Before the step; throws if the process is gone or goes now. */
    void before(Port port) {
        refuseIfGone();
        taken.merge(port, 1L, Long::sum);
        Trap set = trap;
        if (set != null && set.port() == port && --untilSprung <= 0 && !set.isAfter()) {
            spring(set);
        }
    }

    /** After the step, before its outcome is used. */
    void after(Port port) {
        Trap set = trap;
        if (set != null && set.port() == port && untilSprung <= 0 && set.isAfter()) {
            spring(set);
        }
    }

    private void spring(Trap set) {
        trap = null;
        set.spring().run();
        refuseIfGone();
    }

    private void refuseIfGone() {
        if (scope.isKilled()) {
            throw new ProcessDied();
        }
    }

    long taken(Port port) {
        return taken.getOrDefault(port, 0L);
    }
}
