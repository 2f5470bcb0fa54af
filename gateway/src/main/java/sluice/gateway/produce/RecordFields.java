package sluice.gateway.produce;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.BatchBuilder;

/** One record of a JSON body while its fields are read, in whatever order they come. */
final class RecordFields {

    static final int NO_PARTITION = -1;
    static final long NO_TIMESTAMP = -1;

    private byte @Nullable [] key;
    private byte @Nullable [] value;
    private int partition;
    private long timestampMs;
    private List<BatchBuilder.Header> headers = List.of();
    private boolean hasKey;
    private boolean hasValue;
    private boolean hasPartition;
    private boolean hasTimestamp;
    private String routingKey = "";
    private boolean hasRoutingKey;
    private long deliverAtMs;

    void reset() {
        key = null;
        value = null;
        partition = NO_PARTITION;
        timestampMs = NO_TIMESTAMP;
        headers = List.of();
        hasKey = false;
        hasValue = false;
        hasPartition = false;
        hasTimestamp = false;
        routingKey = "";
        hasRoutingKey = false;
        deliverAtMs = NO_TIMESTAMP;
    }

    /**
     * @return false if there was a key before
     */
    boolean setKey(byte @Nullable [] bytes) {
        boolean isFirst = !hasKey;
        key = bytes;
        hasKey = true;
        return isFirst;
    }

    /**
     * @return false if there was a value before
     */
    boolean setValue(byte @Nullable [] bytes) {
        boolean isFirst = !hasValue;
        value = bytes;
        hasValue = true;
        return isFirst;
    }

    /**
     * @return false if there was a partition before
     */
    boolean setPartition(int index) {
        boolean isFirst = !hasPartition;
        partition = index;
        hasPartition = true;
        return isFirst;
    }

    /**
     * @return false if there was a timestamp before
     */
    boolean setTimestampMs(long ms) {
        boolean isFirst = !hasTimestamp;
        timestampMs = ms;
        hasTimestamp = true;
        return isFirst;
    }

    /**
     * @return false if there was a routing key before
     */
    boolean setRoutingKey(String text) {
        boolean isFirst = !hasRoutingKey;
        routingKey = text;
        hasRoutingKey = true;
        return isFirst;
    }

    /** {@link #NO_TIMESTAMP} for at once. */
    void setDeliverAtMs(long ms) {
        deliverAtMs = ms;
    }

    void addHeader(String name, byte @Nullable [] bytes) {
        if (headers.isEmpty()) {
            headers = new ArrayList<>(4);
        }
        headers.add(new BatchBuilder.Header(name, bytes));
    }

    byte @Nullable [] key() {
        return key;
    }

    byte @Nullable [] value() {
        return value;
    }

    /** The partition that was asked for, or {@link #NO_PARTITION}. */
    int partition() {
        return partition;
    }

    /** Milliseconds since 1970 UTC, or {@link #NO_TIMESTAMP}. */
    long timestampMs() {
        return timestampMs;
    }

    /** Milliseconds since 1970 UTC, or {@link #NO_TIMESTAMP}. */
    long deliverAtMs() {
        return deliverAtMs;
    }

    /** Empty if none was given. */
    String routingKey() {
        return routingKey;
    }

    List<BatchBuilder.Header> headers() {
        return headers;
    }

    boolean isEmpty() {
        return !hasKey && !hasValue && headers.isEmpty();
    }

    /** Key, value and headers together. */
    int sizeBytes() {
        int bytes = lengthOf(key) + lengthOf(value);
        for (BatchBuilder.Header header : headers) {
            bytes += header.name().length() + lengthOf(header.value());
        }
        return bytes;
    }

    private static int lengthOf(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
