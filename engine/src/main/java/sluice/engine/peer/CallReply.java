package sluice.engine.peer;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import sluice.consumer.group.GroupReply;
import sluice.consumer.queue.PartitionReply;
import sluice.log.SluiceException;
import sluice.log.wal.Fenced;

/** What a gateway answers another. */
public sealed interface CallReply {

    record Appended(long baseOffset, boolean duplicate) implements CallReply {}

    /**
     * Batches from the owner's tail, none if there were none in time.
     *
     * @param batches each buffer holds whole batches
     */
    record Tail(List<ByteBuffer> batches, long highWatermark, long logStart) implements CallReply {
        public Tail {
            batches = List.copyOf(batches);
        }
    }

    /** The offset lies before the owner's tail: all up to {@code tailStart} is in objects. */
    record History(long tailStart, long highWatermark, long logStart) implements CallReply {}

    /**
     * @param offset first offset in the tail at or after the timestamp; −1 if older records may
     *     have it, which are in objects up to {@code tailStart}
     */
    record OffsetFound(long offset, long tailStart, long highWatermark) implements CallReply {}

    record Status(long logStart, long highWatermark) implements CallReply {}

    record FenceOutcome(Fenced outcome) implements CallReply {}

    /** Fewer bytes than asked for only at the end of the copy. */
    record SegmentBytes(ByteBuffer bytes) implements CallReply {}

    /**
     * @param wal of the process that answers
     * @param isWell it reads the metadata, and what it has to write of its wal arrives
     */
    record Pulse(UUID wal, boolean isWell) implements CallReply {}

    /** What the coordinator of a group answered. */
    record Group(GroupReply reply) implements CallReply {}

    /** What the owner of a queue's partition answered. */
    record Queue(PartitionReply reply) implements CallReply {}

    record Failed(SluiceException.Kind kind, String code, String message) implements CallReply {
        public SluiceException toException() {
            return new SluiceException(kind, code, message);
        }
    }
}
