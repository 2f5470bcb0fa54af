package sluice.gateway;

import io.vertx.core.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Brings outcomes back to the event loop of their request, off the engine's threads. */
public final class OnEventLoop {

    private OnEventLoop() {}

    /** The same outcome, seen on the context's thread; at once if it is there already. */
    public static <T> CompletionStage<T> of(Context context, CompletionStage<T> stage) {
        var future = stage.toCompletableFuture();
        if (future.isDone()) {
            return future;
        }
        var onLoop = new CompletableFuture<T>();
        stage.whenComplete((result, failure) ->
                context.runOnContext(_ -> {
                    if (failure == null) {
                        onLoop.complete(result);
                    } else {
                        onLoop.completeExceptionally(failure);
                    }
                }));
        return onLoop;
    }
}
