package sluice.consumer.dispatch;

import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.DeliveryId;

/** A session: what it has, and when it was last heard of. */
final class QueueSession {

    /** An answer of which it is not known that it arrived. */
    record Unconfirmed(long number, List<DeliveryId> deliveries) {}

    final UUID id;
    final Taker taker;

    /** Those that came earlier have a lower one. */
    final long number;

    /** What it has; {@link LeaseBook} keeps it. */
    final Set<DeliveryId> leases = new LinkedHashSet<>();

    Optional<UUID> connection = Optional.empty();
    int prefetch;
    String client = "";
    String gateway = "";
    Optional<UUID> node = Optional.empty();
    long heardNs;

    /**
     * When its latest call that waited was answered. Nothing was to be heard of it while the call
     * waited, so its time begins then.
     */
    long answeredNs;

    /** It does not end before that, though it is silent. */
    long graceUntilNs;

    /** When it is looked at next; changed only while it is in no queue. */
    long lookNs;

    /** Number of its last answer. */
    long answers;

    @Nullable Unconfirmed unconfirmed;

    /** What it said that it holds when it came back; null if it did not. */
    @Nullable Set<DeliveryId> claimed;

    /** Of those, the ones of which the partitions' owners have not told yet. */
    final Set<DeliveryId> untold = new HashSet<>();

    /** True if leases of it were found that another coordinator gave it. */
    boolean isFound;

    /** True if nothing is known of it but its id. */
    boolean isAdopted;

    QueueSession(UUID id, long number, long nowNs) {
        this.id = id;
        this.number = number;
        this.taker = new Taker(id, true);
        this.heardNs = nowNs;
        this.answeredNs = nowNs;
        this.graceUntilNs = nowNs;
    }

    /** True while it is not known by which connection it comes, if it has one. */
    boolean isUnclaimed() {
        return connection.isEmpty() && claimed == null;
    }

    /** Until when it lives if nothing more is heard of it. */
    long endNs(long timeoutNs) {
        long heard = answeredNs - heardNs > 0 ? answeredNs : heardNs;
        Receiving waiting = taker.receiving;
        if (waiting != null && waiting.deadlineNs - heard > 0) {
            heard = waiting.deadlineNs;
        }
        long end = heard + timeoutNs;
        return graceUntilNs - end > 0 ? graceUntilNs : end;
    }
}
