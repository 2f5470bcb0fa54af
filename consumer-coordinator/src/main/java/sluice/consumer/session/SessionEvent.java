package sluice.consumer.session;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.metadata.StreamConfig;

/** What a member is told, in this order. */
public sealed interface SessionEvent {

    /** It is a member now, or again. */
    record Joined(UUID member, long epoch, StreamConfig config) implements SessionEvent {}

    /** These partitions are its own; their records follow, from these places on. */
    record Assigned(long epoch, List<Place> places) implements SessionEvent {
        public Assigned {
            places = List.copyOf(places);
        }
    }

    /**
     * @param position offset of the first record that follows
     */
    record Place(TopicPartition partition, long position) {}

    /**
     * No more records of these follow; to be finished, committed and released.
     *
     * @param within what is left of the time for it
     */
    record Revoking(long epoch, Duration within, List<TopicPartition> partitions)
            implements SessionEvent {
        public Revoking {
            partitions = List.copyOf(partitions);
        }
    }

    /** These are its own no more, and commits of them are refused. */
    record Lost(long epoch, Reason reason, List<TopicPartition> partitions)
            implements SessionEvent {

        /** Why. The names, in lower case, are part of the API. */
        public enum Reason {
            /** It gave them back, as it was asked to. */
            RELEASED,
            /** It did not give them back in time, or was not heard of for too long. */
            TIMEOUT,
            /** Their committed offset was moved; each is assigned anew. */
            RESET,
            /** Another process took the member's place. */
            FENCED,
            /** The group does not read them any more, or is gone. */
            REMOVED
        }

        public Lost {
            partitions = List.copyOf(partitions);
        }
    }

    /** Records of one partition, which go on where the ones before ended. */
    record Records(Chunk chunk) implements SessionEvent {}

    /** Retention took records before the member read them; those from {@code to} on follow. */
    record Skipped(TopicPartition partition, long from, long to) implements SessionEvent {}

    /** No more of this partition follows until the member moves its place. */
    record Stopped(TopicPartition partition, long offset, SluiceException failure)
            implements SessionEvent {}

    /** The session is over: it could not begin, or the member is none any more. */
    record Ended(SluiceException failure) implements SessionEvent {}
}
