package sluice.client.queue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages that wait for a handler, and how many handlers run. Used by any thread, so that a
 * handler that ends goes on with the next message by itself: handing it over by the session's lane
 * would wake two threads for each message.
 */
final class ReadyMessages {

    private final int concurrency;
    private final Deque<QueueMessage> ready = new ArrayDeque<>();
    private int running;

    /**
     * @param concurrency most handlers at the same time
     */
    ReadyMessages(int concurrency) {
        this.concurrency = concurrency;
    }

    synchronized void add(QueueMessage message) {
        ready.add(message);
    }

    /**
     * What one more handler is to begin with.
     *
     * @return null if nothing waits or as many run as may
     */
    synchronized @Nullable QueueMessage begin() {
        QueueMessage next = running < concurrency ? take() : null;
        running += next == null ? 0 : 1;
        return next;
    }

    /** The handler found no thread. */
    synchronized void undo(QueueMessage begun) {
        running--;
        begun.isBegun = false;
        ready.addFirst(begun);
    }

    /**
     * What a handler that ended goes on with.
     *
     * @return null if nothing waits; then it runs no more
     */
    synchronized @Nullable QueueMessage next() {
        QueueMessage next = take();
        running -= next == null ? 1 : 0;
        return next;
    }

    private @Nullable QueueMessage take() {
        QueueMessage next = ready.pollFirst();
        if (next != null) {
            next.isBegun = true;
        }
        return next;
    }

    /** A handler runs no more, whatever waits. */
    synchronized void ended() {
        running--;
    }

    /**
     * Takes a message out, if it waits.
     *
     * @return true if a handler has it, or had it
     */
    synchronized boolean remove(QueueMessage message) {
        ready.remove(message);
        return message.isBegun;
    }

    /** Takes all that wait. */
    synchronized List<QueueMessage> drain() {
        List<QueueMessage> all = List.copyOf(ready);
        ready.clear();
        return all;
    }
}
