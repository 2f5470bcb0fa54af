package sluice.consumer.queue;

import java.util.UUID;
import sluice.consumer.PartitionRef;
import sluice.log.PartitionId;

/**
 * One partition of a topic as one queue group takes from it.
 *
 * @param group id of the group
 * @param queue id that the group has for the topic: positive, made when the group takes the topic
 *     up, as topic ids are, and never used again. The state log is partition (queue, index)
 * @param partition of the topic; its retention as it is now
 */
public record QueueRef(UUID group, long queue, PartitionRef partition) {

    /** Where the state of this queue is logged: in the slot of the topic's partition. */
    public PartitionId stateLog() {
        return new PartitionId(queue, partition.id().index());
    }

    @Override
    public String toString() {
        return stateLog().toString();
    }
}
