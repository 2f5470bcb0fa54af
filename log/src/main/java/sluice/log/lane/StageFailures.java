package sluice.log.lane;

import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;

/** What a stage failed with. */
public final class StageFailures {

    private StageFailures() {}

    /**
     * The failure behind what a stage completed with; a defect counts as not known.
     *
     * @param what for the message of a defect: what broke off
     */
    public static SluiceException of(@Nullable Throwable failure, String what) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof SluiceException known
                ? known
                : new SluiceException(
                        SluiceException.Kind.UNKNOWN_OUTCOME,
                        "internal",
                        what + " broke off: cause=" + cause,
                        cause);
    }
}
