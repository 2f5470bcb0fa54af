package sluice.client.produce;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.http.Backoff;

/** The producer's id, and when to ask for one. */
final class Identities {

    private final boolean isIdempotent;
    private final Backoff backoff;
    private final RandomGenerator random;
    private Identity current = Identity.NONE;
    private boolean isNeeded;
    private boolean isAsked;
    private long notBeforeNs;
    private int failures;

    Identities(boolean isIdempotent, Backoff backoff, RandomGenerator random, long nowNs) {
        this.isIdempotent = isIdempotent;
        this.backoff = backoff;
        this.random = random;
        this.notBeforeNs = nowNs;
    }

    /** What partitions begin with. */
    Identity current() {
        return current;
    }

    /** Something is to be sent; false if it must wait for an id. */
    boolean isThere() {
        isNeeded |= isIdempotent && current == Identity.NONE;
        return !isNeeded;
    }

    /** A partition has used up its epochs. */
    void need() {
        isNeeded = true;
    }

    /** Says, once, that an id is to be asked for. */
    boolean takeAsking(long nowNs) {
        boolean asks = isNeeded && !isAsked && nowNs - notBeforeNs >= 0;
        isAsked |= asks;
        return asks;
    }

    /** When to ask; null if that is not to be done, or is under way. */
    @Nullable Long wakeNs() {
        return isNeeded && !isAsked ? notBeforeNs : null;
    }

    void given(long producerId) {
        current = new Identity(producerId, 0);
        isAsked = false;
        isNeeded = false;
        failures = 0;
    }

    void notGiven(long nowNs) {
        isAsked = false;
        notBeforeNs = nowNs + backoff.delayAfter(failures++, random).toNanos();
    }

    /** A topic is forgotten: should it come back, its sequences must not look like older ones. */
    void forget(TopicState topic) {
        if (!isIdempotent) {
            return;
        }
        for (PartitionQueue queue : topic.queues()) {
            int next = queue.epochUnder(current.producerId()) + 1;
            if (next > current.epoch()) {
                current = new Identity(current.producerId(), next);
            }
        }
        isNeeded |= current.epoch() > Identity.EPOCH_MAX;
    }
}
