package sluice.engine.peer;

import java.nio.ByteBuffer;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.queue.QueueCall;
import sluice.engine.Engine.Acks;
import sluice.log.PartitionId;
import sluice.log.wal.SegmentId;

/** What one gateway asks of another; {@link CallFrame} gives each its bytes. */
public sealed interface CallRequest {

    /** Of a slot's owner. */
    sealed interface OfOwner extends CallRequest {
        int slot();
    }

    /** Of a slot's owner: something about one of the slot's partitions. */
    sealed interface OfPartition extends OfOwner {}

    /** Of a slot's owner: something about a group that it coordinates. */
    record Group(int slot, GroupName group, GroupRequest request) implements OfOwner {}

    /** Of the owner of the slot of a queue's partition. */
    record Queue(QueueCall call) implements OfOwner {
        @Override
        public int slot() {
            return call.queue().partition().slot();
        }
    }

    /**
     * Of the slot's owner: append a checked batch.
     *
     * @param retention id of the topic's retention class
     */
    record Append(PartitionId partition, int slot, byte retention, Acks acks, ByteBuffer batch)
            implements OfPartition {}

    /**
     * Of this gateway, never sent: append to a queue's state log, if it is the slot's owner and the
     * log ends at that offset.
     *
     * @param retention id of the topic's retention class
     */
    record AppendState(
            PartitionId partition, int slot, byte retention, long expectedOffset, ByteBuffer batch)
            implements OfPartition {}

    /**
     * Of the slot's owner: what lies at an offset.
     *
     * @param retentionMs the topic's retention, 0 for ever
     */
    record Fetch(
            PartitionId partition,
            int slot,
            long retentionMs,
            long offset,
            int maxBytes,
            int waitMs)
            implements OfPartition {}

    /** Of the slot's owner: the first offset at or after a timestamp, if it is in its tail. */
    record OffsetAt(PartitionId partition, int slot, long timestampMs) implements OfPartition {}

    /** Of the slot's owner: log start and high watermark. */
    record Status(PartitionId partition, int slot, long retentionMs) implements OfPartition {}

    /** Of a member: fence the segment, then say how far its copy goes. */
    record Fence(SegmentId segment, long epoch) implements CallRequest {}

    /** Of a member: bytes of its copy. */
    record ReadSegment(SegmentId segment, long position, int length) implements CallRequest {}

    /** The metadata changed: look at it now. It is told, and never answered. */
    record Notice() implements CallRequest {}

    /** Of a gateway whose heartbeat stands still: is it well? */
    record Pulse() implements CallRequest {}
}
