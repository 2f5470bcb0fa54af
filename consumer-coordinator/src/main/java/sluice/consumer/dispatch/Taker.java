package sluice.consumer.dispatch;

import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Somebody who takes messages: a session, or one call without a session. */
final class Taker {

    final UUID id;

    /** False if it is one call without a session. */
    final boolean isSession;

    /** Its call that waits for messages. */
    @Nullable Receiving receiving;

    /** Messages that were asked for on its behalf, and not answered. */
    int asked;

    /** True once nobody is there any more to take anything. */
    boolean isOver;

    private int credit;
    private int load;
    private long turn;
    private boolean isQueued;

    Taker(UUID id, boolean isSession) {
        this.id = id;
        this.isSession = isSession;
    }

    /** Whose its leases are. */
    Optional<UUID> session() {
        return isSession ? Optional.of(id) : Optional.empty();
    }

    /** Messages that it would take now. */
    int credit() {
        return credit;
    }

    /** Messages that it has, or that were asked for on its behalf. */
    int load() {
        return load;
    }

    /** Orders those that are equally loaded: the lower, the longer it waits. */
    long turn() {
        return turn;
    }

    boolean isQueued() {
        return isQueued;
    }

    /** Only {@link FreeTakers} calls these, on one that it does not hold. */
    void set(int nextCredit, int nextLoad, long nextTurn) {
        assert !isQueued && nextCredit >= 0 && nextLoad >= 0
                : "credit=" + nextCredit + " load=" + nextLoad;
        credit = nextCredit;
        load = nextLoad;
        turn = nextTurn;
    }

    void queued(boolean next) {
        isQueued = next;
    }

    @Override
    public String toString() {
        return "taker=%s credit=%d load=%d".formatted(id, credit, load);
    }
}
