package sluice.client.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.link.Frames;
import sluice.client.link.SessionLane;

/**
 * Settlements on their way. Those that come together, or while some are under way, go together.
 *
 * <pre>
 *   waiting ──────▶ under way ──durable──▶ done
 *      ▲               │ │ refused ──▶ failed
 *      └───────────────┘ connection lost, or coordinator not there: the same again, which is safe
 * </pre>
 *
 * <p>Owned by the session's lane.
 */
final class Settlements {

    static final int AT_ONCE = 1_000;

    /** Half of what a gateway takes in a frame. */
    private static final int BYTES_AT_ONCE = 512 << 10;

    static final int UNDER_WAY_MAX = 4;

    /** While some frames are under way, fewer wait for more. */
    private static final int WORTH_A_FRAME = 16;

    private static final int SMALL_UNDER_WAY_MAX = 2;
    static final int WAITING_MAX = 100_000;

    /** What is to become of one message. */
    record Settling(QueueMessage message, Outcome outcome, CompletableFuture<Void> done) {}

    /** Why a gateway did not carry one out. */
    record Failure(Problem problem, boolean mayPass) {}

    /** The session. */
    interface Owner {
        /**
         * Sends a frame.
         *
         * @return false if there is no gateway that knows the session
         */
        boolean settle(long id, List<Settling> settlings);

        /** The message's end is durable. */
        void settled(QueueMessage message);

        /** The message is somebody else's, or nobody's. */
        void lost(QueueMessage message, String reason);
    }

    private final SessionLane lane;
    private final Duration retryPause;
    private final Owner owner;
    private final Deque<Settling> waiting = new ArrayDeque<>();
    private final Map<Long, List<Settling>> underWay = new TreeMap<>();
    private long lastId;
    private boolean isTurnPlanned;
    private boolean isPausing;

    Settlements(SessionLane lane, Duration retryPause, Owner owner) {
        this.lane = lane;
        this.retryPause = retryPause;
        this.owner = owner;
    }

    boolean isEmpty() {
        return waiting.isEmpty() && underWay.isEmpty();
    }

    void add(Settling settling) {
        if (waiting.size() >= WAITING_MAX) {
            settling.done()
                    .completeExceptionally(
                            new RetriableException(
                                    "too many settlements wait: max="
                                            + WAITING_MAX
                                            + "; wait for some of them"));
            return;
        }
        waiting.add(settling);
        if (!isTurnPlanned) {
            isTurnPlanned = true;
            lane.execute(() -> {
                isTurnPlanned = false;
                send();
            });
        }
    }

    /** Sends what can be sent. */
    void send() {
        while (!isPausing && mayLeave()) {
            var batch = new ArrayList<Settling>();
            int bytes = 0;
            while (batch.size() < AT_ONCE && bytes < BYTES_AT_ONCE && !waiting.isEmpty()) {
                Settling next = waiting.removeFirst();
                bytes += bytesMax(next);
                batch.add(next);
            }
            if (!owner.settle(lastId + 1, batch)) {
                putBack(batch);
                return;
            }
            lastId++;
            underWay.put(lastId, batch);
        }
    }

    private boolean mayLeave() {
        int max = waiting.size() < WORTH_A_FRAME ? SMALL_UNDER_WAY_MAX : UNDER_WAY_MAX;
        return !waiting.isEmpty() && underWay.size() < max;
    }

    /** What it takes in a frame at most: a character may become six. */
    private static int bytesMax(Settling settling) {
        return 128 + 6 * settling.outcome().reason().length();
    }

    private void putBack(List<Settling> batch) {
        for (int i = batch.size() - 1; i >= 0; i--) {
            waiting.addFirst(batch.get(i));
        }
    }

    /**
     * @param failures of those that were not carried out, by delivery
     */
    void settled(long id, Map<String, Failure> failures) {
        List<Settling> batch = underWay.remove(id);
        if (batch == null) {
            return;
        }
        var again = new ArrayList<Settling>();
        for (Settling each : batch) {
            Failure failure = failures.get(each.message().delivery());
            if (failure == null) {
                if (each.outcome().isEnd()) {
                    owner.settled(each.message());
                }
                each.done().complete(null);
            } else if (failure.mayPass()) {
                again.add(each);
            } else {
                fail(each, failure.problem());
            }
        }
        if (!again.isEmpty()) {
            repeat(again);
        }
        send();
    }

    /** A frame was not carried out at all. */
    void refused(long id, Problem problem) {
        List<Settling> batch = underWay.remove(id);
        if (batch == null) {
            return;
        }
        if (Frames.mayPass(problem)) {
            repeat(batch);
        } else {
            batch.forEach(each -> fail(each, problem));
        }
        send();
    }

    private void fail(Settling settling, Problem problem) {
        owner.lost(settling.message(), problem.code());
        settling.done()
                .completeExceptionally(
                        new SluiceApiException("settle " + settling.message(), problem));
    }

    private void repeat(List<Settling> batch) {
        putBack(batch);
        if (!isPausing) {
            isPausing = true;
            lane.after(
                    retryPause,
                    () -> {
                        isPausing = false;
                        send();
                    });
        }
    }

    /** Whether they were carried out is not known; settling again settles the same. */
    void disconnected() {
        var batches = new ArrayList<>(underWay.values());
        underWay.clear();
        Collections.reverse(batches);
        batches.forEach(this::putBack);
    }

    void failAll(SluiceClientException why) {
        disconnected();
        var left = List.copyOf(waiting);
        waiting.clear();
        left.forEach(each -> each.done().completeExceptionally(why));
    }
}
