package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.LogRecord;

/**
 * Which messages are meant: those to which all of it applies.
 *
 * @param key the record's key
 * @param headers each must be there, with that value; of a name that comes several times, once
 * @param fromMs the record's timestamp is not before it
 * @param toMs the record's timestamp is before it
 */
public record MessageFilter(
        Optional<ByteBuffer> key, List<HeaderIs> headers, OptionalLong fromMs, OptionalLong toMs) {

    /** All messages. */
    public static final MessageFilter ALL =
            new MessageFilter(
                    Optional.empty(), List.of(), OptionalLong.empty(), OptionalLong.empty());

    public static final int HEADERS_MAX = 16;

    /**
     * @param value empty: whatever it is
     */
    public record HeaderIs(String name, Optional<ByteBuffer> value) {}

    /**
     * @throws IllegalArgumentException if there are more than {@link #HEADERS_MAX} headers
     */
    public MessageFilter {
        headers = List.copyOf(headers);
        if (headers.size() > HEADERS_MAX) {
            throw new IllegalArgumentException("headers=" + headers.size() + " max=" + HEADERS_MAX);
        }
    }

    public boolean matches(LogRecord record) {
        return (fromMs.isEmpty() || record.timestampMs() >= fromMs.getAsLong())
                && (toMs.isEmpty() || record.timestampMs() < toMs.getAsLong())
                && (key.isEmpty() || isEqual(key.get(), record.key()))
                && headers.stream().allMatch(each -> isIn(each, record.headers()));
    }

    private static boolean isIn(HeaderIs wanted, List<LogRecord.Header> headers) {
        for (LogRecord.Header each : headers) {
            if (each.name().equals(wanted.name())
                    && (wanted.value().isEmpty() || isEqual(wanted.value().get(), each.value()))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isEqual(ByteBuffer wanted, @Nullable ByteBuffer found) {
        return found != null && wanted.equals(found);
    }
}
