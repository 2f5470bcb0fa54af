package sluice.consumer.queue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a queue group's coordinator asks of the owner of one of its partitions. The reply that
 * belongs to each, and what else it fails with, stands here; see {@link PartitionQueues} for all.
 */
public sealed interface PartitionRequest {

    int MESSAGES_MAX = 10_000;
    int SESSIONS_MAX = 10_000;

    /**
     * "From now on I coordinate the group": {@link PartitionReply.Attached}. The epoch of this call
     * is the one that counts; an older coordinator is refused from now on, also by the next owner.
     * To be asked before anything else, and again, with the same epoch, when the policy changed or
     * an {@link Acquire} ended in UNKNOWN_OUTCOME; then {@link Leases} tell what was leased.
     *
     * @param start where to begin if the group never had this partition
     */
    record Attach(QueuePolicy policy, QueueStart start) implements PartitionRequest {}

    /**
     * Leases in flight by offset; {@link PartitionReply.Leases}.
     *
     * @param from first offset, 0 for the first page
     */
    record Leases(long from, int max) implements PartitionRequest {}

    /**
     * Leases messages; {@link PartitionReply.Acquired}, as soon as there is one for any of the
     * grants, once all that it tells is durable; without any after {@code waitMax}.
     *
     * <p>Without grants it is a watch: answered as soon as there is a message that a grant could
     * have, and nothing is leased. So no consumer's credit lies at a partition that has nothing.
     * One that names a priority is answered as soon as there is a message of a higher one, or the
     * highest that is ready rises.
     *
     * @param number of the coordinator's choice, for {@link Cancel}; not used twice in its epoch
     * @param grants served in this order
     * @param above the priority that a watch names; {@link #ANY} if it names none
     */
    record Acquire(long number, List<Grant> grants, Duration waitMax, int above)
            implements PartitionRequest {

        /** Whatever its priority. */
        public static final int ANY = -1;

        public Acquire {
            grants = List.copyOf(grants);
            if (above < ANY || above > MessageAttributes.PRIORITY_MAX) {
                throw new IllegalArgumentException("above=" + above);
            }
        }

        public Acquire(long number, List<Grant> grants, Duration waitMax) {
            this(number, grants, waitMax, ANY);
        }
    }

    /**
     * What one consumer can take.
     *
     * @param session empty for a lease that anybody may settle who knows it; then it has a deadline
     * @param messagesMax 1 to {@link #MESSAGES_MAX}
     * @param bytesMax roughly, of records; the first message is given however large it is
     * @param visibility the lease ends by itself after so long; empty: with the session
     */
    record Grant(
            Optional<UUID> session, int messagesMax, int bytesMax, Optional<Duration> visibility) {
        public Grant {
            if (session.isEmpty() && visibility.isEmpty()) {
                throw new IllegalArgumentException("a lease without session has a deadline");
            }
            if (messagesMax < 1 || messagesMax > MESSAGES_MAX) {
                throw new IllegalArgumentException("messagesMax=" + messagesMax);
            }
        }
    }

    /**
     * Ends the wait of an {@link Acquire}; {@link PartitionReply.Done}. The Acquire itself is
     * answered with what it has, which may be nothing; whoever does not want it any more settles it
     * with {@link Settlement.Outcome.NotDelivered}. One that is not waiting is passed over.
     */
    record Cancel(long number) implements PartitionRequest {}

    /** Settles deliveries; {@link PartitionReply.Settled}, once all outcomes are durable. */
    record Settle(List<Settlement> settlements) implements PartitionRequest {
        public Settle {
            settlements = List.copyOf(settlements);
        }
    }

    /**
     * These sessions are over: their leases go back at once, and grants of theirs that wait are
     * dropped; {@link PartitionReply.Ended}.
     */
    record EndSessions(List<UUID> sessions) implements PartitionRequest {
        public EndSessions {
            sessions = List.copyOf(sessions);
        }
    }

    /**
     * The records at these offsets, whatever their state; {@link PartitionReply.Records}. Those
     * that the topic no longer has are left out.
     */
    record Read(List<Long> offsets) implements PartitionRequest {
        public Read {
            offsets = List.copyOf(offsets);
        }
    }

    /** Messages that are to go to the dead-letter topic; {@link PartitionReply.DeadLetters}. */
    record DeadLetters(int max) implements PartitionRequest {}

    /**
     * These dead letters are where they belong: they are done; {@link PartitionReply.Done}. Offsets
     * of messages that are no dead letters are passed over.
     */
    record Bury(List<Long> offsets) implements PartitionRequest {
        public Bury {
            offsets = List.copyOf(offsets);
        }
    }

    /**
     * These are done, if nobody has them and they are no dead letters: they were dealt with in
     * another way than by giving them out; {@link PartitionReply.Finished}. Others are passed over.
     *
     * <p>Fails OVERLOADED {@code too-far-ahead} if too many messages that were never leased lie
     * before one of them; then nothing was changed.
     */
    record Finish(List<Long> offsets) implements PartitionRequest {
        public Finish {
            offsets = List.copyOf(offsets);
        }
    }

    /**
     * Shows messages that are not done, and changes nothing; {@link PartitionReply.Peeked}.
     *
     * @param from first offset
     * @param bytesMax roughly, of records
     * @param states of which; empty for all
     * @param filter only those that it means
     */
    record Peek(long from, int max, int bytesMax, Set<MessageState> states, MessageFilter filter)
            implements PartitionRequest {
        public Peek {
            states = Set.copyOf(states);
        }
    }

    /** How a message stands that is not done. */
    enum MessageState {
        /** Ready to be given out, now. */
        READY,
        /** Ready at a later time. */
        DELAYED,
        LEASED,
        /** A dead letter that is not yet buried. */
        DEAD,
        /** Ready when another message of its key is done. */
        BEHIND
    }

    /** {@link PartitionReply.Numbers}. */
    record Count() implements PartitionRequest {}

    /**
     * Begins anew: all leases end, and every message from there on is ready, also those that were
     * done; {@link PartitionReply.Done}. Delivery counts begin anew; lease numbers do not.
     */
    record Reset(QueueStart to) implements PartitionRequest {}

    /**
     * All that is ready or delayed is done; leases stand; {@link PartitionReply.Purged}. Dead
     * letters stay.
     */
    record Purge() implements PartitionRequest {}
}
