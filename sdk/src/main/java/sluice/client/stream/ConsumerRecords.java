package sluice.client.stream;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import sluice.client.record.TopicPartition;

/** What one poll brought: in the order of offsets within each partition. */
public final class ConsumerRecords implements Iterable<ConsumerRecord> {

    static final ConsumerRecords NONE = new ConsumerRecords(List.of());

    private final List<ConsumerRecord> records;

    ConsumerRecords(List<ConsumerRecord> records) {
        this.records = List.copyOf(records);
    }

    public int count() {
        return records.size();
    }

    public boolean isEmpty() {
        return records.isEmpty();
    }

    public Set<TopicPartition> partitions() {
        return byPartition().keySet();
    }

    /** The records of each partition that has any. */
    public Map<TopicPartition, List<ConsumerRecord>> byPartition() {
        var parts = new LinkedHashMap<TopicPartition, List<ConsumerRecord>>();
        for (ConsumerRecord record : records) {
            parts.computeIfAbsent(record.topicPartition(), p -> new ArrayList<>()).add(record);
        }
        return parts;
    }

    @Override
    public Iterator<ConsumerRecord> iterator() {
        return records.iterator();
    }

    @Override
    public String toString() {
        return "records=" + records.size();
    }
}
