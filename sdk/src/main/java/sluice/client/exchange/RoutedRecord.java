package sluice.client.exchange;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import sluice.client.record.MessageHeaders;
import sluice.client.record.RecordHeader;

/**
 * A record to publish. Arrays are not copied: nobody changes them until the record was published.
 *
 * @param routingKey by which exchanges find topics; at most 255 bytes of UTF-8, empty for none
 * @param key by which each of the topics chooses a partition, so that one key's records stay in
 *     their order
 * @param timestampMs milliseconds since 1970 UTC; the gateway's time if empty
 */
public record RoutedRecord(
        String routingKey,
        byte @Nullable [] key,
        byte @Nullable [] value,
        List<RecordHeader> headers,
        OptionalLong timestampMs) {

    public RoutedRecord {
        if (timestampMs.isPresent() && timestampMs.getAsLong() < 0) {
            throw new IllegalArgumentException(
                    "expected timestampMs>=0, found timestampMs=" + timestampMs.getAsLong());
        }
        headers = List.copyOf(headers);
    }

    public static RoutedRecord of(
            String routingKey, byte @Nullable [] key, byte @Nullable [] value) {
        return new RoutedRecord(routingKey, key, value, List.of(), OptionalLong.empty());
    }

    /** Without key; the text in UTF-8. */
    public static RoutedRecord of(String routingKey, String value) {
        return of(routingKey, null, utf8(value));
    }

    /** Key and value in UTF-8. */
    public static RoutedRecord of(String routingKey, String key, String value) {
        return of(routingKey, utf8(key), utf8(value));
    }

    /** The same record with this time. */
    public RoutedRecord at(long timestampMs) {
        return new RoutedRecord(routingKey, key, value, headers, OptionalLong.of(timestampMs));
    }

    /** The same record with one header more. */
    public RoutedRecord header(String name, String value) {
        return header(RecordHeader.of(name, value));
    }

    /** The same record with one header more. */
    public RoutedRecord header(RecordHeader header) {
        var more = new ArrayList<>(headers);
        more.add(header);
        return new RoutedRecord(routingKey, key, value, more, timestampMs);
    }

    /**
     * The same record with a priority, for queue groups that look at it.
     *
     * @param priority 0 to 9, the highest first; a record without one has 4
     */
    public RoutedRecord priority(int priority) {
        return message(MessageHeaders.priority(priority));
    }

    /**
     * The same record, that queue groups do not give out before that time. Of use only within the
     * retention of all topics that it goes to.
     */
    public RoutedRecord deliverAt(Instant time) {
        return message(MessageHeaders.deliverAt(time));
    }

    /** The same record, that queue groups never give out from that time on. */
    public RoutedRecord expiresAt(Instant time) {
        return message(MessageHeaders.expiresAt(time));
    }

    private RoutedRecord message(RecordHeader one) {
        return new RoutedRecord(
                routingKey, key, value, MessageHeaders.with(headers, one), timestampMs);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
