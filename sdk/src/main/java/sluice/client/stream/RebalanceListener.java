package sluice.client.stream;

import java.util.Set;
import sluice.client.record.TopicPartition;

/**
 * Told when partitions come and go. Called by the thread that polls, between two polls' records; in
 * it, the consumer may be used, commits included. Partitions that are not named are not touched:
 * their records go on.
 */
public interface RebalanceListener {

    /** Partitions are this consumer's now; their records follow. */
    default void onAssigned(Set<TopicPartition> partitions) {}

    /**
     * Partitions go to another member: no more of their records follow. What was handed out before
     * may still be finished and committed here; when this returns they are given back, or, with
     * automatic commits or a handler, once that commit is done, while other partitions' records go
     * on. A commit that is waited for here makes the others wait too. If it takes longer than the
     * group's revocation timeout, they are taken.
     */
    default void onRevoking(Set<TopicPartition> partitions) {}

    /**
     * Partitions were taken, by a timeout, a reset, or since the group does not read them any more.
     * Commits of them are refused; what was not committed is read by whoever has them next.
     */
    default void onLost(Set<TopicPartition> partitions) {}
}
