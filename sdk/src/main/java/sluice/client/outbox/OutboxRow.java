package sluice.client.outbox;

import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A record as it waits in the outbox.
 *
 * @param partition where the application wants it; empty if the key chooses
 * @param headers as {@link OutboxHeaders} encodes them; null for none
 */
record OutboxRow(
        long id,
        String topic,
        OptionalInt partition,
        byte @Nullable [] key,
        byte @Nullable [] value,
        byte @Nullable [] headers,
        long timestampMs) {

    /** What it takes in memory and in a request, roughly. */
    int bytes() {
        return 64 + length(key) + length(value) + length(headers);
    }

    private static int length(byte @Nullable [] part) {
        return part == null ? 0 : part.length;
    }
}
