package sluice.consumer.dispatch;

import java.util.List;
import java.util.UUID;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;

/** What a {@link QueueGroup} wants done. None of it calls back before it returns. */
public interface QueueEffects {

    /**
     * Lease messages, {@link QueueGroup#acquired} or {@link QueueGroup#acquireFailed}.
     *
     * @param number of this request
     */
    void acquire(TopicPartition partition, long number, List<PartitionRequest.Grant> grants);

    /**
     * Have it told when there is something, {@link QueueGroup#watched}.
     *
     * @param rested true: after a pause
     * @param above as {@link PartitionRequest.Acquire} has it
     */
    void watch(TopicPartition partition, boolean rested, int above);

    /**
     * Tell the partition's owner who coordinates, and ask what is out, {@link QueueGroup#attached}.
     */
    void attach(TopicPartition partition);

    /** These go back; nobody waits for the outcome. */
    void giveBack(TopicPartition partition, List<Settlement> settlements);

    /** All that this session has of the partition goes back; nobody waits for it. */
    void endSession(TopicPartition partition, UUID session);
}
