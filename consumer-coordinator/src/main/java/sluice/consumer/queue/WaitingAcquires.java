package sluice.consumer.queue;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.UUID;
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

        boolean hasLooked;
        boolean isOver;
        Lane.@Nullable Timer timer;

        Waiting(Asked asked, PartitionRequest.Acquire acquire) {
            this.asked = asked;
            this.acquire = acquire;
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

    boolean isEmpty() {
        return waiting.isEmpty();
    }

    int size() {
        return waiting.size();
    }

    @Nullable Waiting first() {
        return waiting.peekFirst();
    }

    void add(Waiting one) {
        waiting.addLast(one);
    }

    void remove(Waiting one) {
        one.end();
        waiting.remove(one);
    }

    List<Waiting> removeAll() {
        var all = List.copyOf(waiting);
        waiting.clear();
        all.forEach(Waiting::end);
        return all;
    }

    /** Takes out those with that number. */
    List<Waiting> cancelled(long number) {
        var found = new ArrayList<Waiting>();
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            if (next.acquire.number() == number) {
                each.remove();
                next.end();
                found.add(next);
            }
        }
        return found;
    }

    /** Drops these sessions' grants; takes out those Acquires that have none left. */
    List<Waiting> ended(Collection<UUID> sessions) {
        var found = new ArrayList<Waiting>();
        for (Iterator<Waiting> each = waiting.iterator(); each.hasNext(); ) {
            Waiting next = each.next();
            List<PartitionRequest.Grant> grants = next.acquire.grants();
            for (int i = 0; i < grants.size(); i++) {
                if (grants.get(i).session().filter(sessions::contains).isPresent()) {
                    next.over.set(i);
                }
            }
            if (next.over.cardinality() == grants.size()) {
                each.remove();
                next.end();
                found.add(next);
            }
        }
        return found;
    }
}
