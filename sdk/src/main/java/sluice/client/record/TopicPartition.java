package sluice.client.record;

/** One partition of a topic; in order by topic, then by number. */
public record TopicPartition(String topic, int partition) implements Comparable<TopicPartition> {

    public TopicPartition {
        if (topic.isEmpty() || partition < 0) {
            throw new IllegalArgumentException(
                    "not a partition: topic=\"%s\" partition=%d".formatted(topic, partition));
        }
    }

    @Override
    public int compareTo(TopicPartition other) {
        int byTopic = topic.compareTo(other.topic);
        return byTopic != 0 ? byTopic : Integer.compare(partition, other.partition);
    }

    /** As {@code orders/3}. */
    @Override
    public String toString() {
        return topic + "/" + partition;
    }
}
