package sluice.consumer.group;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.metadata.GroupConfig;

/**
 * What is asked of a group's coordinator.
 *
 * <p>What is asked of a group of the other type fails CONFLICT {@code wrong-group-type}.
 *
 * <p>A member's requests fail NOT_FOUND {@code unknown-member} if it ended or never was, and
 * CONFLICT {@code member-fenced} if another process has taken its place: by its instance name, or
 * by a newer connection. Then what was asked was not done, and whoever asked must stop.
 */
public sealed interface GroupRequest
        permits GroupRequest.Put,
                GroupRequest.Describe,
                GroupRequest.Delete,
                GroupRequest.Join,
                GroupRequest.Heartbeat,
                GroupRequest.Leave,
                GroupRequest.Commit,
                GroupRequest.Offsets,
                GroupRequest.Reset,
                GroupRequest.Poll,
                QueueRequest {

    /**
     * Makes the group, or changes its settings; {@link GroupReply.Stored}.
     *
     * <p>Fails INVALID {@code bad-group} if a setting is out of range; CONFLICT {@code
     * group-exists} if it exists with another type; NOT_FOUND {@code unknown-topic} or {@code
     * pattern-matches-nothing}.
     *
     * @param allowMissing true: names and patterns that match no topic yet are taken
     */
    record Put(GroupConfig config, boolean allowMissing) implements GroupRequest {}

    /**
     * Settings, members, partitions; {@link GroupReply.Described}, of a queue group {@link
     * QueueReply.Counted}.
     *
     * @param withLag true: the owners of all partitions are asked how far they go
     */
    record Describe(boolean withLag) implements GroupRequest {}

    /**
     * Removes the group and its offsets; {@link GroupReply.Done}. Fails CONFLICT {@code
     * group-has-members}, unless forced.
     */
    record Delete(boolean force) implements GroupRequest {}

    /**
     * Makes a member, or brings one back; {@link GroupReply.Joined}, once it is durable.
     *
     * <p>Fails OVERLOADED {@code too-many-members}; when it resumes, as a member's request.
     *
     * @param instance name of a static member: whoever has it now is fenced, and its partitions are
     *     taken over. Ignored when it resumes
     * @param resume a member that comes back, perhaps through another gateway, and keeps its holds
     * @param connection new at each (re)connection: from now on, what comes by an older one is
     *     refused. Empty for a member that has no connection and makes itself known by its calls;
     *     then its requests name none
     * @param client label for people, at most 256 characters
     * @param gateway through which it came, for people
     */
    record Join(
            Optional<String> instance,
            Optional<Resume> resume,
            Optional<UUID> connection,
            String client,
            String gateway)
            implements GroupRequest {}

    /** A member that comes back, and the epoch it knows. */
    record Resume(UUID member, long epoch) {}

    /**
     * "I live", and asks what changed; {@link GroupReply.Holds}: at once if the member's holds are
     * of another epoch than {@code knownEpoch}, or when they change, else after {@code waitMax}.
     *
     * @param knownEpoch of the last {@link GroupReply.Joined} or {@link GroupReply.Holds}; −1 to be
     *     told at once
     * @param released REVOKING partitions with which the member is done; others are passed over
     * @param waitMax cut to a third of the session timeout
     * @param signOfLife false if the member itself was not heard: only its session asks
     */
    record Heartbeat(
            UUID member,
            Optional<UUID> connection,
            long knownEpoch,
            List<TopicPartition> released,
            Duration waitMax,
            boolean signOfLife)
            implements GroupRequest {
        public Heartbeat {
            released = List.copyOf(released);
        }
    }

    /**
     * The member is gone; {@link GroupReply.Done}, also if it ended before or came back by another
     * connection meanwhile.
     */
    record Leave(UUID member, Optional<UUID> connection, Reason reason) implements GroupRequest {

        /** The numbers are sent: add, never reorder. */
        public enum Reason {
            /** It said so: it ends at once. */
            LEFT,
            /** Its connection is gone: it ends at once, unless it has an instance name. */
            CLOSED,
            /** Its gateway heard nothing of it for too long; as {@link #CLOSED}. */
            SILENT
        }
    }

    /**
     * Commits all of these or none; {@link GroupReply.Committed}, once it is durable.
     *
     * <p>Fails as a member's request, and with CONFLICT {@code stale-epoch} or {@code not-assigned}
     * if the member does not hold one of the partitions, or not since that epoch; NOT_FOUND {@code
     * unknown-topic} if the group does not read one; INVALID {@code offset-out-of-range} if one is
     * below 0 or beyond the high watermark; without a member, CONFLICT {@code group-has-members}.
     *
     * @param member empty: a reader without membership, or an operator; only while the group has no
     *     members
     * @param connection as in the member's other requests
     * @param epoch of the group, as the member was told it last; ignored without member
     */
    record Commit(
            Optional<UUID> member,
            Optional<UUID> connection,
            long epoch,
            List<PartitionOffset> offsets)
            implements GroupRequest {
        public Commit {
            offsets = List.copyOf(offsets);
        }
    }

    /** All committed offsets; {@link GroupReply.Offsets}. */
    record Offsets() implements GroupRequest {}

    /**
     * Moves committed offsets; {@link GroupReply.Moved}, once it is durable. Members that hold one
     * of the partitions get a new hold of it and go on from there.
     *
     * <p>Fails NOT_FOUND {@code unknown-topic} or {@code unknown-partition}.
     *
     * @param topics names; empty for all that the group reads
     * @param partitions of each of the topics; empty for all
     * @param dryRun true: nothing is changed, only told
     */
    record Reset(Target target, List<String> topics, List<Integer> partitions, boolean dryRun)
            implements GroupRequest {
        public Reset {
            topics = List.copyOf(topics);
            partitions = List.copyOf(partitions);
        }
    }

    /** Where a reset leads; outside of the log it is cut to the log's start or end. */
    sealed interface Target {
        record Earliest() implements Target {}

        record Latest() implements Target {}

        record Offset(long offset) implements Target {}

        /** The first record with a timestamp of at least that. */
        record Timestamp(long ms) implements Target {}

        /** The first record not older than that. */
        record Back(Duration by) implements Target {}
    }

    /**
     * Takes records that the coordinator's gateway reads ahead for a member without connection;
     * {@link GroupReply.Polled}. It is the member's heartbeat too, and releases the REVOKING
     * partitions that the poll before it told.
     *
     * <p>Fails as a member's request.
     *
     * @param epoch of the last reply; −1 at first
     * @param received number of the last answer that arrived: the one after it is given again if it
     *     was given before, since it was lost on its way. −1 if the member does not count: then
     *     what was given counts as arrived
     * @param recordsMax most records in the answer
     * @param bytesMax roughly the size of the answer; at least one batch is returned
     * @param waitMax for the first record
     */
    record Poll(
            UUID member, long epoch, long received, int recordsMax, int bytesMax, Duration waitMax)
            implements GroupRequest {}
}
