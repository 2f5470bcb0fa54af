package sluice.consumer.queue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import sluice.log.batch.LogRecord;

/** What the owner of a partition answers a queue group's coordinator. */
public sealed interface PartitionReply {

    /** Records in one reply, roughly, in bytes: what does not fit is asked for again. */
    int BYTES_MAX = 4 << 20;

    /**
     * Where the queue stands, as far as the owner knows it now; a hint, nothing more.
     *
     * @param ready messages that an Acquire could have now
     * @param inFlight leased
     * @param delayed ready at a later time
     * @param dead to be fetched with {@link PartitionRequest.DeadLetters}
     * @param nextReadyMs wall clock of the owner when the first of those delayed is ready
     * @param isFull true if so many messages are in flight, or came back, that no new ones are
     *     given out until some are settled
     * @param behind wait for another message of their key
     * @param level the highest priority that is ready; in a queue without priorities all have the
     *     same; −1 if none is ready, or those that are were not looked at yet
     * @param ofLevel how many of {@code ready} have that priority
     */
    record Backlog(
            long ready,
            int inFlight,
            int delayed,
            int dead,
            OptionalLong nextReadyMs,
            boolean isFull,
            long behind,
            int level,
            long ofLevel) {

        public static final int NO_LEVEL = -1;

        /** Of a queue in which nothing waits. */
        public Backlog(
                long ready,
                int inFlight,
                int delayed,
                int dead,
                OptionalLong nextReadyMs,
                boolean isFull) {
            this(
                    ready,
                    inFlight,
                    delayed,
                    dead,
                    nextReadyMs,
                    isFull,
                    0,
                    MessageAttributes.DEFAULT_PRIORITY,
                    ready);
        }
    }

    record Attached(Backlog backlog) implements PartitionReply {}

    /**
     * @param more true if there is a further page, from the offset after the last on
     */
    record Leases(List<Lease> leases, boolean more) implements PartitionReply {
        public Leases {
            leases = List.copyOf(leases);
        }
    }

    /** A message in flight. */
    record Lease(
            long offset,
            long lease,
            Optional<UUID> session,
            int count,
            long sinceMs,
            OptionalLong deadlineMs) {}

    /**
     * @param granted what each grant got, in the order of the grants; some may be empty
     * @param backlog what is left
     */
    record Acquired(List<List<Delivery>> granted, Backlog backlog) implements PartitionReply {
        public Acquired {
            granted = granted.stream().map(List::copyOf).toList();
        }
    }

    /**
     * @param results in the order of the settlements
     */
    record Settled(List<Settlement.Result> results, Backlog backlog) implements PartitionReply {
        public Settled {
            results = List.copyOf(results);
        }
    }

    /**
     * @param leases that went back
     */
    record Ended(int leases, Backlog backlog) implements PartitionReply {}

    record Done() implements PartitionReply {}

    /**
     * In the order in which they were asked for, at most about {@link #BYTES_MAX}. Whoever asked
     * for more asks again for those after the last one here, until there are none.
     */
    record Records(List<LogRecord> records) implements PartitionReply {
        public Records {
            records = List.copyOf(records);
        }
    }

    /**
     * By offset. Those whose record the topic no longer has are done by themselves, and left out.
     */
    record DeadLetters(List<DeadLetter> letters) implements PartitionReply {
        public DeadLetters {
            letters = List.copyOf(letters);
        }
    }

    /**
     * A message that is to go to the dead-letter topic.
     *
     * @param reason what the consumer said with the last delivery; may be empty
     * @param why the last delivery ended; {@link Attempt.Why#REJECTED}, or else the limit was
     *     reached
     * @param count how many times it was leased
     * @param attempts the last few, oldest first
     */
    record DeadLetter(
            LogRecord record,
            int count,
            long firstAtMs,
            long lastAtMs,
            Attempt.Why why,
            String reason,
            List<Attempt> attempts) {
        public DeadLetter {
            attempts = List.copyOf(attempts);
        }
    }

    /**
     * @param messages that are done now, of those that were named
     */
    record Finished(int messages) implements PartitionReply {}

    /**
     * A page, which may be empty though there are more: the work for one is bounded.
     *
     * @param next offset from which to go on; the high watermark at the end
     */
    record Peeked(List<Peeked.Message> messages, long next, boolean more)
            implements PartitionReply {
        public Peeked {
            messages = List.copyOf(messages);
        }

        /**
         * @param count 0 if it was never leased
         * @param readyMs wall clock when it is ready, if it is delayed
         * @param before the message of its key for which it waits, if it does
         */
        public record Message(
                LogRecord record,
                PartitionRequest.MessageState state,
                int count,
                Optional<UUID> session,
                OptionalLong readyMs,
                List<Attempt> attempts,
                Optional<Head> before) {
            public Message {
                attempts = List.copyOf(attempts);
            }

            /** One that waits for no other. */
            public Message(
                    LogRecord record,
                    PartitionRequest.MessageState state,
                    int count,
                    Optional<UUID> session,
                    OptionalLong readyMs,
                    List<Attempt> attempts) {
                this(record, state, count, session, readyMs, attempts, Optional.empty());
            }
        }

        /**
         * The first message of a key.
         *
         * @param lease of its last delivery; empty if it has none, as while it is ready
         * @param session that has it, if one has
         * @param sinceMs wall clock when it was leased, or came back; empty if it was never leased
         */
        public record Head(
                long offset, OptionalLong lease, Optional<UUID> session, OptionalLong sinceMs) {}
    }

    /**
     * @param floor all below it is done
     * @param cursor all from it on was never leased
     * @param highWatermark of the topic's partition, as last seen
     * @param doneAhead messages above the floor that are done
     * @param settled acknowledged and buried since the state began
     * @param leased deliveries since the state began
     * @param oldestReadyMs timestamp of the oldest message that is ready, if it is known
     * @param expired since the state began
     * @param tenants those with messages that are ready or in flight, as far as was looked; at most
     *     {@link #TENANTS_MAX}
     */
    record Numbers(
            Backlog backlog,
            long floor,
            long cursor,
            long highWatermark,
            long doneAhead,
            long settled,
            long leased,
            OptionalLong oldestReadyMs,
            long expired,
            List<Tenant> tenants)
            implements PartitionReply {

        public static final int TENANTS_MAX = 1_000;

        public Numbers {
            tenants = List.copyOf(tenants);
        }

        /** Of a queue without tenants. */
        public Numbers(
                Backlog backlog,
                long floor,
                long cursor,
                long highWatermark,
                long doneAhead,
                long settled,
                long leased,
                OptionalLong oldestReadyMs) {
            this(
                    backlog,
                    floor,
                    cursor,
                    highWatermark,
                    doneAhead,
                    settled,
                    leased,
                    oldestReadyMs,
                    0,
                    List.of());
        }
    }

    /**
     * @param name empty for messages that name none
     */
    record Tenant(String name, long ready, int inFlight) {}

    /**
     * @param messages that were ready or delayed
     */
    record Purged(long messages) implements PartitionReply {}
}
