package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link QueueWriter} wrote. What is cut off or out of range ends in a
 * BufferUnderflowException, an IllegalArgumentException or an ArithmeticException.
 */
final class QueueReader {

    private final ByteBuffer source;

    /**
     * @param source read from its position on; views into it may be handed out
     */
    QueueReader(ByteBuffer source) {
        this.source = source;
    }

    int byte8() {
        return source.get();
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 70; shift += 7) {
            byte next = source.get();
            value |= (next & 0x7fL) << shift;
            if (next >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number does not end");
    }

    /** A number that is not negative. */
    long natural() {
        long value = number();
        if (value < 0) {
            throw new IllegalArgumentException("number=" + value);
        }
        return value;
    }

    int natural32() {
        return Math.toIntExact(natural());
    }

    long signed() {
        long value = number();
        return (value >>> 1) ^ -(value & 1);
    }

    long fixed() {
        return source.getLong();
    }

    boolean flag() {
        return source.get() != 0;
    }

    double real() {
        return Double.longBitsToDouble(source.getLong());
    }

    /** Of things that take at least a byte each. */
    private int count() {
        long count = number();
        if (count < 0 || count > source.remaining()) {
            throw new IllegalArgumentException("count=" + count + " left=" + source.remaining());
        }
        return (int) count;
    }

    String text() {
        byte[] encoded = new byte[count()];
        source.get(encoded);
        return new String(encoded, StandardCharsets.UTF_8);
    }

    @Nullable ByteBuffer bytes() {
        long length = number() - 1;
        if (length < 0) {
            return null;
        }
        if (length > source.remaining()) {
            throw new IllegalArgumentException("length=" + length);
        }
        ByteBuffer view = source.slice(source.position(), (int) length);
        source.position(source.position() + (int) length);
        return view;
    }

    UUID uuid() {
        return new UUID(source.getLong(), source.getLong());
    }

    Duration duration() {
        return Duration.ofMillis(natural());
    }

    <T> Optional<T> optional(Supplier<T> read) {
        return flag() ? Optional.of(read.get()) : Optional.empty();
    }

    OptionalLong optionalNumber() {
        return flag() ? OptionalLong.of(natural()) : OptionalLong.empty();
    }

    <T> List<T> list(Supplier<T> read) {
        int count = count();
        var list = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            list.add(read.get());
        }
        return list;
    }

    List<Long> offsets() {
        int count = count();
        var offsets = new ArrayList<Long>(count);
        long offset = 0;
        for (int i = 0; i < count; i++) {
            offset += signed();
            offsets.add(offset);
        }
        return offsets;
    }

    List<Change.Ref> refs() {
        int count = count();
        var refs = new ArrayList<Change.Ref>(count);
        long offset = 0;
        long lease = 0;
        for (int i = 0; i < count; i++) {
            offset += signed();
            lease += signed();
            refs.add(new Change.Ref(offset, lease));
        }
        return refs;
    }

    QueuePolicy policy() {
        return new QueuePolicy(
                natural32(), new QueuePolicy.Backoff(duration(), duration(), flag(), real()));
    }

    QueueChoice choice() {
        return new QueueChoice(flag(), flag(), flag(), optional(this::tenants));
    }

    private QueueChoice.Tenants tenants() {
        String header = text();
        int inFlightMax = natural32();
        var weights = new HashMap<String, Integer>();
        for (Map.Entry<String, Integer> each : list(() -> Map.entry(text(), natural32()))) {
            weights.put(each.getKey(), each.getValue());
        }
        return new QueueChoice.Tenants(header, inFlightMax, weights);
    }

    MessageFilter filter() {
        return new MessageFilter(
                optional(this::bytesNeeded),
                list(() -> new MessageFilter.HeaderIs(text(), optional(this::bytesNeeded))),
                flag() ? OptionalLong.of(signed()) : OptionalLong.empty(),
                flag() ? OptionalLong.of(signed()) : OptionalLong.empty());
    }

    private ByteBuffer bytesNeeded() {
        ByteBuffer bytes = bytes();
        if (bytes == null) {
            throw new IllegalArgumentException("bytes are missing");
        }
        return bytes;
    }

    List<Attempt> attempts() {
        return list(() ->
                new Attempt(natural(), natural(), natural(), Attempt.Why.of(byte8()), text()));
    }

    <E extends Enum<E>> E word(E[] words) {
        int index = byte8();
        if (index < 0 || index >= words.length) {
            throw new IllegalArgumentException("word=" + index);
        }
        return words[index];
    }

    boolean isAtEnd() {
        return !source.hasRemaining();
    }
}
