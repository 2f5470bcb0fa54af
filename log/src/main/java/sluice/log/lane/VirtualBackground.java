package sluice.log.lane;

import java.util.function.Consumer;
import java.util.function.Supplier;

/** Background work of a simulated process; see {@link VirtualTime.Scope#background}. */
final class VirtualBackground implements Background {

    private final VirtualTime.Scope scope;
    private final Delay before;
    private final Delay after;

    VirtualBackground(VirtualTime.Scope scope, Delay before, Delay after) {
        this.scope = scope;
        this.before = before;
        this.after = after;
    }

    @Override
    public <T> void run(Lane lane, Supplier<T> work, Consumer<Outcome<T>> then) {
        scope.schedule(
                "work",
                before.draw(scope.time().random()),
                () -> {
                    Outcome<T> outcome = VirtualThreadBackground.outcomeOf(work);
                    scope.schedule(
                            "outcome",
                            after.draw(scope.time().random()),
                            () -> lane.execute(() -> then.accept(outcome)));
                });
    }
}
