package sluice.client.stream;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.client.record.TopicPartition;
import sluice.client.stream.HeldPartitions.Chunk;

/**
 * Hands out what the session has to whoever asks: one asks at a time, and waits. Owned by the
 * session's lane.
 */
final class Deliveries {

    /** Changes come alone: the application hears of them before it gets more records. */
    record Delivery(Changes changes, List<Chunk> chunks) {
        static final Delivery NONE = new Delivery(Changes.NONE, List.of());
    }

    /**
     * @param isBusy partitions of which nothing is wanted now; asked on the lane
     */
    record Demand(
            int recordsMax, Predicate<TopicPartition> isBusy, CompletableFuture<Delivery> reply) {}

    private final StreamSession session;
    private @Nullable Demand demand;
    private boolean isWoken;

    Deliveries(StreamSession session) {
        this.session = session;
    }

    void ask(Demand asked) {
        assert demand == null : "one asks at a time";
        demand = asked;
        serve();
    }

    /** Answers with nothing, if it was not answered yet. */
    void giveUp(Demand asked) {
        if (demand == asked) {
            answer(asked, Delivery.NONE);
        }
    }

    /** Lets whoever asks look at the world again. */
    void nudge() {
        if (demand != null) {
            answer(demand, Delivery.NONE);
        }
    }

    /** Ends the question that waits, or else the next one, with a {@link WakeupException}. */
    void wakeUp() {
        isWoken = true;
        serve();
    }

    /** Answers if there is something to say. */
    void serve() {
        Demand asked = demand;
        if (asked == null) {
            return;
        }
        if (isWoken) {
            isWoken = false;
            fail(asked, new WakeupException());
            return;
        }
        Changes changes = session.partitions().changes();
        if (!changes.isEmpty()) {
            answer(asked, new Delivery(changes, List.of()));
        } else if (session.failure().isPresent()) {
            fail(asked, session.failure().get());
        } else if (session.isHeard()) {
            serveRecords(asked);
        }
    }

    private void serveRecords(Demand asked) {
        List<Chunk> chunks = session.partitions().take(asked.recordsMax(), asked.isBusy());
        if (!chunks.isEmpty()) {
            answer(asked, new Delivery(Changes.NONE, chunks));
        } else {
            session.partitions().takeFailure().ifPresent(failure -> fail(asked, failure));
        }
    }

    private void answer(Demand asked, Delivery delivery) {
        demand = null;
        asked.reply().complete(delivery);
    }

    private void fail(Demand asked, RuntimeException failure) {
        demand = null;
        asked.reply().completeExceptionally(failure);
    }
}
