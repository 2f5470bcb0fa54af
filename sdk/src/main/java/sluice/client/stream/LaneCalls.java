package sluice.client.stream;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.record.TopicPartition;
import sluice.client.stream.Deliveries.Delivery;
import sluice.client.stream.Deliveries.Demand;

/** What the application's threads ask of the session, which lives on its lane. */
final class LaneCalls {

    private final SessionLane lane;
    private final StreamSession session;
    private final Deliveries deliveries;
    private volatile boolean isOver;

    LaneCalls(SessionLane lane, StreamDialer dialer, StreamSettings settings) {
        this.lane = lane;
        session = new StreamSession(lane, dialer, settings, this::changed);
        deliveries = new Deliveries(session);
    }

    private void changed() {
        deliveries.serve();
    }

    void begin() {
        lane.execute(session::begin);
    }

    /** Asks for records, and waits that long. */
    Delivery next(long waitNs, int recordsMax, Predicate<TopicPartition> isBusy) {
        var reply = new CompletableFuture<Delivery>();
        var demand = new Demand(recordsMax, isBusy, reply);
        lane.execute(() -> deliveries.ask(demand));
        try {
            return reply.get(Math.max(0, waitNs), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            lane.execute(() -> deliveries.giveUp(demand));
            return joined(reply);
        } catch (InterruptedException e) {
            lane.execute(() -> deliveries.giveUp(demand));
            Delivery delivery = joined(reply);
            Thread.currentThread().interrupt();
            if (delivery.chunks().isEmpty() && delivery.changes().isEmpty()) {
                throw new WakeupException();
            }
            return delivery; // What was taken for the caller must not be lost.
        } catch (ExecutionException e) {
            throw unwrapped(e.getCause());
        }
    }

    /** Lets the thread that waits in {@link #next} look again. */
    void nudge() {
        lane.execute(deliveries::nudge);
    }

    void wakeUp() {
        lane.execute(deliveries::wakeUp);
    }

    /** Does something on the lane, without waiting for it. */
    void run(Consumer<StreamSession> task) {
        lane.execute(() -> {
            task.accept(session);
            deliveries.serve();
        });
    }

    /** Asks something of the session, and waits for the answer, which is there at once. */
    <T> T call(Function<StreamSession, T> question) {
        return joined(ask(session -> CompletableFuture.completedFuture(question.apply(session))));
    }

    /** Asks something of the session that may take its time. */
    <T> CompletableFuture<T> ask(Function<StreamSession, CompletableFuture<T>> question) {
        var answer = new CompletableFuture<T>();
        if (isOver) {
            answer.completeExceptionally(closed());
            return answer;
        }
        lane.execute(() -> {
            try {
                question.apply(session)
                        .whenComplete((value, failure) -> {
                            if (failure == null) {
                                answer.complete(value);
                            } else {
                                answer.completeExceptionally(failure);
                            }
                        });
            } catch (RuntimeException e) {
                answer.completeExceptionally(e);
            }
        });
        if (isOver) {
            // Whatever the lane did not take any more is not answered.
            answer.completeExceptionally(closed());
        }
        return answer;
    }

    /**
     * Ends the lane. From now on questions fail: they would never be answered.
     *
     * @param releaseThreads after which the lane takes no more
     */
    void end(Runnable releaseThreads) {
        isOver = true;
        releaseThreads.run();
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the consumer is closed");
    }

    private static <T> T joined(CompletableFuture<T> answer) {
        try {
            return answer.join();
        } catch (CompletionException e) {
            throw unwrapped(e.getCause());
        }
    }

    /** What a caller sees of a failure that was handed to it from the lane. */
    static RuntimeException unwrapped(@Nullable Throwable cause) {
        return cause instanceof RuntimeException known ? known : new IllegalStateException(cause);
    }
}
