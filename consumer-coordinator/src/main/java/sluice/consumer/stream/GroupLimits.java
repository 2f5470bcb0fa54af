package sluice.consumer.stream;

import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import sluice.metadata.TopicRecord;

/**
 * Bounds of one group.
 *
 * @param partitionsMax of all its topics together
 */
public record GroupLimits(int membersMax, int topicsMax, int partitionsMax) {

    public static final GroupLimits DEFAULT = new GroupLimits(1_000, 1_000, 100_000);

    /** True if a group may read all of these. */
    public boolean allow(List<TopicRecord> topics) {
        return topics.size() <= topicsMax
                && topics.stream().mapToLong(TopicRecord::partitions).sum() <= partitionsMax;
    }

    /** As many of the topics as a group may read: first those it reads already, then by name. */
    TreeMap<String, TopicRecord> within(List<TopicRecord> topics, Set<String> read) {
        var order =
                topics.stream()
                        .sorted(
                                Comparator.comparing(
                                                (TopicRecord each) -> !read.contains(each.name()))
                                        .thenComparing(TopicRecord::name))
                        .toList();
        var within = new TreeMap<String, TopicRecord>();
        long partitions = 0;
        for (TopicRecord each : order) {
            if (within.size() < topicsMax && partitions + each.partitions() <= partitionsMax) {
                partitions += each.partitions();
                within.put(each.name(), each);
            }
        }
        return within;
    }
}
