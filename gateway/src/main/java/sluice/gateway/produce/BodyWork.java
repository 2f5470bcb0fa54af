package sluice.gateway.produce;

import io.vertx.core.Vertx;
import jakarta.inject.Singleton;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.gateway.admission.Body;

/** Work with what callers sent: here if it is quick, else on a worker. */
@Singleton
final class BodyWork {

    /** Larger bodies would hold up the other requests of their event loop while they are read. */
    private static final int EVENT_LOOP_BODY_BYTES_MAX = 128 * 1024;

    private final Vertx vertx;

    BodyWork(Vertx vertx) {
        this.vertx = vertx;
    }

    /** Done when the stage is; it ends on this event loop. */
    <T> CompletionStage<T> on(Body body, Callable<T> work) {
        return run(isQuick(body), work);
    }

    static boolean isQuick(Body body) {
        return body.length() <= EVENT_LOOP_BODY_BYTES_MAX;
    }

    /** The same for work that is known to be quick, or not. */
    <T> CompletionStage<T> run(boolean isQuick, Callable<T> work) {
        if (!isQuick) {
            return vertx.executeBlocking(work, false).toCompletionStage();
        }
        try {
            return CompletableFuture.completedStage(work.call());
        } catch (Exception e) {
            return CompletableFuture.failedStage(e);
        }
    }

    /** Ends on this event loop. */
    CompletionStage<Void> pause(long ms) {
        var over = new CompletableFuture<Void>();
        vertx.setTimer(ms, _ -> over.complete(null));
        return over;
    }
}
