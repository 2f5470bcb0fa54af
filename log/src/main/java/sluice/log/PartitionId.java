package sluice.log;

/**
 * A partition for ever: a topic that is deleted and created again under its name has another id.
 *
 * @param topicId random, positive, given when the topic is created
 * @param index 0 to the topic's number of partitions − 1
 */
public record PartitionId(long topicId, int index) implements Comparable<PartitionId> {

    public PartitionId {
        if (topicId <= 0 || index < 0) {
            throw new IllegalArgumentException(
                    "not a partition: topicId=" + topicId + " index=" + index);
        }
    }

    @Override
    public int compareTo(PartitionId other) {
        int byTopic = Long.compare(topicId, other.topicId);
        return byTopic != 0 ? byTopic : Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return Long.toHexString(topicId) + "-" + index;
    }
}
