package sluice.metadata;

import java.util.List;

/**
 * How far a group committed some partitions of a topic that follow each other.
 *
 * @param topic name, for people; the key names its id
 * @param offsets of the next record to read, by partition, {@link #NONE} where nothing was
 *     committed; at most {@link #PARTITIONS_MAX}
 */
public record OffsetsRecord(String topic, List<Long> offsets) {

    /** An item of so many offsets is about 10 KB, all of which each write is charged for. */
    public static final int PARTITIONS_MAX = 1024;

    public static final long NONE = -1;

    public OffsetsRecord {
        offsets = List.copyOf(offsets);
    }

    /**
     * Where offsets are stored.
     *
     * @param chunk index of the partitions' group of {@link #PARTITIONS_MAX}
     */
    public record Place(long topicId, int chunk) {

        /** The chunk that holds a partition's offset. */
        public static Place of(long topicId, int partition) {
            return new Place(topicId, partition / PARTITIONS_MAX);
        }
    }
}
