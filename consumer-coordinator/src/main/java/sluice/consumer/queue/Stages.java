package sluice.consumer.queue;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/** Brings the ends of stages back to the lane. */
final class Stages {

    private Stages() {}

    static <T> void then(
            CompletionStage<T> stage,
            Lane lane,
            Consumer<T> success,
            Consumer<SluiceException> failure) {
        stage.whenComplete((value, error) ->
                lane.execute(() -> {
                    if (error == null) {
                        success.accept(value);
                    } else {
                        failure.accept(told(error));
                    }
                }));
    }

    private static SluiceException told(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        return cause instanceof SluiceException error
                ? error
                : new SluiceException(
                        SluiceException.Kind.UNKNOWN_OUTCOME,
                        "internal",
                        "a read or write of a queue's logs broke off: cause=" + cause,
                        cause);
    }
}
