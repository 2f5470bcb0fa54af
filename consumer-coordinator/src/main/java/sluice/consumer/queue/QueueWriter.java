package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes the parts of changes, requests and replies:
 *
 * <pre>
 *   number     seven bits a byte, lowest first, the top bit set on all but the last; what may be
 *              negative is zigzag-encoded before
 *   flag       1 byte, 0 or 1
 *   text       number of bytes, UTF-8
 *   bytes      number of bytes plus 1, or 0 for none; then the bytes
 *   UUID       16 bytes, big-endian
 *   duration   milliseconds, number
 *   optional   flag, then the value
 *   list       number of values, then each
 *   deliveries number of them; of each offset and lease less those of the one before, zigzag
 * </pre>
 */
final class QueueWriter {

    private byte[] bytes;
    private int size;

    QueueWriter(int expectedBytes) {
        bytes = new byte[Math.max(16, expectedBytes)];
    }

    private void room(int more) {
        if (size + more > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(size + more, bytes.length * 2));
        }
    }

    QueueWriter byte8(int value) {
        room(1);
        bytes[size++] = (byte) value;
        return this;
    }

    QueueWriter number(long value) {
        room(10);
        long left = value;
        while ((left & ~0x7fL) != 0) {
            bytes[size++] = (byte) (left | 0x80);
            left >>>= 7;
        }
        bytes[size++] = (byte) left;
        return this;
    }

    QueueWriter signed(long value) {
        return number((value << 1) ^ (value >> 63));
    }

    QueueWriter flag(boolean value) {
        return byte8(value ? 1 : 0);
    }

    QueueWriter real(double value) {
        return fixed(Double.doubleToLongBits(value));
    }

    /** Eight bytes. */
    QueueWriter fixed(long value) {
        room(Long.BYTES);
        ByteBuffer.wrap(bytes).putLong(size, value);
        size += Long.BYTES;
        return this;
    }

    QueueWriter text(String value) {
        byte[] encoded = value.getBytes(StandardCharsets.UTF_8);
        number(encoded.length);
        room(encoded.length);
        System.arraycopy(encoded, 0, bytes, size, encoded.length);
        size += encoded.length;
        return this;
    }

    QueueWriter bytes(@Nullable ByteBuffer value) {
        if (value == null) {
            return number(0);
        }
        int length = value.remaining();
        number(length + 1L);
        room(length);
        value.get(value.position(), bytes, size, length);
        size += length;
        return this;
    }

    QueueWriter uuid(UUID value) {
        return fixed(value.getMostSignificantBits()).fixed(value.getLeastSignificantBits());
    }

    QueueWriter duration(Duration value) {
        return number(value.toMillis());
    }

    <T> QueueWriter optional(Optional<T> value, Consumer<T> write) {
        flag(value.isPresent());
        value.ifPresent(write);
        return this;
    }

    QueueWriter optional(OptionalLong value) {
        flag(value.isPresent());
        if (value.isPresent()) {
            number(value.getAsLong());
        }
        return this;
    }

    private QueueWriter optional(OptionalLong value, LongConsumer write) {
        flag(value.isPresent());
        value.ifPresent(write);
        return this;
    }

    <T> QueueWriter list(Collection<T> values, Consumer<T> write) {
        number(values.size());
        values.forEach(write);
        return this;
    }

    QueueWriter offsets(List<Long> offsets) {
        number(offsets.size());
        long before = 0;
        for (long offset : offsets) {
            signed(offset - before);
            before = offset;
        }
        return this;
    }

    QueueWriter refs(List<Change.Ref> refs) {
        number(refs.size());
        long offset = 0;
        long lease = 0;
        for (Change.Ref each : refs) {
            signed(each.offset() - offset).signed(each.lease() - lease);
            offset = each.offset();
            lease = each.lease();
        }
        return this;
    }

    QueueWriter policy(QueuePolicy policy) {
        QueuePolicy.Backoff backoff = policy.backoff();
        return number(policy.deliveryLimit())
                .duration(backoff.first())
                .duration(backoff.max())
                .flag(backoff.isExponential())
                .real(backoff.jitter());
    }

    QueueWriter choice(QueueChoice choice) {
        return flag(choice.byKey())
                .flag(choice.byPriority())
                .flag(choice.buriesExpired())
                .optional(
                        choice.tenants(),
                        each ->
                                text(each.header())
                                        .number(each.inFlightMax())
                                        .list(
                                                new TreeMap<>(each.weights()).entrySet(),
                                                one -> text(one.getKey()).number(one.getValue())));
    }

    QueueWriter filter(MessageFilter filter) {
        return optional(filter.key(), this::bytes)
                .list(
                        filter.headers(),
                        each -> text(each.name()).optional(each.value(), this::bytes))
                .optional(filter.fromMs(), this::signed)
                .optional(filter.toMs(), this::signed);
    }

    QueueWriter attempts(List<Attempt> attempts) {
        return list(
                attempts,
                each ->
                        number(each.lease())
                                .number(each.sinceMs())
                                .number(each.untilMs())
                                .byte8(each.why().number())
                                .text(each.reason()));
    }

    int size() {
        return size;
    }

    byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(bytes, 0, size).slice();
    }
}
