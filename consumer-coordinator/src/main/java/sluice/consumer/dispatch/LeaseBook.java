package sluice.consumer.dispatch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;

/**
 * Who has which message, as far as the coordinator was told. The partitions' owners decide; this is
 * for credit, limits, and for what is to go back when a session ends.
 */
final class LeaseBook {

    /** A lease with a deadline is forgotten so long after it, when its owner has taken it back. */
    private static final long MARGIN_NS = 1_000_000_000;

    private static final class Held {
        final Taker taker;
        final @Nullable QueueSession session;
        final Lease lease;
        OptionalLong endNs;

        Held(Taker taker, @Nullable QueueSession session, Lease lease, OptionalLong endNs) {
            this.taker = taker;
            this.session = session;
            this.lease = lease;
            this.endNs = endNs;
        }
    }

    private record End(long ns, DeliveryId delivery) {}

    private final Dispatcher dispatcher;
    private final Map<DeliveryId, Held> all = new HashMap<>();
    private final PriorityQueue<End> ends =
            new PriorityQueue<>((a, b) -> Long.compare(a.ns - b.ns, 0));

    LeaseBook(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /**
     * The taker has this message, which is counted as its load already.
     *
     * @param untilNs when the lease's deadline is, if it has one
     */
    void add(Taker taker, @Nullable QueueSession session, Lease lease, OptionalLong untilNs) {
        var held = new Held(taker, session, lease, OptionalLong.empty());
        Held before = all.put(lease.delivery(), held);
        assert before == null : "given twice: " + lease;
        if (session != null) {
            session.leases.add(lease.delivery());
        }
        untilNs.ifPresent(ns -> until(held, ns));
    }

    private void until(Held held, long untilNs) {
        long ns = untilNs + MARGIN_NS;
        held.endNs = OptionalLong.of(ns);
        ends.add(new End(ns, held.lease.delivery()));
    }

    /** The lease's deadline is another one now. */
    void extended(DeliveryId delivery, long untilNs) {
        Held held = all.get(delivery);
        if (held != null) {
            until(held, untilNs);
        }
    }

    boolean has(DeliveryId delivery) {
        return all.containsKey(delivery);
    }

    int size() {
        return all.size();
    }

    @Nullable Lease get(DeliveryId delivery) {
        Held held = all.get(delivery);
        return held == null ? null : held.lease;
    }

    /**
     * The message is nobody's any more.
     *
     * @return who had it, if that is known here
     */
    @Nullable Taker remove(DeliveryId delivery) {
        Held held = all.remove(delivery);
        if (held == null) {
            return null;
        }
        if (held.session != null) {
            held.session.leases.remove(delivery);
        }
        dispatcher.settled(held.taker, 1);
        return held.taker;
    }

    /** Leases of a partition that its owner does not know are over. */
    List<Taker> retain(TopicPartition partition, Set<DeliveryId> found) {
        var gone = new ArrayList<DeliveryId>();
        for (Held each : all.values()) {
            DeliveryId delivery = each.lease.delivery();
            if (each.lease.partition().equals(partition) && !found.contains(delivery)) {
                gone.add(delivery);
            }
        }
        var takers = new ArrayList<Taker>();
        for (DeliveryId each : gone) {
            Taker taker = remove(each);
            if (taker != null) {
                takers.add(taker);
            }
        }
        return takers;
    }

    /**
     * A session is over.
     *
     * @return the partitions of which it had messages
     */
    Set<TopicPartition> removeAll(QueueSession session) {
        Set<TopicPartition> partitions = new HashSet<>();
        for (DeliveryId each : List.copyOf(session.leases)) {
            Lease lease = get(each);
            if (lease != null) {
                partitions.add(lease.partition());
            }
            remove(each);
        }
        return partitions;
    }

    /** Leases of which the deadline has passed are over: their owners take them back. */
    List<Taker> expire(long nowNs) {
        var takers = new ArrayList<Taker>();
        for (End next = ends.peek(); next != null && next.ns - nowNs <= 0; next = ends.peek()) {
            ends.remove();
            Held held = all.get(next.delivery);
            if (held != null && held.endNs.isPresent() && held.endNs.getAsLong() - nowNs <= 0) {
                Taker taker = remove(next.delivery);
                if (taker != null) {
                    takers.add(taker);
                }
            }
        }
        return takers;
    }

    OptionalLong nextNs() {
        End next = ends.peek();
        return next == null ? OptionalLong.empty() : OptionalLong.of(next.ns);
    }
}
