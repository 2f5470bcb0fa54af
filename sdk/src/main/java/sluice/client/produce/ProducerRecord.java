package sluice.client.produce;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import sluice.client.record.MessageHeaders;
import sluice.client.record.RecordHeader;

/**
 * A record to write. Arrays are not copied: nobody changes them until the record was sent.
 *
 * @param partition where it goes; if empty, its key says, and without a key the producer chooses
 * @param timestampMs milliseconds since 1970 UTC; the time of sending if empty
 * @param key records of one key go to one partition, and so are read in their order
 */
public record ProducerRecord(
        String topic,
        OptionalInt partition,
        OptionalLong timestampMs,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers) {

    public ProducerRecord {
        if (topic.isEmpty()) {
            throw new IllegalArgumentException("a record needs a topic");
        }
        if (partition.isPresent() && partition.getAsInt() < 0) {
            throw new IllegalArgumentException(
                    "expected partition>=0, found partition=" + partition.getAsInt());
        }
        if (timestampMs.isPresent() && timestampMs.getAsLong() < 0) {
            throw new IllegalArgumentException(
                    "expected timestampMs>=0, found timestampMs=" + timestampMs.getAsLong());
        }
        headers = List.copyOf(headers);
    }

    /** Without key. */
    public static ProducerRecord of(String topic, byte @Nullable [] value) {
        return of(topic, null, value);
    }

    public static ProducerRecord of(String topic, byte @Nullable [] key, byte @Nullable [] value) {
        return new ProducerRecord(
                topic, OptionalInt.empty(), OptionalLong.empty(), key, value, List.of());
    }

    /** Without key; the text in UTF-8. */
    public static ProducerRecord of(String topic, String value) {
        return of(topic, null, utf8(value));
    }

    /** Both texts in UTF-8. */
    public static ProducerRecord of(String topic, String key, String value) {
        return of(topic, utf8(key), utf8(value));
    }

    /** The same record, for this partition. */
    public ProducerRecord toPartition(int partition) {
        return new ProducerRecord(
                topic, OptionalInt.of(partition), timestampMs, key, value, headers);
    }

    /** The same record with this time. */
    public ProducerRecord at(long timestampMs) {
        return new ProducerRecord(
                topic, partition, OptionalLong.of(timestampMs), key, value, headers);
    }

    /** The same record with one header more. */
    public ProducerRecord header(String name, String value) {
        return header(RecordHeader.of(name, value));
    }

    /**
     * The same record with a priority, for queue groups that look at it.
     *
     * @param priority 0 to 9, the highest first; a record without one has 4
     */
    public ProducerRecord priority(int priority) {
        return message(MessageHeaders.priority(priority));
    }

    /**
     * The same record, that queue groups do not give out before that time, by the clock of the
     * gateway that owns its partition. Of use only within the topic's retention.
     */
    public ProducerRecord deliverAt(Instant time) {
        return message(MessageHeaders.deliverAt(time));
    }

    /** The same record, that queue groups never give out from that time on. */
    public ProducerRecord expiresAt(Instant time) {
        return message(MessageHeaders.expiresAt(time));
    }

    private ProducerRecord message(RecordHeader one) {
        return new ProducerRecord(
                topic, partition, timestampMs, key, value, MessageHeaders.with(headers, one));
    }

    /** The same record with one header more. */
    public ProducerRecord header(RecordHeader header) {
        Objects.requireNonNull(header, "header");
        var more = new ArrayList<>(headers);
        more.add(header);
        return new ProducerRecord(topic, partition, timestampMs, key, value, more);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
