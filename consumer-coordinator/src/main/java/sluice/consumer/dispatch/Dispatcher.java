package sluice.consumer.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Brings those who are free and the partitions that have something together.
 *
 * <pre>
 *   a partition:  closed ─▶ nothing known ─▶ watched ─▶ known, in the ring ─▶ asked
 *                              ▲                                               │
 *                              └── its answer brings less than was asked ◀─────┘
 * </pre>
 *
 * <p>Credit leaves only for a partition that is known to have something, and comes back with its
 * answer, so that nobody ever has more than his credit, and no credit lies at a partition that has
 * nothing. A partition with nothing known is watched while anybody is free: its owner says when
 * there is something. The partitions of the ring take turns.
 *
 * <p>No step looks at all takers or all partitions, but for the first one to be free after nobody
 * was, who begins the watches that are not under way.
 */
final class Dispatcher {

    /** Fewer are not worth a request of their own while there are more. */
    private static final int SHARE_MIN = 16;

    private static final int SHARE_MAX = 1_000;

    /**
     * Requests under way at one partition; while there are so many, credit gathers, and the next
     * one asks for more.
     */
    static final int CALLS_MAX = 4;

    /** Some of a taker's credit. */
    record Grant(Taker taker, int messages) {}

    /** Told what to do. Calls nothing of the dispatcher's meanwhile. */
    interface Out {
        /** Ask the partition's owner; what comes of it is to be told with {@link #acquired}. */
        void acquire(Source source, List<Grant> grants);

        /**
         * Have the partition's owner say when it has something, {@link #watched}.
         *
         * @param rested true: not at once, since it said so lately and then had nothing
         */
        void watch(Source source, boolean rested);
    }

    private final FreeTakers takers = new FreeTakers();

    /** In the order of their turns. */
    private final LinkedHashSet<Source> ring = new LinkedHashSet<>();

    private final Set<Source> unwatched = new LinkedHashSet<>();
    private final Out out;
    private int inFlightMax;
    private boolean isPaused;
    private int inFlight;

    Dispatcher(Out out) {
        this.out = out;
    }

    void configure(int nextInFlightMax, boolean paused) {
        inFlightMax = nextInFlightMax;
        isPaused = paused;
    }

    /** Messages that somebody has, or that were asked for. */
    int inFlight() {
        return inFlight;
    }

    /** From now on the taker takes so many. */
    void credit(Taker taker, int messages) {
        takers.credit(taker, messages);
    }

    /** The taker has messages that the dispatcher did not ask for. */
    void found(Taker taker, int messages) {
        takers.load(taker, messages);
        inFlight += messages;
    }

    /** The taker has so many fewer. */
    void settled(Taker taker, int messages) {
        takers.load(taker, -messages);
        inFlight -= messages;
        assert inFlight >= 0 : "inFlight=" + inFlight;
    }

    /**
     * The partition's owner serves this coordinator.
     *
     * @param ready messages that it has, roughly
     */
    void open(Source source, long ready) {
        assert !source.isOpen && source.calls == 0 : source;
        source.isOpen = true;
        source.isResting = false;
        told(source, ready);
    }

    /** The partition's owner is not to be asked; what was asked is still to be told. */
    void close(Source source) {
        source.isOpen = false;
        source.known = 0;
        source.isWatched = false;
        unwatched.remove(source);
        leaveRing(source);
    }

    private void leaveRing(Source source) {
        if (source.isInRing) {
            ring.remove(source);
            source.isInRing = false;
        }
    }

    /** A watch is over. */
    void watched(Source source, long ready) {
        source.isWatched = false;
        if (source.isOpen) {
            told(source, ready);
        }
    }

    /** The owner said by the way how much it has. */
    void hinted(Source source, long ready) {
        if (source.isOpen && ready > 0) {
            told(source, ready);
        }
    }

    private void told(Source source, long ready) {
        source.known = Math.max(0, ready - source.asked);
        if (source.known > 0) {
            unwatched.remove(source);
            if (!source.isInRing && source.calls < CALLS_MAX) {
                source.isInRing = true;
                ring.addLast(source);
            }
        } else {
            leaveRing(source);
            if (source.calls == 0 && !source.isWatched) {
                unwatched.add(source);
            }
        }
    }

    /**
     * What a grant brought; called for each grant of a request.
     *
     * @param served messages that the taker has now
     * @param waits true if the taker still takes the rest
     */
    void served(Source source, Grant grant, int served, boolean waits) {
        int rest = grant.messages() - served;
        assert served >= 0 && rest >= 0 : grant + " served=" + served;
        source.asked -= grant.messages();
        inFlight -= rest;
        if (waits) {
            takers.giveBack(grant.taker(), rest);
        } else {
            takers.load(grant.taker(), -rest);
        }
        if (served > 0) {
            takers.served(grant.taker());
        }
    }

    /** A request is answered, after all its grants. */
    void acquired(Source source, int served, long ready) {
        source.calls--;
        if (source.isOpen) {
            source.isResting = served == 0;
            told(source, served == 0 ? 0 : ready);
        }
    }

    /** Hands out what can be. */
    void run() {
        long even = takers.credit() / Math.max(1, ring.size());
        while (!isPaused && inFlight < inFlightMax && !takers.isEmpty() && !ring.isEmpty()) {
            askFirst(even);
        }
        if (!isPaused && inFlight < inFlightMax && !takers.isEmpty() && !unwatched.isEmpty()) {
            for (Source each : List.copyOf(unwatched)) {
                each.isWatched = true;
                out.watch(each, each.isResting);
            }
            unwatched.clear();
        }
    }

    /**
     * @param even what each partition would be asked for if all were asked for as much
     */
    private void askFirst(long even) {
        Source source = ring.removeFirst();
        long share = Math.min(Math.max(SHARE_MIN, even), Math.min(source.known, SHARE_MAX));
        int messages = (int) Math.min(share, inFlightMax - inFlight);
        Map<Taker, Integer> taken = new LinkedHashMap<>();
        int count = 0;
        for (; count < messages && !takers.isEmpty(); count++) {
            taken.merge(takers.takeOne(), 1, Integer::sum);
        }
        inFlight += count;
        source.asked += count;
        source.known -= count;
        source.calls++;
        source.isInRing = source.known > 0 && source.calls < CALLS_MAX;
        if (source.isInRing) {
            ring.addLast(source);
        }
        var grants = new ArrayList<Grant>(taken.size());
        taken.forEach((taker, credit) -> grants.add(new Grant(taker, credit)));
        out.acquire(source, grants);
    }
}
