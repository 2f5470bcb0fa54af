package sluice.consumer.queue;

import java.util.concurrent.CompletionStage;

/**
 * The queues of partitions, wherever their owners are: a call goes to the owner of the partition's
 * slot. Safe from any thread; stages may complete on a thread of the engine, so continuations must
 * not block.
 *
 * <p>A reply is given once everything that it tells is durable, and everything that was decided
 * before it: what is told once is true for every later owner.
 *
 * <p>Stages fail with {@link sluice.log.SluiceException}. Of all requests:
 *
 * <ul>
 *   <li>FENCED {@code stale-coordinator}: another coordinator of the group attached with a later
 *       epoch; whoever asked stops coordinating the group.
 *   <li>CONFLICT {@code not-attached}: {@link PartitionRequest.Attach} with this epoch comes first.
 *   <li>INVALID {@code bad-queue-request}: a number is out of range.
 *   <li>OVERLOADED: too much waits here; nothing was done.
 *   <li>UNAVAILABLE: nothing was done. It was tried again for some seconds, at whichever owner
 *       there was.
 *   <li>UNKNOWN_OUTCOME: it may have been done. All but {@link PartitionRequest.Acquire}, {@link
 *       PartitionRequest.Reset} and {@link PartitionRequest.Purge} are the same twice as once, and
 *       are simply repeated. After an Acquire: Attach again, then {@link PartitionRequest.Leases}.
 *   <li>DATA: what is stored is wrong.
 * </ul>
 */
public interface PartitionQueues {

    /**
     * @param coordinatorEpoch epoch of the group's slot at whoever coordinates the group
     * @return the reply that belongs to the request, see {@link PartitionRequest}
     */
    CompletionStage<PartitionReply> call(
            QueueRef queue, long coordinatorEpoch, PartitionRequest request);
}
