package sluice.client.stream;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import sluice.client.record.TopicPartition;

/**
 * Partitions that the application was told to give back, and did, but for what is committed first.
 * One that it was given again meanwhile is passed over, also if that is to be given back by now: it
 * is not done with that. Used on the session's lane.
 */
final class Revocation {

    private final HeldPartitions partitions;
    private final Map<HeldPartition, Integer> numbers = new HashMap<>();

    private Revocation(HeldPartitions partitions) {
        this.partitions = partitions;
    }

    static Revocation of(HeldPartitions partitions, Collection<TopicPartition> told) {
        var revocation = new Revocation(partitions);
        for (TopicPartition each : told) {
            HeldPartition hold = partitions.known(each);
            if (hold != null && hold.isRevokingTold) {
                revocation.numbers.put(hold, hold.revocations);
            }
        }
        return revocation;
    }

    void release() {
        numbers.entrySet()
                .removeIf(each ->
                        !partitions.isCurrent(each.getKey())
                                || each.getKey().revocations != each.getValue());
        partitions.release(numbers.keySet().stream().map(hold -> hold.id).toList());
    }
}
