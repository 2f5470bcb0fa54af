package sluice.gateway.produce;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Appended;

/**
 * The appends of one request, begun in order and awaited together. Their outcomes come from any
 * thread; what became of each is read once all are there.
 */
final class Appends {

    private final @Nullable Appended[] appended;
    private final @Nullable Throwable[] failures;
    private final AtomicInteger waiting;
    private final CompletableFuture<Appends> all = new CompletableFuture<>();

    Appends(int count) {
        assert count > 0 : "a request without appends";
        appended = new Appended[count];
        failures = new Throwable[count];
        waiting = new AtomicInteger(count);
    }

    /** Called once for each index. */
    void await(int index, CompletionStage<Appended> outcome) {
        outcome.whenComplete((result, failure) -> {
            appended[index] = result;
            failures[index] = failure;
            // Ordered: the last one to count down sees what all others wrote.
            if (waiting.decrementAndGet() == 0) {
                all.complete(this);
            }
        });
    }

    /** Completes, never with a failure, when every append has ended. */
    CompletionStage<Appends> all() {
        return all;
    }

    int count() {
        return appended.length;
    }

    boolean allAppended() {
        for (Throwable failure : failures) {
            if (failure != null) {
                return false;
            }
        }
        return true;
    }

    /** Null if it was appended. */
    @Nullable Throwable failure(int index) {
        return failures[index];
    }

    /** Only for one that was appended. */
    Appended appended(int index) {
        Appended known = appended[index];
        assert known != null : "not appended: index=" + index;
        return known;
    }
}
