package sluice.consumer.session;

import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.StageFailures;

/** What a stage failed with, and whether it makes sense to ask again. */
final class Failures {

    private Failures() {}

    /** The failure behind what a stage completed with; a defect counts as not known. */
    static SluiceException of(@Nullable Throwable failure) {
        return StageFailures.of(failure, "a call");
    }

    /** True if the same call may succeed after a pause. */
    static boolean mayPass(SluiceException failure) {
        return switch (failure.kind()) {
            case UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED, FENCED -> true;
            case INVALID, NOT_FOUND, CONFLICT, DATA -> false;
        };
    }
}
