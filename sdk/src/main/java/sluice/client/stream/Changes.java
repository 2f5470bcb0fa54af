package sluice.client.stream;

import java.util.Set;
import sluice.client.record.TopicPartition;

/** What an application is told before it gets more records: in this order. */
record Changes(
        Set<TopicPartition> lost, Set<TopicPartition> revoking, Set<TopicPartition> assigned) {

    static final Changes NONE = new Changes(Set.of(), Set.of(), Set.of());

    boolean isEmpty() {
        return lost.isEmpty() && revoking.isEmpty() && assigned.isEmpty();
    }
}
