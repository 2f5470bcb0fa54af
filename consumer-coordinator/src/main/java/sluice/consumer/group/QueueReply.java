package sluice.consumer.group;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.metadata.QueueConfig;

/** What a queue group's coordinator answers. */
public sealed interface QueueReply extends GroupReply {

    /**
     * To {@link QueueRequest.Open}.
     *
     * @param prefetch messages that it has at one time, 0 for as many as it asks for
     * @param lost of the deliveries that a session said it held, those that it does not hold any
     *     more, as far as that is known now
     */
    record Opened(UUID session, int prefetch, QueueConfig config, List<DeliveryId> lost)
            implements QueueReply {
        public Opened {
            lost = List.copyOf(lost);
        }
    }

    /**
     * To {@link QueueRequest.Receive}.
     *
     * @param number of this answer, one more than that of the session's answer before
     */
    record Received(long number, List<Message> messages) implements QueueReply {
        public Received {
            messages = List.copyOf(messages);
        }
    }

    /**
     * A message that was given out.
     *
     * @param count how often it was, this time included
     * @param firstAtMs wall clock when it was given out first
     * @param deadlineMs wall clock when it goes back by itself
     */
    record Message(
            DeliveryId delivery,
            TopicPartition partition,
            int count,
            long firstAtMs,
            OptionalLong deadlineMs,
            LogRecord record) {}

    /**
     * To {@link QueueRequest.Settle}.
     *
     * @param results in the order of the items
     */
    record Settled(List<Result> results) implements QueueReply {
        public Settled {
            results = List.copyOf(results);
        }
    }

    /** What came of one settlement. */
    sealed interface Result {
        record Done() implements Result {}

        /** Nothing was changed, and it will be the same next time. */
        record Refused(Settlement.Refusal refusal, String message) implements Result {}

        /** What became of it is not known, or it was not done: repeat it. */
        record Failed(SluiceException.Kind kind, String code, String message) implements Result {}
    }

    /**
     * To {@link QueueRequest.Beat}.
     *
     * @param unknown of the sessions, those that are over or have another connection now
     */
    record Beaten(List<UUID> unknown) implements QueueReply {
        public Beaten {
            unknown = List.copyOf(unknown);
        }
    }

    /** To {@link QueueRequest.Peek}. */
    record Peeked(PartitionReply.Peeked page) implements QueueReply {}

    /**
     * To {@link QueueRequest.Count}.
     *
     * @param coordinator node that owns the group's slot
     * @param inFlight messages that sessions have, or that are on their way to them
     * @param dropped dead letters without a topic for them, since this gateway coordinates the
     *     group
     */
    record Counted(
            QueueConfig config,
            long createdAtMs,
            UUID coordinator,
            int inFlight,
            long dropped,
            List<Session> sessions,
            List<Partition> partitions)
            implements QueueReply {
        public Counted {
            sessions = List.copyOf(sessions);
            partitions = List.copyOf(partitions);
        }
    }

    /**
     * @param isActive true unless the group has one active session, and this is another
     * @param waits true if it would take messages now
     * @param heardBefore how long ago it was last heard of
     */
    record Session(
            UUID id,
            String client,
            String gateway,
            int prefetch,
            int inFlight,
            boolean isActive,
            boolean waits,
            Duration heardBefore) {}

    /**
     * @param numbers empty if its owner does not answer now
     */
    record Partition(TopicPartition partition, Optional<PartitionReply.Numbers> numbers) {}

    /**
     * To {@link QueueRequest.Redrive} and {@link QueueRequest.RedriveStatus}.
     *
     * @param moved messages that are where they were to go
     * @param kept messages that could not go there, and stay
     * @param lastError why the last one could not, or has to wait; empty if all could
     */
    record Redriving(
            State state,
            long moved,
            long kept,
            long startedAtMs,
            OptionalLong endedAtMs,
            String lastError)
            implements QueueReply {

        public enum State {
            /** There was none, or the coordinator changed since. */
            NONE,
            RUNNING,
            DONE,
            STOPPED,
            FAILED
        }

        public static final Redriving NONE =
                new Redriving(State.NONE, 0, 0, 0, OptionalLong.empty(), "");
    }

    /** To {@link QueueRequest.Sessions}. */
    record SessionsTold(List<Holder> holders) implements QueueReply {
        public SessionsTold {
            holders = List.copyOf(holders);
        }
    }

    /** A session and what it has. */
    record Holder(Session session, List<Held> holds) {
        public Holder {
            holds = List.copyOf(holds);
        }
    }

    /**
     * @param sinceMs wall clock of the partition's owner when it was given out; empty if the owner
     *     does not answer now
     */
    record Held(
            DeliveryId delivery,
            TopicPartition partition,
            int count,
            long firstAtMs,
            OptionalLong sinceMs,
            OptionalLong deadlineMs) {}

    /** To {@link QueueRequest.Purge}. */
    record Purged(long messages) implements QueueReply {}
}
