package sluice.consumer.group;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/** What a group's coordinator answers. */
public sealed interface GroupReply
        permits GroupReply.Done,
                GroupReply.Stored,
                GroupReply.Joined,
                GroupReply.Holds,
                GroupReply.Committed,
                GroupReply.Offsets,
                GroupReply.Moved,
                GroupReply.Described,
                GroupReply.Polled,
                QueueReply {

    /**
     * To {@link GroupRequest.Delete}, {@link GroupRequest.Leave} and {@link QueueRequest.Close}.
     */
    record Done() implements GroupReply {}

    /** To {@link GroupRequest.Put} and {@link QueueRequest.Pause}. */
    record Stored(boolean isNew, GroupConfig config) implements GroupReply {}

    /** To {@link GroupRequest.Join}; the holds are those of {@link Holds}. */
    record Joined(UUID member, long epoch, StreamConfig config, List<Hold> holds)
            implements GroupReply {
        public Joined {
            holds = List.copyOf(holds);
        }
    }

    /**
     * To {@link GroupRequest.Heartbeat}: all that the member holds. One of an earlier epoch than
     * the member knows comes from a coordinator that was deposed, and is to be passed over.
     */
    record Holds(long epoch, List<Hold> holds) implements GroupReply {
        public Holds {
            holds = List.copyOf(holds);
        }
    }

    /** To {@link GroupRequest.Commit}. */
    record Committed(long epoch) implements GroupReply {}

    /** To {@link GroupRequest.Offsets}, in the order of topics and partitions. */
    record Offsets(List<PartitionOffset> offsets) implements GroupReply {
        public Offsets {
            offsets = List.copyOf(offsets);
        }
    }

    /** To {@link GroupRequest.Reset}, in the order of topics and partitions. */
    record Moved(boolean dryRun, List<Move> moves) implements GroupReply {
        public Moved {
            moves = List.copyOf(moves);
        }
    }

    /**
     * @param from what was committed; empty if nothing ever was
     * @param isCut true if the target lay outside of the log
     * @param logStart first offset that may be read
     * @param highWatermark offset after the last record that may be read
     */
    record Move(
            TopicPartition partition,
            OptionalLong from,
            long to,
            boolean isCut,
            long logStart,
            long highWatermark) {}

    /** To {@link GroupRequest.Describe}. */
    record Described(GroupDescription group) implements GroupReply {}

    /**
     * To {@link GroupRequest.Poll}.
     *
     * @param number of this answer, one more than that of the member's answer before
     */
    record Polled(long number, long epoch, List<Hold> holds, List<Slice> slices, List<Skip> skips)
            implements GroupReply {
        public Polled {
            holds = List.copyOf(holds);
            slices = List.copyOf(slices);
            skips = List.copyOf(skips);
        }
    }

    /**
     * Records of one partition, those from {@code from} on and before {@code to}.
     *
     * @param batches whole batches in order, which may begin before {@code from} and end after
     *     {@code to}; each buffer may hold several
     */
    record Slice(
            TopicPartition partition,
            long from,
            long to,
            long highWatermark,
            List<ByteBuffer> batches) {
        public Slice {
            batches = List.copyOf(batches);
        }
    }

    /** Records that retention took before the member read them. */
    record Skip(TopicPartition partition, long from, long to) {}
}
