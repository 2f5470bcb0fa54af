package sluice.client.produce;

import org.jspecify.annotations.Nullable;

/** Under which identity a partition's batches are numbered, and where the numbers are. */
final class Numbering {

    private final boolean isIdempotent;
    private final Counters counters;
    private @Nullable Identity identity;
    private int nextSequence;
    private boolean needsNewEpoch = true;

    /** The partition's owner has acknowledged something under this identity. */
    private boolean isKnown;

    Numbering(boolean isIdempotent, Counters counters) {
        this.isIdempotent = isIdempotent;
        this.counters = counters;
    }

    /**
     * Begins a new epoch if one is needed.
     *
     * @param current to begin with; ignored without idempotence
     */
    void beginRun(Identity current) {
        if (!needsNewEpoch) {
            return;
        }
        Identity mine = identity;
        if (!isIdempotent) {
            identity = Identity.NONE;
        } else if (mine == null || mine.producerId() != current.producerId()) {
            identity = current;
        } else {
            identity = new Identity(mine.producerId(), mine.epoch() + 1);
            counters.newEpochs++;
        }
        nextSequence = 0;
        needsNewEpoch = false;
        isKnown = false;
    }

    /** An owner that knows this identity refuses batches that overtake others. */
    boolean isKnown() {
        return isKnown;
    }

    void acknowledged() {
        isKnown = true;
    }

    /** Gives a batch its place in the sequence. */
    void number(PendingBatch batch) {
        batch.identity = identity;
        batch.baseSequence = nextSequence;
        nextSequence = after(nextSequence, batch.recordCount());
    }

    /** The sequence of the batch behind one: as Kafka's, after 2^31 − 1 comes 0. */
    static int after(int baseSequence, int records) {
        return (baseSequence + records) & Integer.MAX_VALUE;
    }

    /** A place in the sequence may stay empty: the next run begins a new one. */
    void broken() {
        needsNewEpoch = true;
    }

    /** Says whether another producer id is needed before a new epoch can begin. */
    boolean isExhausted(Identity current) {
        return isIdempotent
                && needsNewEpoch
                && epochUnder(current.producerId()) >= Identity.EPOCH_MAX;
    }

    /** The highest epoch used under this producer id; −1 if none. */
    int epochUnder(long producerId) {
        Identity mine = identity;
        return mine != null && mine.producerId() == producerId ? mine.epoch() : -1;
    }
}
