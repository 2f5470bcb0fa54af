package sluice.client.http;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceClientException;
import sluice.client.error.UnknownOutcomeException;

/** Waits for what was begun. */
public final class Futures {

    private Futures() {}

    /**
     * Returns when the call has ended; a thread that is interrupted meanwhile stays interrupted.
     *
     * @throws SluiceClientException the failure of the call; {@link UnknownOutcomeException} if the
     *     thread was interrupted
     */
    public static <T> T await(CompletableFuture<T> call) {
        try {
            return call.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.cancel(false);
            throw new UnknownOutcomeException("interrupted while it was under way", e);
        } catch (ExecutionException e) {
            throw thrown(e.getCause() == null ? e : e.getCause());
        }
    }

    /** What to throw for a failure: itself, if it is one of ours. */
    public static RuntimeException thrown(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof java.util.concurrent.CompletionException
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof SluiceClientException known) {
            return known;
        }
        if (cause instanceof Error error) {
            throw error;
        }
        return cause instanceof RuntimeException known
                ? known
                : new RetriableException("unexpected failure: " + cause, cause);
    }
}
