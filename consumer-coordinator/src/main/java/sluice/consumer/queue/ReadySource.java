package sluice.consumer.queue;

import java.util.Iterator;

/**
 * The order in which messages are given out. The one place to change for priorities, delays and
 * order by key: they set messages aside, and say here when it is their turn.
 */
interface ReadySource {

    /** The offset whose turn it is, −1 if there is none now. */
    long next();

    /** That one is taken, or must be fetched first: on to the following. */
    void pass();

    /** From {@link #next} up to before that there is nothing: on to there. */
    void passTo(long offset);

    /** True if the next one was never leased. */
    boolean isFresh();

    /** All below it was given out or passed over. */
    long cursor();

    /** First what came back and is due, by the time at which it was; then from the cursor on. */
    static ReadySource plain(QueueState state, long nowMs) {
        return new Plain(state, nowMs);
    }

    /** See {@link #plain}; valid until the state changes. */
    final class Plain implements ReadySource {
        private final Iterator<Message> returned;
        private final long nowMs;
        private long due = -1;
        private long cursor;

        private Plain(QueueState state, long nowMs) {
            this.returned = state.returned().iterator();
            this.nowMs = nowMs;
            this.cursor = state.cursor();
            nextDue();
        }

        private void nextDue() {
            due = -1;
            if (returned.hasNext()) {
                Message message = returned.next();
                if (message.readyMs() <= nowMs) {
                    due = message.offset();
                }
            }
        }

        @Override
        public long next() {
            return isFresh() ? cursor : due;
        }

        @Override
        public boolean isFresh() {
            return due < 0;
        }

        @Override
        public void pass() {
            if (isFresh()) {
                cursor++;
            } else {
                nextDue();
            }
        }

        @Override
        public void passTo(long offset) {
            if (isFresh()) {
                cursor = Math.max(cursor, offset);
            } else {
                nextDue();
            }
        }

        @Override
        public long cursor() {
            return cursor;
        }
    }
}
