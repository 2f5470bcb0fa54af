package sluice.simulation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import sluice.consumer.group.QueueReply;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Refusal;

/**
 * What consumers of a queue group were given and told, from outside, and what must hold of it (I9):
 * what was acknowledged is not delivered again, a lease is one session's, a count never falls, an
 * acknowledgement that comes too late is refused, and nothing is done without anybody's word.
 *
 * <p>Answers overtake each other, so times prove nothing here; the numbers of leases do: of two
 * deliveries of one message the one with the higher number was the later.
 */
final class QueueWatch {

    private static final long NEVER = -1;

    /** A message. */
    private record Place(int partition, long offset) {}

    private record Given(UUID session, int count) {}

    private static final class Seen {
        final TreeMap<Long, Given> leases = new TreeMap<>();
        long acknowledged = NEVER;

        /** Somebody asked that it be acknowledged, or a dead letter. */
        boolean hasWord;
    }

    private final SimulatedCluster cluster;
    private final Map<Place, Seen> all = new HashMap<>();
    private final Set<String> rejected = new HashSet<>();

    QueueWatch(SimulatedCluster cluster) {
        this.cluster = cluster;
        cluster.coverage.declare(
                "queue: messages delivered",
                "queue: messages delivered again",
                "queue: answers given again",
                "queue: messages acknowledged",
                "queue: messages rejected",
                "queue: settlements refused, too late",
                "queue: sessions resumed",
                "queue: sessions that had ended",
                "queue: dead letters");
    }

    private Seen of(DeliveryId delivery) {
        return all.computeIfAbsent(
                new Place(delivery.partition(), delivery.offset()), _ -> new Seen());
    }

    /** A session was told of a delivery. */
    void given(UUID session, QueueReply.Message message) {
        DeliveryId delivery = message.delivery();
        Seen seen = of(delivery);
        var now = new Given(session, message.count());
        Given before = seen.leases.putIfAbsent(delivery.lease(), now);
        if (before != null) {
            cluster.coverage.count("queue: answers given again");
            if (!before.equals(now)) {
                cluster.broken(
                        "I9: one lease, told differently: delivery=%s first=%s then=%s"
                                .formatted(delivery, before, now));
            }
            return;
        }
        cluster.coverage.count(
                seen.leases.size() == 1
                        ? "queue: messages delivered"
                        : "queue: messages delivered again");
        var lower = seen.leases.lowerEntry(delivery.lease());
        var higher = seen.leases.higherEntry(delivery.lease());
        if ((lower != null && lower.getValue().count() >= now.count())
                || (higher != null && higher.getValue().count() <= now.count())) {
            cluster.broken(
                    "I9: a count fell: delivery=%s leases=%s".formatted(delivery, seen.leases));
        }
        checkDone(delivery, seen);
    }

    private void checkDone(DeliveryId delivery, Seen seen) {
        if (seen.acknowledged != NEVER && seen.leases.lastKey() > seen.acknowledged) {
            cluster.broken(
                    "I9: done, and delivered again: delivery=%s acknowledged=%d leases=%s"
                            .formatted(delivery, seen.acknowledged, seen.leases));
        }
    }

    /** Somebody asks that it be acknowledged, or become a dead letter. */
    void asked(DeliveryId delivery) {
        of(delivery).hasWord = true;
    }

    /** An acknowledgement was answered: it is done, by this lease. */
    void acknowledged(DeliveryId delivery) {
        Seen seen = of(delivery);
        if (seen.acknowledged == NEVER) {
            cluster.coverage.count("queue: messages acknowledged");
        } else if (seen.acknowledged != delivery.lease()) {
            cluster.broken(
                    "I9: acknowledged by two leases: delivery=%s other=%d"
                            .formatted(delivery, seen.acknowledged));
        }
        seen.acknowledged = delivery.lease();
        checkDone(delivery, seen);
    }

    /** That it become a dead letter was answered. */
    void rejected(String value) {
        if (rejected.add(value)) {
            cluster.coverage.count("queue: messages rejected");
        }
    }

    /**
     * @param isInSession true if the session asked that was given the delivery
     */
    void refused(DeliveryId delivery, boolean isInSession, Refusal why) {
        boolean isRight =
                switch (why) {
                    case LEASE_EXPIRED, ALREADY_SETTLED -> true;
                    case FOREIGN_SESSION -> !isInSession;
                    case UNKNOWN_DELIVERY -> false;
                };
        if (isRight) {
            cluster.coverage.count("queue: settlements refused, too late");
        } else {
            cluster.broken("I16: a wrong refusal: delivery=%s why=%s".formatted(delivery, why));
        }
    }

    /** Everything below the floor was given to somebody, who said what is to become of it. */
    void checkNothingLost(int partition, long floor) {
        for (long offset = 0; offset < floor; offset++) {
            Seen seen = all.get(new Place(partition, offset));
            if (seen == null || !seen.hasWord) {
                throw cluster.failure(
                        "I9: done without anybody's word: partition=%d offset=%d leases=%s"
                                .formatted(partition, offset, seen == null ? "" : seen.leases),
                        null);
            }
        }
    }

    /** A record of the topic for dead letters. */
    void dead(Map<String, Long> before, String value, long offset) {
        Long other = before.putIfAbsent(value, offset);
        if (other != null) {
            throw cluster.failure(
                    "I9: a dead letter twice: value=%s offsets=%d,%d"
                            .formatted(value, other, offset),
                    null);
        }
        cluster.coverage.count("queue: dead letters");
    }

    /** All that was rejected is a dead letter. */
    void checkRejected(Set<String> dead) {
        for (String each : rejected) {
            if (!dead.contains(each)) {
                throw cluster.failure("I9: rejected, and no dead letter: value=" + each, null);
            }
        }
    }
}
