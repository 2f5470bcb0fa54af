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
     * @param delayed came back, and are ready at a later time
     * @param dead to be fetched with {@link PartitionRequest.DeadLetters}
     * @param nextReadyMs wall clock of the owner when the first of those delayed is ready
     * @param isFull true if so many messages are in flight, or came back, that no new ones are
     *     given out until some are settled
     */
    record Backlog(
            long ready,
            int inFlight,
            int delayed,
            int dead,
            OptionalLong nextReadyMs,
            boolean isFull) {}

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
         */
        public record Message(
                LogRecord record,
                PartitionRequest.MessageState state,
                int count,
                Optional<UUID> session,
                OptionalLong readyMs,
                List<Attempt> attempts) {
            public Message {
                attempts = List.copyOf(attempts);
            }
        }
    }

    /**
     * @param floor all below it is done
     * @param cursor all from it on was never leased
     * @param highWatermark of the topic's partition, as last seen
     * @param doneAhead messages above the floor that are done
     * @param settled acknowledged and buried since the state began
     * @param leased deliveries since the state began
     * @param oldestReadyMs timestamp of the oldest message that is ready, if it is known
     */
    record Numbers(
            Backlog backlog,
            long floor,
            long cursor,
            long highWatermark,
            long doneAhead,
            long settled,
            long leased,
            OptionalLong oldestReadyMs)
            implements PartitionReply {}

    /**
     * @param messages that were ready or delayed
     */
    record Purged(long messages) implements PartitionReply {}
}
