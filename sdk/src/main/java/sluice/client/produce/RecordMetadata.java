package sluice.client.produce;

/**
 * Where a record is.
 *
 * @param offset in its partition; {@link #NO_OFFSET} with {@link Acks#NONE}
 * @param timestampMs milliseconds since 1970 UTC
 */
public record RecordMetadata(String topic, int partition, long offset, long timestampMs) {

    public static final long NO_OFFSET = -1;

    public boolean hasOffset() {
        return offset != NO_OFFSET;
    }
}
