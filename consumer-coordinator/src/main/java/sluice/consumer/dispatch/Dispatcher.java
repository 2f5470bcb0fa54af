package sluice.consumer.dispatch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import sluice.consumer.queue.MessageAttributes;
import sluice.consumer.queue.PartitionRequest.Acquire;

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
 * there is something.
 *
 * <p>The partitions of the ring take turns, and one that has more than the others has its turn more
 * often, up to {@link #WEIGHTS} times: what came at the same time is to leave at about the same
 * time, and none is left out for another's backlog. It is stride scheduling (Waldspurger and Weihl,
 * MIT/LCS/TM-528, 1995), with a partition's messages by those of the average as its tickets.
 *
 * <p>Of a partition only messages of its highest level count as known. Those of the highest level
 * of all take turns; the others wait, and if the group has priorities they are watched, too, since
 * nobody asks them: their owners say when that level rises.
 *
 * <p>Credit that comes back in small pieces gathers for a moment while requests are under way, as
 * small pieces of a stream do by Nagle's algorithm (RFC 896): what a request costs is spread over
 * more messages, the more the busier the group is. All that a partition has is asked for at once.
 *
 * <p>No step looks at all takers or all partitions, but for the first one to be free after nobody
 * was, who begins the watches that are not under way.
 */
final class Dispatcher {

    /** Fewer are not worth a request of their own while there are more. */
    static final int SHARE_MIN = 16;

    private static final int SHARE_MAX = 1_000;

    /**
     * Requests under way at one partition; while there are so many, credit gathers, and the next
     * one asks for more.
     */
    static final int CALLS_MAX = 4;

    /**
     * The weight of a partition that has as much as the average of the ring. Coarse, so that those
     * that have nearly the same simply take turns.
     */
    private static final int WEIGHT_ONE = 8;

    private static final int WEIGHT_MIN = WEIGHT_ONE / 4;
    private static final int WEIGHT_MAX = WEIGHT_ONE * 8;

    /** As many times as often as another is a partition asked that has more. */
    static final int WEIGHTS = WEIGHT_MAX / WEIGHT_MIN;

    /** A message costs its partition so much of the dispatcher's time, by its weight. */
    private static final long STRIDE = 512 * WEIGHT_ONE;

    /** So long does credit that came back in small pieces gather while requests are under way. */
    static final long GATHER_NS = 2_000_000;

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
         * @param above only of a higher priority than this; {@link Acquire#ANY} for any
         */
        void watch(Source source, boolean rested, int above);
    }

    private final FreeTakers takers = new FreeTakers();

    private final TreeSet<Source> ring = new TreeSet<>(Source.ORDER);

    /** How many of the ring have each level. */
    private final int[] ofLevel = new int[MessageAttributes.PRIORITY_MAX + 1];

    private final Set<Source> unwatched = new LinkedHashSet<>();

    /** Of the ring, in a group with priorities. */
    private final Set<Source> unwatchedForRise = new LinkedHashSet<>();

    private final Out out;
    private int inFlightMax;
    private boolean isPaused;
    private boolean isByPriority;
    private int inFlight;

    /** When the latest turn was, and the number of the latest that came into the ring. */
    private long time;

    private long lastOrder;

    /** Messages known of all partitions of the ring. */
    private long knownInRing;

    /** Requests under way, and when the last one left. */
    private int calls;

    private long askedNs;
    private boolean isGathering;

    Dispatcher(Out out) {
        this.out = out;
    }

    void configure(int nextInFlightMax, boolean paused, boolean byPriority) {
        inFlightMax = nextInFlightMax;
        isPaused = paused;
        isByPriority = byPriority;
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
     * @param level the highest priority that it has
     * @param ready messages of it, roughly
     */
    void open(Source source, int level, long ready) {
        assert !source.isOpen && source.calls == 0 : source;
        source.isOpen = true;
        source.isResting = false;
        told(source, level, ready);
    }

    /** The partition's owner is not to be asked; what was asked is still to be told. */
    void close(Source source) {
        source.isOpen = false;
        source.isWatched = false;
        unwatched.remove(source);
        unwatchedForRise.remove(source);
        leaveRing(source);
        source.known = 0;
    }

    private void leaveRing(Source source) {
        if (source.isInRing) {
            ring.remove(source);
            knownInRing -= source.known;
            ofLevel[source.level]--;
            source.isInRing = false;
        }
    }

    private void enterRing(Source source) {
        source.isInRing = true;
        ofLevel[source.level]++;
        knownInRing += source.known;
        ring.add(source);
    }

    /** A watch is over. */
    void watched(Source source, int level, long ready) {
        source.isWatched = false;
        if (source.isOpen) {
            told(source, level, ready);
        }
    }

    /** The owner said by the way how much it has. */
    void hinted(Source source, int level, long ready) {
        if (source.isOpen && ready > 0) {
            told(source, level, ready);
        }
    }

    private void told(Source source, int level, long ready) {
        boolean wasInRing = source.isInRing;
        leaveRing(source);
        source.known = Math.max(0, ready - source.asked);
        if (source.known > 0) {
            source.level = level;
            unwatched.remove(source);
            if (wasInRing || source.calls < CALLS_MAX) {
                source.order = wasInRing ? source.order : ++lastOrder;
                enterRing(source);
            }
            if (isByPriority && !source.isWatched && level < MessageAttributes.PRIORITY_MAX) {
                unwatchedForRise.add(source);
            }
        } else {
            unwatchedForRise.remove(source);
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
    void acquired(Source source, int served, int level, long ready) {
        source.calls--;
        calls--;
        if (source.isOpen) {
            source.isResting = served == 0;
            told(source, level, served == 0 ? 0 : ready);
        }
    }

    /** Hands out what can be. */
    void run(long nowNs) {
        long even = ring.isEmpty() ? 0 : takers.credit() / ofLevel[ring.first().level];
        isGathering = mayAsk() && isTooLittle(nowNs);
        while (mayAsk() && !isGathering) {
            askFirst(even);
            askedNs = nowNs;
        }
        if (!isPaused && inFlight < inFlightMax && !takers.isEmpty()) {
            watch(unwatched, false);
        }
        if (!isPaused && ring.size() > 1) {
            // Also while nobody is free: whoever is next is to be given the highest.
            watch(unwatchedForRise, true);
        }
    }

    private boolean mayAsk() {
        return !isPaused && inFlight < inFlightMax && !takers.isEmpty() && !ring.isEmpty();
    }

    private void watch(Set<Source> which, boolean forRise) {
        for (Source each : which) {
            if (!each.isWatched) {
                each.isWatched = true;
                out.watch(each, each.isResting, forRise ? each.level : Acquire.ANY);
            }
        }
        which.clear();
    }

    /** More credit comes back any moment. */
    private boolean isTooLittle(long nowNs) {
        return calls > 0
                && takers.credit() < Math.min(SHARE_MIN, ring.first().known)
                && nowNs - askedNs < GATHER_NS;
    }

    /** When {@link #run} is to be called though nothing happens; empty for never. */
    OptionalLong nextNs() {
        return isGathering ? OptionalLong.of(askedNs + GATHER_NS) : OptionalLong.empty();
    }

    /** By how much it has, beside the average of the ring. */
    private long weight(Source source) {
        double average = (double) knownInRing / ring.size();
        long weight = Math.round(source.known / average * WEIGHT_ONE);
        return Math.max(WEIGHT_MIN, Math.min(weight, WEIGHT_MAX));
    }

    /**
     * @param even what each partition would be asked for if all were asked for as much
     */
    private void askFirst(long even) {
        Source source = ring.first();
        long weight = weight(source);
        leaveRing(source);
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
        calls++;
        // Who had nothing to give for a while has no turns left over from then.
        time = Math.max(time, source.turn);
        source.turn = time + count * STRIDE / weight;
        if (source.known > 0 && source.calls < CALLS_MAX) {
            source.order = ++lastOrder;
            enterRing(source);
        }
        var grants = new ArrayList<Grant>(taken.size());
        taken.forEach((taker, credit) -> grants.add(new Grant(taker, credit)));
        out.acquire(source, grants);
    }
}
