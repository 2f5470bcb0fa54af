package sluice.consumer.queue.memory;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.MessageAttributes;
import sluice.consumer.queue.PartitionReply;
import sluice.log.batch.LogRecord;

/** The records of one partition. */
final class MemoryRecords {

    private final TreeMap<Long, LogRecord> all = new TreeMap<>();

    static LogRecord of(long offset, long timestampMs, String value, int priority) {
        var header = new LogRecord.Header(MessageAttributes.PRIORITY, bytes("" + priority));
        return new LogRecord(offset, timestampMs, null, bytes(value), List.of(header));
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    void add(LogRecord record) {
        all.put(record.offset(), record);
    }

    LogRecord get(long offset) {
        return requireNonNull(all.get(offset));
    }

    /** Those that are there, as many as an answer has room for. */
    List<LogRecord> at(List<Long> offsets) {
        var found = new ArrayList<LogRecord>();
        long bytes = 0;
        for (long each : offsets) {
            LogRecord record = all.get(each);
            if (record != null && bytes < PartitionReply.BYTES_MAX) {
                found.add(record);
                bytes += sizeBytes(record);
            }
        }
        return found;
    }

    /** The first offset with a timestamp of at least that. */
    long since(long ms, long otherwise) {
        return all.values().stream()
                .filter(each -> each.timestampMs() >= ms)
                .mapToLong(LogRecord::offset)
                .findFirst()
                .orElse(otherwise);
    }

    static long sizeBytes(LogRecord record) {
        return sizeBytes(record.key()) + sizeBytes(record.value());
    }

    private static long sizeBytes(@Nullable ByteBuffer bytes) {
        return bytes == null ? 0 : bytes.remaining();
    }
}
