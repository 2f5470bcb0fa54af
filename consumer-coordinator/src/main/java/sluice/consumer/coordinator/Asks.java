package sluice.consumer.coordinator;

import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.lane.StageFailures;

/** Questions to partitions' owners, some at a time, their answers back on the lane. */
final class Asks {

    private static final int UNDER_WAY_MAX = 64;

    private final Lane lane;
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private int underWay;

    Asks(Lane lane) {
        this.lane = lane;
    }

    <T> void ask(Supplier<CompletionStage<T>> question, Consumer<Outcome<T>> then) {
        waiting.add(() ->
                answered(
                        begun(question),
                        lane,
                        outcome -> {
                            underWay--;
                            then.accept(outcome);
                            next();
                        }));
        next();
    }

    private static <T> CompletionStage<T> begun(Supplier<CompletionStage<T>> question) {
        try {
            return question.get();
        } catch (SluiceException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private void next() {
        while (underWay < UNDER_WAY_MAX && !waiting.isEmpty()) {
            underWay++;
            waiting.removeFirst().run();
        }
    }

    /** Hands the stage's end on, on the lane. */
    static <T> void answered(CompletionStage<T> stage, Lane lane, Consumer<Outcome<T>> then) {
        stage.whenComplete((value, failure) ->
                lane.execute(() ->
                        then.accept(
                                failure == null
                                        ? new Outcome.Success<>(value)
                                        : new Outcome.Failure<>(
                                                StageFailures.of(failure, "a question")))));
    }
}
