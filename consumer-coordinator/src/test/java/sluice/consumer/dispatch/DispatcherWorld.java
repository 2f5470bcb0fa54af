package sluice.consumer.dispatch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import sluice.consumer.dispatch.Dispatcher.Grant;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.PartitionRequest.Acquire;

/** A dispatcher, owners that answer when chance wants, and what must hold after every step. */
final class DispatcherWorld implements Dispatcher.Out {

    private record Asked(Source source, List<Grant> grants) {}

    /** A watch at an owner, and the lowest level since. */
    private static final class Watch {
        int above;

        Watch(int above) {
            this.above = above;
        }
    }

    /** What an owner has, by priority. */
    private static final class Ready {
        final TreeMap<Integer, Integer> byLevel = new TreeMap<>();

        int level() {
            return byLevel.isEmpty() ? Backlog.NO_LEVEL : byLevel.lastKey();
        }

        int ofLevel() {
            return byLevel.isEmpty() ? 0 : byLevel.lastEntry().getValue();
        }

        int count() {
            return byLevel.values().stream().mapToInt(Integer::intValue).sum();
        }

        int take(int max) {
            int taken = 0;
            while (taken < max && !byLevel.isEmpty()) {
                int level = level();
                int some = Math.min(max - taken, ofLevel());
                byLevel.computeIfPresent(level, (_, all) -> all == some ? null : all - some);
                taken += some;
            }
            return taken;
        }
    }

    private final SplittableRandom random;
    private final String seed;
    final Dispatcher dispatcher = new Dispatcher(this);
    final List<Source> sources = new ArrayList<>();
    final List<Taker> takers = new ArrayList<>();
    private final Map<Source, Ready> atOwner = new LinkedHashMap<>();
    private final List<Asked> asked = new ArrayList<>();
    private final Map<Source, Watch> watched = new LinkedHashMap<>();

    /** What each taker takes and did not get, as the model counts it. */
    private final Map<Taker, Integer> wants = new HashMap<>();

    private final Map<Taker, Integer> has = new LinkedHashMap<>();

    /** What the dispatcher was told of each source, and did not use up. */
    private final Map<Source, Integer> told = new HashMap<>();

    private final Map<Source, Integer> toldLevel = new HashMap<>();

    /** Messages that each was asked for the last time. */
    private final Map<Source, Integer> lastCount = new HashMap<>();

    private final boolean isByPriority;

    /** Requests to others since a source with something known was asked. */
    private final Map<Source, Integer> passedOver = new HashMap<>();

    private final int inFlightMax;
    private boolean isPaused;
    private long nowNs;
    int produced;
    int given;

    DispatcherWorld(long seed, int sources, int takers, int inFlightMax) {
        this.random = new SplittableRandom(seed);
        this.seed = "seed=" + seed + " ";
        this.inFlightMax = inFlightMax;
        this.isByPriority = seed % 2 == 0;
        dispatcher.configure(inFlightMax, false, isByPriority);
        for (int i = 0; i < sources; i++) {
            var source = new Source(new TopicPartition("t", i));
            this.sources.add(source);
            atOwner.put(source, new Ready());
            told.put(source, 0);
            dispatcher.open(source, Backlog.NO_LEVEL, 0);
        }
        for (int i = 0; i < takers; i++) {
            var taker = new Taker(new UUID(0, i), true);
            this.takers.add(taker);
            wants.put(taker, 0);
            has.put(taker, 0);
        }
    }

    @Override
    public void acquire(Source source, List<Grant> grants) {
        int count = 0;
        for (Grant each : grants) {
            count += each.messages();
            int left = wants.merge(each.taker(), -each.messages(), Integer::sum);
            assertTrue(left >= 0, seed + "more than its credit: " + each);
        }
        int left = told.merge(source, -count, Integer::sum);
        assertTrue(count > 0 && left >= 0, seed + "more than is known: " + source);
        assertTrue(source.isOpen && !isPaused, seed + "asked in vain: " + source);
        assertTrue(inFlight() <= inFlightMax, seed + "over the limit: inFlight=" + inFlight());
        asked.add(new Asked(source, grants));
        checkTurns(source, count);
    }

    private static <K, V> V of(Map<K, V> values, K key) {
        return Objects.requireNonNull(values.get(key));
    }

    /**
     * Messages that others are asked for while one that has as high a priority waits: what it was
     * asked for itself the last time, as often as weights differ, of each of them.
     */
    private void checkTurns(Source source, int count) {
        passedOver.remove(source);
        lastCount.put(source, count);
        for (Source each : sources) {
            if (each != source && isKnown(each)) {
                assertTrue(
                        of(toldLevel, each) <= of(toldLevel, source),
                        seed + "asked before one that has a higher priority: " + source);
            }
            if (each != source
                    && isKnown(each)
                    && of(toldLevel, each).equals(of(toldLevel, source))) {
                int messages = passedOver.merge(each, count, Integer::sum);
                int last = lastCount.getOrDefault(each, 0);
                assertTrue(
                        messages
                                <= sources.size()
                                        * (Dispatcher.WEIGHTS * last + 2 * Dispatcher.SHARE_MIN),
                        seed + "passed over for " + messages + " messages: " + each);
            } else {
                passedOver.remove(each);
            }
        }
    }

    private boolean isKnown(Source source) {
        return source.isOpen && of(told, source) > 0 && source.calls < Dispatcher.CALLS_MAX;
    }

    @Override
    public void watch(Source source, boolean rested, int above) {
        assertTrue(isByPriority || above == Acquire.ANY, seed + "watched for nothing: " + source);
        assertTrue(source.isOpen, seed + "watched in vain: " + source);
        assertTrue(!watched.containsKey(source), seed + "watched twice: " + source);
        watched.put(source, new Watch(above));
    }

    private int inFlight() {
        int all = has.values().stream().mapToInt(Integer::intValue).sum();
        for (Asked each : asked) {
            all += each.grants().stream().mapToInt(Grant::messages).sum();
        }
        return all;
    }

    void produce(Source source, int count) {
        int level = isByPriority ? random.nextInt(10) : 4;
        of(atOwner, source).byLevel.merge(level, count, Integer::sum);
        produced += count;
    }

    /** What the owner had is gone: purged, or expired. */
    private void lose(Source source) {
        produced -= of(atOwner, source).count();
        of(atOwner, source).byLevel.clear();
    }

    void want(Taker taker, int messages) {
        wants.put(taker, messages);
        dispatcher.credit(taker, messages);
    }

    void settle(Taker taker, int messages) {
        has.merge(taker, -messages, Integer::sum);
        dispatcher.settled(taker, messages);
    }

    private void tell(Source source, int ready) {
        toldLevel.put(source, of(atOwner, source).level());
        int underWay = 0;
        for (Asked each : asked) {
            if (each.source() == source) {
                underWay += each.grants().stream().mapToInt(Grant::messages).sum();
            }
        }
        told.put(source, source.isOpen ? Math.max(0, ready - underWay) : 0);
    }

    /** One of the owners answers a request. */
    void answerOne() {
        Asked each = asked.remove(random.nextInt(asked.size()));
        int served = 0;
        for (Grant grant : each.grants()) {
            int count = of(atOwner, each.source()).take(grant.messages());
            has.merge(grant.taker(), count, Integer::sum);
            given += count;
            served += count;
            boolean waits = random.nextInt(8) > 0;
            wants.merge(grant.taker(), waits ? grant.messages() - count : 0, Integer::sum);
            dispatcher.served(each.source(), grant, count, waits);
        }
        Ready left = of(atOwner, each.source());
        tell(each.source(), served == 0 ? 0 : left.ofLevel());
        dispatcher.acquired(each.source(), served, left.level(), left.ofLevel());
    }

    /** Watches answer that have something to say. */
    void answerWatches() {
        for (Source each : List.copyOf(watched.keySet())) {
            Ready ready = of(atOwner, each);
            Watch watch = of(watched, each);
            if (ready.level() > watch.above || !each.isOpen || random.nextInt(10) == 0) {
                watched.remove(each);
                tell(each, ready.ofLevel());
                dispatcher.watched(each, ready.level(), ready.ofLevel());
            } else {
                watch.above = ready.level();
            }
        }
    }

    void pause(boolean paused) {
        isPaused = paused;
        dispatcher.configure(inFlightMax, paused, isByPriority);
    }

    void closeOrOpen(Source source) {
        if (source.isOpen) {
            told.put(source, 0);
            watched.remove(source);
            dispatcher.close(source);
        } else if (asked.stream().noneMatch(each -> each.source() == source)) {
            Ready ready = of(atOwner, source);
            dispatcher.open(source, ready.level(), ready.ofLevel());
            tell(source, ready.ofLevel());
        }
    }

    void step() {
        Source source = sources.get(random.nextInt(sources.size()));
        Taker taker = takers.get(random.nextInt(takers.size()));
        switch (random.nextInt(12)) {
            case 0, 1 -> produce(source, 1 + random.nextInt(random.nextInt(20) == 0 ? 200 : 4));
            case 2, 3, 4 -> {
                if (of(wants, taker) == 0) {
                    want(taker, 1 + random.nextInt(random.nextInt(4) == 0 ? 50 : 2));
                }
            }
            case 5, 6 -> {
                if (of(has, taker) > 0) {
                    settle(taker, 1 + random.nextInt(of(has, taker)));
                }
            }
            case 7, 8 -> {
                if (!asked.isEmpty()) {
                    answerOne();
                }
            }
            case 9 -> answerWatches();
            case 10 -> {
                if (random.nextInt(10) == 0) {
                    closeOrOpen(source);
                } else if (random.nextInt(4) == 0) {
                    lose(source);
                }
            }
            default -> {
                if (random.nextInt(20) == 0) {
                    pause(!isPaused);
                } else if (random.nextInt(5) == 0) {
                    want(taker, 0);
                }
            }
        }
        run();
    }

    void run() {
        // Often at the same moment as before, so that credit gathers.
        nowNs += random.nextBoolean() ? 0 : random.nextLong(2 * Dispatcher.GATHER_NS);
        dispatcher.run(nowNs);
        check();
    }

    private void check() {
        assertEquals(inFlight(), dispatcher.inFlight(), seed + "counts");
        boolean isFree = wants.values().stream().anyMatch(each -> each > 0);
        OptionalLong gathers = dispatcher.nextNs();
        if (gathers.isPresent()) {
            long waitNs = gathers.getAsLong() - nowNs;
            assertTrue(
                    waitNs > 0 && waitNs <= Dispatcher.GATHER_NS && !asked.isEmpty(),
                    seed + "gathers in vain: waitNs=" + waitNs);
            int free = wants.values().stream().mapToInt(Integer::intValue).sum();
            assertTrue(free < 16, seed + "gathers though that is enough: " + free);
        }
        if (isFree && !isPaused && inFlight() < inFlightMax) {
            for (Source each : sources) {
                assertTrue(
                        gathers.isPresent()
                                || !each.isOpen
                                || of(told, each) == 0
                                || each.calls == Dispatcher.CALLS_MAX,
                        seed + "somebody free waits while this is known: " + each);
                assertTrue(
                        !each.isOpen
                                || watched.containsKey(each)
                                || each.asked > 0
                                || gathers.isPresent() && of(told, each) > 0,
                        seed + "nobody would tell that there is something: " + each);
            }
        }
        if (isByPriority && !isPaused && sources.stream().filter(this::isKnown).count() > 1) {
            for (Source each : sources) {
                assertTrue(
                        !isKnown(each) || of(toldLevel, each) == 9 || watched.containsKey(each),
                        seed + "nobody would tell of a higher priority: " + each);
            }
        }
        for (Taker each : takers) {
            assertTrue(each.credit() == of(wants, each), seed + "wants: " + each);
        }
    }

    /** Everybody takes, and settles at once, until nothing is left. */
    void drain() {
        pause(false);
        for (Source each : sources) {
            if (!each.isOpen) {
                while (asked.stream().anyMatch(other -> other.source() == each)) {
                    answerOne();
                }
                closeOrOpen(each);
            }
        }
        int left = 100_000;
        while (given < produced) {
            assertTrue(left-- > 0, seed + "given=" + given + " produced=" + produced);
            for (Taker each : takers) {
                settle(each, of(has, each));
                if (of(wants, each) == 0) {
                    want(each, 1);
                }
            }
            run();
            answerWatches();
            run();
            if (!asked.isEmpty()) {
                answerOne();
                run();
            }
        }
    }
}
