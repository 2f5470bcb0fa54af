package sluice.consumer.queue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import sluice.consumer.queue.Attempt.Why;

/**
 * What happened to a queue: an entry of its state log. Whoever applies all of them in order has the
 * state; nothing else changes it. {@link ChangeCodec} has the bytes.
 */
sealed interface Change {

    /** Something happened. */
    sealed interface Event extends Change {}

    /** A part of a snapshot; the parts of one follow each other, with nothing in between. */
    sealed interface Part extends Change {}

    /** A delivery of a message. */
    record Ref(long offset, long lease) {}

    /** The queue begins at {@code cursor}, for the first time or anew: all leases end. */
    record Reset(long atMs, long cursor) implements Event {}

    record Attached(long epoch, QueuePolicy policy) implements Event {}

    /**
     * Leases numbered from {@code firstLease} on, in the order of the offsets.
     *
     * @param cursor from now on; what lies below it and is neither listed nor held nor waits is
     *     done
     * @param lines where they waited, in the order of the offsets; empty if none did, else for all
     */
    record Acquired(
            long atMs,
            Optional<UUID> session,
            OptionalLong deadlineMs,
            long firstLease,
            long cursor,
            List<Long> offsets,
            List<Of> lines)
            implements Event {
        public Acquired {
            offsets = List.copyOf(offsets);
            lines = List.copyOf(lines);
            int of = lines.stream().mapToInt(Of::count).sum();
            if (!lines.isEmpty() && of != offsets.size()) {
                throw new IllegalArgumentException("of lines=" + of + " all=" + offsets.size());
            }
        }
    }

    /** So many of a list are of that line, or came back to it. */
    record Of(Line line, int count) {}

    record Acknowledged(List<Ref> leases) implements Event {
        public Acknowledged {
            leases = List.copyOf(leases);
        }
    }

    record Returned(long atMs, Why why, String reason, List<Back> leases) implements Event {
        public Returned {
            leases = List.copyOf(leases);
        }
    }

    /**
     * @param readyMs when it may be given out again, 0 for at once
     */
    record Back(long offset, long lease, long readyMs) {

        /** Whatever clock the next owner has. */
        static final long AT_ONCE = 0;
    }

    /** They are dead letters. */
    record Died(long atMs, Why why, String reason, List<Ref> leases) implements Event {
        public Died {
            leases = List.copyOf(leases);
        }
    }

    record Extended(List<Ref> leases, long deadlineMs) implements Event {
        public Extended {
            leases = List.copyOf(leases);
        }
    }

    /** Messages that are not leased are done: buried, or gone from the topic. */
    record Dropped(List<Long> offsets) implements Event {
        public Dropped {
            offsets = List.copyOf(offsets);
        }
    }

    /** All that came back, all that waits, and all from the old cursor to the new is done. */
    record Purged(long cursor) implements Event {}

    /** All from the old cursor to the new is gone from the topic. */
    record Skipped(long cursor) implements Event {}

    /** What is logged from here on is kept for so long, 0 for ever. */
    record Retained(long retentionMs) implements Event {}

    /**
     * The messages from the old cursor to the new wait where the spots say; of the others, those
     * that are listed have expired, and the rest is gone from the topic.
     *
     * @param isDead true if those that expired are dead letters
     */
    record Placed(long atMs, long cursor, List<Spot> spots, boolean isDead, List<Long> expired)
            implements Event {
        public Placed {
            spots = List.copyOf(spots);
            expired = List.copyOf(expired);
        }
    }

    /** What waited for a time that is not after this is ready, or behind its key. */
    record Due(long atMs) implements Event {}

    /**
     * Messages that were ready have expired.
     *
     * @param isDead true if they are dead letters now, else they are done
     */
    record Expired(long atMs, boolean isDead, List<Long> offsets) implements Event {
        public Expired {
            offsets = List.copyOf(offsets);
        }
    }

    /** What waits below is gone from the topic. */
    record Trimmed(long before) implements Event {}

    /** A whole state follows: pages, then the end. Without its end it says nothing. */
    record SnapshotBegin(Numbers numbers) implements Part {}

    record SnapshotMessages(List<Message> messages) implements Part {
        public SnapshotMessages {
            messages = List.copyOf(messages);
        }
    }

    /** Deliveries that were settled lately, oldest first. */
    record SnapshotSettled(List<Settled> settled) implements Part {
        public SnapshotSettled {
            settled = List.copyOf(settled);
        }
    }

    record SnapshotWaiting(List<Spot> spots) implements Part {
        public SnapshotWaiting {
            spots = List.copyOf(spots);
        }
    }

    record SnapshotEnd() implements Part {}

    /** All of a state but its lists. */
    record Numbers(
            long cursor,
            long nextLease,
            long epoch,
            QueuePolicy policy,
            long retentionMs,
            long settled,
            long leased,
            long expired) {}

    /**
     * A delivery that was settled.
     *
     * @param as how; the numbers are stored
     */
    record Settled(long lease, long offset, As as) {

        /** The numbers are stored: add, never renumber. */
        enum As {
            ACKNOWLEDGED(0),
            RELEASED(1),
            NOT_DELIVERED(2),
            REJECTED(3),
            /** It was released once too often. */
            RELEASED_DEAD(4);

            final int number;

            As(int number) {
                this.number = number;
            }

            static As of(int number) {
                for (As each : values()) {
                    if (each.number == number) {
                        return each;
                    }
                }
                throw new IllegalArgumentException("as=" + number);
            }
        }
    }
}
