package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.log.batch.LogRecord;

/**
 * What a record's headers say of when, and before which others, queue groups give it out. A value
 * that cannot be read is as if absent: a queue does not stop at it.
 *
 * @param deliverAtMs not before that, milliseconds since 1970 by the clock of the partition's
 *     owner; 0 for at once
 * @param expiresAtMs never from that on; {@link Long#MAX_VALUE} if it does not expire
 * @param priority 0 to {@link #PRIORITY_MAX}, the highest first
 */
public record MessageAttributes(long deliverAtMs, long expiresAtMs, int priority) {

    /** A decimal digit, as text. */
    public static final String PRIORITY = "sluice-priority";

    /** Milliseconds since 1970, as decimal text. */
    public static final String DELIVER_AT = "sluice-deliver-at";

    /** Milliseconds since 1970, as decimal text. */
    public static final String EXPIRES_AT = "sluice-expires-at";

    public static final int PRIORITY_MAX = 9;
    public static final int DEFAULT_PRIORITY = 4;

    private static final int DIGITS_MAX = 15;
    private static final MessageAttributes NONE =
            new MessageAttributes(0, Long.MAX_VALUE, DEFAULT_PRIORITY);

    public static MessageAttributes of(LogRecord record) {
        if (record.headers().isEmpty()) {
            return NONE;
        }
        long deliverAtMs = 0;
        long expiresAtMs = Long.MAX_VALUE;
        int priority = DEFAULT_PRIORITY;
        boolean isAny = false;
        for (LogRecord.Header each : record.headers()) {
            switch (each.name()) {
                case DELIVER_AT -> deliverAtMs = number(each.value(), 0);
                case EXPIRES_AT -> expiresAtMs = number(each.value(), Long.MAX_VALUE);
                case PRIORITY -> {
                    long said = number(each.value(), DEFAULT_PRIORITY);
                    priority = said <= PRIORITY_MAX ? (int) said : DEFAULT_PRIORITY;
                }
                default -> {
                    continue;
                }
            }
            isAny = true;
        }
        return isAny ? new MessageAttributes(deliverAtMs, expiresAtMs, priority) : NONE;
    }

    private static long number(@Nullable ByteBuffer text, long otherwise) {
        if (text == null || !text.hasRemaining() || text.remaining() > DIGITS_MAX) {
            return otherwise;
        }
        long value = 0;
        for (int at = text.position(); at < text.limit(); at++) {
            int digit = text.get(at) - '0';
            if (digit < 0 || digit > 9) {
                return otherwise;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    boolean isExpiredAt(long nowMs) {
        return expiresAtMs <= nowMs;
    }

    /** True if the message cannot be given out just now. */
    boolean isHeldBackAt(long nowMs) {
        return deliverAtMs > nowMs || isExpiredAt(nowMs);
    }

    /** Where the record belongs in a queue that gives out messages in that order. */
    Mark mark(LogRecord record, QueueChoice choice, long seed) {
        if (choice.isPlain()) {
            return Mark.PLAIN;
        }
        var line =
                new Line(
                        choice.byPriority() ? priority : DEFAULT_PRIORITY,
                        choice.tenants().flatMap(each -> text(record, each.header())).orElse(""));
        return new Mark(line, choice.byKey() ? Mark.hash(record.key(), seed) : Mark.NO_KEY);
    }

    private static Optional<String> text(LogRecord record, String header) {
        for (LogRecord.Header each : record.headers()) {
            ByteBuffer value = each.value();
            if (value != null && each.name().equals(header)) {
                return Optional.of(StandardCharsets.UTF_8.decode(value.duplicate()).toString());
            }
        }
        return Optional.empty();
    }
}
