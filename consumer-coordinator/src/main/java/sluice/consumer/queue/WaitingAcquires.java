package sluice.consumer.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import sluice.log.lane.Lane;

/** Acquires that nothing could be given yet, in the order in which they came. */
final class WaitingAcquires {

    static final int MAX = 10_000;

    /** One of them. */
    static final class Waiting {
        final Asked asked;
        final PartitionRequest.Acquire acquire;

        /** Grants whose session has ended, by index. */
        final BitSet over = new BitSet();

        /** How often its end was put off since records were on their way. */
        int putOff;

        /** Of a watch that names a priority: the lowest of it and of what was highest since. */
        int above;

        boolean hasLooked;
        boolean isOver;
        Lane.@Nullable Timer timer;

        Waiting(Asked asked, PartitionRequest.Acquire acquire) {
            this.asked = asked;
            this.acquire = acquire;
            this.above = acquire.above();
        }

        private boolean isForRise() {
            return acquire.grants().isEmpty() && acquire.above() != PartitionRequest.Acquire.ANY;
        }

        private void end() {
            isOver = true;
            Lane.Timer running = timer;
            if (running != null) {
                running.cancel();
            }
        }
    }

    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();

    /** Watches that wait until the highest priority rises; nobody waits behind them. */
    private final ArrayDeque<Waiting> forRise = new ArrayDeque<>();

    boolean isEmpty() {
        return waiting.isEmpty() && forRise.isEmpty();
    }

    int size() {
        return waiting.size() + forRise.size();
    }

    /** The next of those that wait for messages. */
    @Nullable Waiting first() {
        return waiting.peekFirst();
    }

    void add(Waiting one) {
        (one.isForRise() ? forRise : waiting).addLast(one);
    }

    void remove(Waiting one) {
        one.end();
        (one.isForRise() ? forRise : waiting).remove(one);
    }

    List<Waiting> removeAll() {
        var all = new ArrayList<>(waiting);
        all.addAll(forRise);
        waiting.clear();
        forRise.clear();
        all.forEach(Waiting::end);
        return all;
    }

    /** Takes out those with that number. */
    List<Waiting> cancelled(long number) {
        var found = new ArrayList<Waiting>();
        take(waiting, each -> each.acquire.number() == number, found);
        take(forRise, each -> each.acquire.number() == number, found);
        return found;
    }

    private static void take(
            ArrayDeque<Waiting> from, Predicate<Waiting> which, List<Waiting> found) {
        for (Iterator<Waiting> each = from.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            if (which.test(next)) {
                each.remove();
                next.end();
                found.add(next);
            }
        }
    }

    boolean isAnyForRise() {
        return !forRise.isEmpty();
    }

    /**
     * Takes out those that are to be told of a rise.
     *
     * @param level the highest that is ready now
     */
    List<Waiting> risen(int level) {
        var found = new ArrayList<Waiting>();
        take(forRise, each -> level > each.above, found);
        forRise.forEach(each -> each.above = level);
        return found;
    }

    /** Drops these sessions' grants; takes out those Acquires that have none left. */
    List<Waiting> ended(Collection<UUID> sessions) {
        var found = new ArrayList<Waiting>();
        take(waiting, each -> hasEnded(each, sessions), found);
        return found;
    }

    private static boolean hasEnded(Waiting one, Collection<UUID> sessions) {
        List<PartitionRequest.Grant> grants = one.acquire.grants();
        for (int i = 0; i < grants.size(); i++) {
            if (grants.get(i).session().filter(sessions::contains).isPresent()) {
                one.over.set(i);
            }
        }
        return !grants.isEmpty() && one.over.cardinality() == grants.size();
    }
}
