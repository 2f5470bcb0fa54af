package sluice.client.stream;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.client.record.RecordHeader;
import sluice.client.record.TopicPartition;

/**
 * A record that was read. Its arrays are the reader's own.
 *
 * @param timestampMs milliseconds since 1970 UTC
 */
public record ConsumerRecord(
        TopicPartition topicPartition,
        long offset,
        long timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {

    public ConsumerRecord {
        headers = List.copyOf(headers);
    }

    public String topic() {
        return topicPartition.topic();
    }

    public int partition() {
        return topicPartition.partition();
    }

    /** The key as text; null if there is none. */
    public @Nullable String keyText() {
        return key == null ? null : new String(key, StandardCharsets.UTF_8);
    }

    /** The value as text; null if there is none. */
    public @Nullable String valueText() {
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    /**
     * Topic, partition and offset in one text: the same each time the record is read, and of no
     * other record of the cluster. An {@link sluice.client.inbox.Inbox} knows records by it.
     */
    public String id() {
        return topic() + "/" + partition() + "/" + offset;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ConsumerRecord record
                && offset == record.offset
                && timestampMs == record.timestampMs
                && topicPartition.equals(record.topicPartition)
                && Arrays.equals(key, record.key)
                && Arrays.equals(value, record.value)
                && headers.equals(record.headers);
    }

    @Override
    public int hashCode() {
        return 31 * topicPartition.hashCode() + Long.hashCode(offset);
    }

    /** Says where it is, and nothing of what is in it. */
    @Override
    public String toString() {
        return topicPartition + "@" + offset;
    }
}
