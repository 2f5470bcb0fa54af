package sluice.consumer.session;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/** What a stage failed with, and whether it makes sense to ask again. */
final class Failures {

    private Failures() {}

    /** The failure behind what a stage completed with; a defect counts as not known. */
    static SluiceException of(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof SluiceException known
                ? known
                : new SluiceException(
                        SluiceException.Kind.UNKNOWN_OUTCOME,
                        "internal",
                        "a call broke off: cause=" + cause,
                        cause);
    }

    /** True if the same call may succeed after a pause. */
    static boolean mayPass(SluiceException failure) {
        return switch (failure.kind()) {
            case UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED, FENCED -> true;
            case INVALID, NOT_FOUND, CONFLICT, DATA -> false;
        };
    }
}
