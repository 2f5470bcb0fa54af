package sluice.consumer.queue;

import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The order in which messages are given out: the lines of the highest priority first; among tenants
 * the one that had least; in a line what came back and is due, by the time at which it was, then
 * what is ready, by offset. In a plain queue the cursor is last. Valid until the state changes.
 */
final class Turns {

    /** Where a message was until its turn. */
    enum From {
        RETURNED,
        LINE,
        CURSOR
    }

    /** What a tenant may have, and had, as if all that was chosen were leased already. */
    private static final class Share {
        final double costMs;
        double clock;
        int room;

        Share(double costMs, double clock, int room) {
            this.costMs = costMs;
            this.clock = clock;
            this.room = room;
        }
    }

    /** How far a line was gone through. */
    private final class At {
        final Line line;
        private @Nullable OffsetSet ready;
        private Iterator<Message> returned = Collections.emptyIterator();
        private @Nullable Share share;
        private long due = -1;
        private long waiting = -1;

        At(Line line) {
            this.line = line;
        }

        void ready(OffsetSet offsets) {
            ready = offsets;
            waiting = offsets.first();
        }

        void returned(TreeSet<Message> messages) {
            returned = messages.iterator();
            nextDue();
        }

        private void nextDue() {
            due = -1;
            if (returned.hasNext()) {
                Message message = returned.next();
                due = message.readyMs() <= nowMs ? message.offset() : -1;
            }
        }

        long next() {
            return due >= 0 ? due : isOnlyReturned ? -1 : waiting;
        }

        void pass() {
            if (due >= 0) {
                nextDue();
            } else {
                waiting = ready == null ? -1 : ready.ceiling(waiting + 1);
            }
        }
    }

    private final QueueState state;
    private final FairShares shares;
    private final QueueChoice choice;
    private final long nowMs;
    private final TreeMap<Line, At> lines = new TreeMap<>();

    private boolean isOnlyReturned;
    private long cursor;
    private @Nullable At turn;

    Turns(QueueState state, FairShares shares, long nowMs) {
        this.state = state;
        this.shares = shares;
        this.choice = state.policy().choice();
        this.nowMs = nowMs;
        this.cursor = state.cursor();
        state.waiting()
                .lines()
                .forEach((line, offsets) -> lines.computeIfAbsent(line, At::new).ready(offsets));
        state.held()
                .returnedByLine()
                .forEach((line, messages) ->
                        lines.computeIfAbsent(line, At::new).returned(messages));
        if (choice.tenants().isPresent()) {
            var wanting = new HashSet<String>();
            lines.values()
                    .forEach(each -> {
                        if (each.next() >= 0) {
                            wanting.add(each.line.tenant());
                        }
                    });
            shares.want(wanting, nowMs);
            share();
        }
        choose();
    }

    private void share() {
        var byTenant = new HashMap<String, Share>();
        for (At each : lines.values()) {
            each.share = byTenant.computeIfAbsent(each.line.tenant(), this::share);
        }
    }

    private Share share(String tenant) {
        return new Share(
                shares.cost(tenant),
                shares.clock(tenant, nowMs),
                choice.inFlightMax(tenant) - state.held().loads().inFlight(tenant));
    }

    private void choose() {
        turn = null;
        double least = Double.MAX_VALUE;
        for (Iterator<At> each = lines.values().iterator(); each.hasNext(); ) {
            At at = each.next();
            At best = turn;
            if (best != null && best.line.priority() > at.line.priority()) {
                return;
            }
            if (at.next() < 0) {
                if (at.due < 0 && at.waiting < 0) {
                    each.remove();
                }
                continue;
            }
            Share share = at.share;
            if (share == null) {
                turn = at;
                return;
            }
            if (share.room > 0 && share.clock < least) {
                least = share.clock;
                turn = at;
            }
        }
    }

    /** The offset whose turn it is, −1 if there is none now. */
    long next() {
        At at = turn;
        return at != null ? at.next() : isAtCursor() ? cursor : -1;
    }

    private boolean isAtCursor() {
        return choice.isPlain() && !isOnlyReturned;
    }

    /** Where the next one is. */
    From from() {
        At at = turn;
        return at == null ? From.CURSOR : at.due >= 0 ? From.RETURNED : From.LINE;
    }

    /** That of the next one. */
    Line line() {
        At at = turn;
        return at == null ? Line.PLAIN : at.line;
    }

    /** The next one is given out. */
    void take() {
        At at = turn;
        Share share = at == null ? null : at.share;
        if (share != null) {
            share.clock += share.costMs;
            share.room--;
        }
        pass();
    }

    /** The next one is not given out: on to the following. */
    void pass() {
        At at = turn;
        if (at == null) {
            cursor++;
        } else {
            at.pass();
            choose();
        }
    }

    /** From {@link #next} up to before that there is nothing. */
    void passTo(long offset) {
        if (turn == null) {
            cursor = Math.max(cursor, offset);
        } else {
            pass();
        }
    }

    /** From now on nothing that was never leased. */
    void onlyReturned() {
        if (!isOnlyReturned) {
            isOnlyReturned = true;
            choose();
        }
    }

    /** All below it was given out, waits, or was passed over. */
    long cursor() {
        return cursor;
    }
}
