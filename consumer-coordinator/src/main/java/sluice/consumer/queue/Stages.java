package sluice.consumer.queue;

import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.StageFailures;

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
                        failure.accept(
                                StageFailures.of(error, "a read or write of a queue's logs"));
                    }
                }));
    }
}
