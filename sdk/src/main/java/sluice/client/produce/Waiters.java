package sluice.client.produce;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import sluice.client.error.RetriableException;
import sluice.client.time.Clock;

/**
 * Threads that wait in {@code send}: for room, first come first served, so that small records do
 * not keep a large one waiting for ever; or for the description of a topic. Guarded by the
 * producer's lock.
 */
final class Waiters {

    private final ReentrantLock lock;
    private final Clock clock;
    private final Condition topics;
    private final ArrayDeque<Condition> forRoom = new ArrayDeque<>();
    private int forTopics;

    Waiters(ReentrantLock lock, Clock clock) {
        this.lock = lock;
        this.clock = clock;
        this.topics = lock.newCondition();
    }

    int count() {
        return forRoom.size() + forTopics;
    }

    /** Nobody came before. */
    boolean mayPass() {
        return forRoom.isEmpty();
    }

    /**
     * Returns when it is this thread's turn and {@code hasRoom}.
     *
     * @throws RetriableException if the time is over before, or the thread is interrupted
     */
    void awaitRoom(BooleanSupplier hasRoom, long deadlineNs, long heldBytesMax) {
        Condition turn = lock.newCondition();
        forRoom.addLast(turn);
        try {
            while (forRoom.peekFirst() != turn || !hasRoom.getAsBoolean()) {
                await(
                        turn,
                        deadlineNs,
                        "there was no room in the time that the producer may block: heldBytesMax="
                                + heldBytesMax);
            }
        } finally {
            forRoom.remove(turn);
            roomMade(); // There may be room for the next one too.
        }
    }

    void roomMade() {
        Condition first = forRoom.peekFirst();
        if (first != null) {
            first.signal();
        }
    }

    void awaitTopic(long deadlineNs, String topic) {
        forTopics++;
        try {
            await(
                    topics,
                    deadlineNs,
                    "the topic was not described in the time that the producer may block: topic="
                            + topic);
        } finally {
            forTopics--;
        }
    }

    void topicsChanged() {
        topics.signalAll();
    }

    void wakeAll() {
        topics.signalAll();
        forRoom.forEach(Condition::signal);
    }

    private void await(Condition condition, long deadlineNs, String overdue) {
        long leftNs = deadlineNs - clock.nowNs();
        if (leftNs <= 0) {
            throw new RetriableException("the record was not sent: " + overdue);
        }
        try {
            long unused = condition.awaitNanos(leftNs);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RetriableException("the record was not sent: interrupted", e);
        }
    }
}
