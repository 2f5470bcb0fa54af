package sluice.client.batch;

import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One record as it is read: read-only views into its batch, valid as long as the batch's buffer.
 *
 * @param offset in its partition
 * @param timestampMs milliseconds since 1970 UTC
 */
public record BatchRecord(
        long offset,
        long timestampMs,
        @Nullable ByteBuffer key,
        @Nullable ByteBuffer value,
        List<Header> headers) {

    public BatchRecord {
        headers = List.copyOf(headers);
    }

    /** A header; several may have the same name. */
    public record Header(String name, @Nullable ByteBuffer value) {}
}
