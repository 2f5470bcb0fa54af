package sluice.consumer.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * Which session is given messages, of a group that has one active session at a time: the one that
 * was opened first, until it ends.
 */
final class ActiveSession {

    private final SessionTable sessions;
    private boolean isSingle;

    /** Null while it is not known which one it is. */
    private @Nullable QueueSession active;

    ActiveSession(SessionTable sessions) {
        this.sessions = sessions;
    }

    /** Returns true if that is new. */
    boolean configure(boolean single) {
        boolean isNew = single != isSingle;
        isSingle = single;
        active = isNew ? null : active;
        return isNew;
    }

    boolean mayTake(Taker taker) {
        QueueSession session = active;
        return !isSingle || (session != null && session.taker == taker);
    }

    /**
     * Chooses if there is nobody: who has messages that another coordinator gave, so that there is
     * never a second one, and else who was there first.
     *
     * @param isAllKnown false while it is not known who has messages; then nobody is chosen
     * @return who is active from now on, if that is another one
     */
    @Nullable Taker choose(boolean isAllKnown) {
        QueueSession before = active;
        if (!isSingle || (before != null && !before.taker.isOver)) {
            return null;
        }
        QueueSession next = isAllKnown ? sessions.first() : null;
        active = next;
        return next == null ? null : next.taker;
    }
}
