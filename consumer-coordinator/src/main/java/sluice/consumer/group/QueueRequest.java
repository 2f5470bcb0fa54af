package sluice.consumer.group;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.Settlement;

/**
 * What is asked of a queue group's coordinator, beside {@link GroupRequest.Put}, {@link
 * GroupRequest.Delete} and {@link GroupRequest.Reset}.
 *
 * <p>A session's requests fail NOT_FOUND {@code unknown-session} if it ended or never was: its
 * messages went back, and what was asked was not done. They fail CONFLICT {@code session-fenced} if
 * they come by another connection than the session's latest; CONFLICT {@code session-moved} if the
 * group's coordinator is another one now, and cannot tell what the session was told: it is to be
 * resumed.
 */
public sealed interface QueueRequest extends GroupRequest {

    /**
     * Makes a session, or brings one back; {@link QueueReply.Opened}.
     *
     * <p>Fails OVERLOADED {@code too-many-sessions}.
     *
     * @param connection new at each (re)connection: from now on, what comes by an older one is
     *     refused. Empty for a session that is kept by its calls; then its requests name none
     * @param prefetch messages that it has at one time; 0 for as many as it asks for, −1 for what
     *     the group's settings say
     * @param client label for people
     * @param gateway through which it came: its node, and its address for people
     */
    record Open(
            Optional<Resume> resume,
            Optional<UUID> connection,
            int prefetch,
            String client,
            UUID node,
            String gateway)
            implements QueueRequest {}

    /**
     * A session that comes back, perhaps through another gateway. Its answers are counted anew.
     *
     * @param held deliveries that its consumer still works on; those of the session that are not
     *     named never arrived, and go back at once
     */
    record Resume(UUID session, List<DeliveryId> held) {
        public Resume {
            held = List.copyOf(held);
        }
    }

    /**
     * Takes messages; {@link QueueReply.Received}, with the first that come, or without any after
     * {@code waitMax}. It is the session's sign of life, also while it waits. A session has one at
     * a time: an earlier one that waits is answered at once, without messages.
     *
     * @param session empty: each message is leased for {@code visibility}, and settled by whoever
     *     knows its delivery
     * @param received number of the last answer that arrived: the one after it is given again if it
     *     was given before, since it was lost on its way. −1 if the caller does not count: then
     *     what was given counts as arrived
     * @param messagesMax 0 to ask for nothing, and to end one that waits; who counts is given what
     *     is on its way still
     * @param bytesMax roughly, of records; the first message is given however large it is
     * @param visibility the leases end by themselves after so long
     */
    record Receive(
            Optional<UUID> session,
            Optional<UUID> connection,
            long received,
            int messagesMax,
            int bytesMax,
            Duration waitMax,
            Optional<Duration> visibility)
            implements QueueRequest {}

    /**
     * Settles deliveries, each on its own; {@link QueueReply.Settled}, once all outcomes are
     * durable. Repeating it is safe.
     *
     * @param session empty for deliveries without session
     */
    record Settle(Optional<UUID> session, Optional<UUID> connection, List<Item> items)
            implements QueueRequest {
        public Settle {
            items = List.copyOf(items);
        }
    }

    /** What is to become of one delivery. */
    record Item(DeliveryId delivery, Settlement.Outcome outcome) {}

    /** "These live"; {@link QueueReply.Beaten}. Of many sessions at once. */
    record Beat(List<Sign> signs) implements QueueRequest {
        public Beat {
            signs = List.copyOf(signs);
        }
    }

    /**
     * A session's sign of life.
     *
     * @param received as in {@link Receive}
     */
    record Sign(UUID session, Optional<UUID> connection, long received) {}

    /**
     * The session is over, its messages go back at once; {@link GroupReply.Done}, also if it ended
     * before or came back by another connection meanwhile.
     */
    record Close(UUID session, Optional<UUID> connection) implements QueueRequest {}

    /**
     * Shows messages of one partition that are not done, and changes nothing; {@link
     * QueueReply.Peeked}. Fails NOT_FOUND {@code unknown-topic}, {@code unknown-partition}.
     *
     * @param states of which; empty for all
     * @param filter only those that it means
     */
    record Peek(
            TopicPartition partition,
            long from,
            int max,
            int bytesMax,
            Set<MessageState> states,
            MessageFilter filter)
            implements QueueRequest {
        public Peek {
            states = Set.copyOf(states);
        }
    }

    /** Sessions, and the numbers of all partitions; {@link QueueReply.Counted}. */
    record Count() implements QueueRequest {}

    /** Nothing is given out while the group is paused; {@link GroupReply.Stored}, once durable. */
    record Pause(boolean isPaused) implements QueueRequest {}

    /** All that is ready or delayed is done; {@link QueueReply.Purged}. */
    record Purge() implements QueueRequest {}

    /**
     * Begins to take messages out of the queue, oldest first, and to append them elsewhere; {@link
     * QueueReply.Redriving}, at once. It ends with the coordinator; what it moved stays moved. A
     * message that was moved, of which that was not noted any more, is not moved a second time by
     * the next redrive, as far as the topic that has it remembers.
     *
     * <p>Fails CONFLICT {@code redrive-running} if one is under way; INVALID {@code redrive-cycle}
     * if the messages would come back into this queue.
     */
    record Redrive(RedriveOrder order) implements QueueRequest {}

    /**
     * How the last redrive goes; {@link QueueReply.Redriving}.
     *
     * @param stop true: it moves nothing more
     */
    record RedriveStatus(boolean stop) implements QueueRequest {}

    /**
     * Sessions and what each has, as the partitions' owners tell; {@link QueueReply.SessionsTold}.
     *
     * @param session only this one
     * @param client only those that call themselves so
     */
    record Sessions(Optional<UUID> session, Optional<String> client) implements QueueRequest {
        public boolean means(QueueReply.Session one) {
            return session.map(one.id()::equals).orElse(true)
                    && client.map(one.client()::equals).orElse(true);
        }
    }
}
