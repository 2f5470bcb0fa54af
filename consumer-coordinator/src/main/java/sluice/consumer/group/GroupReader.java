package sluice.consumer.group;

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
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.MessageFilter;
import sluice.log.batch.LogRecord;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.StreamConfig;

/**
 * Reads what {@link GroupWriter} wrote. What is cut off or out of range ends in a
 * BufferUnderflowException or an IllegalArgumentException.
 */
final class GroupReader {

    private static final int TEXT_BYTES_MAX = 64 * 1024;

    private final ByteBuffer source;

    GroupReader(ByteBuffer source) {
        this.source = source;
    }

    int number8() {
        return source.get();
    }

    int number32() {
        return source.getInt();
    }

    long number64() {
        return source.getLong();
    }

    boolean flag() {
        return source.get() != 0;
    }

    String text() {
        byte[] bytes = new byte[count(TEXT_BYTES_MAX)];
        source.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private int count(int max) {
        int count = source.getInt();
        if (count < 0 || count > max || count > source.remaining()) {
            throw new IllegalArgumentException("count=" + count + " max=" + max);
        }
        return count;
    }

    UUID uuid() {
        return new UUID(source.getLong(), source.getLong());
    }

    Duration duration() {
        return Duration.ofMillis(source.getLong());
    }

    <T> Optional<T> optional(Supplier<T> read) {
        return flag() ? Optional.of(read.get()) : Optional.empty();
    }

    OptionalLong optionalLong() {
        return flag() ? OptionalLong.of(number64()) : OptionalLong.empty();
    }

    <T> List<T> list(Supplier<T> read) {
        int count = count(Integer.MAX_VALUE);
        var list = new ArrayList<T>(count);
        for (int i = 0; i < count; i++) {
            list.add(read.get());
        }
        return list;
    }

    <E extends Enum<E>> E word(E[] words) {
        int index = number8();
        if (index < 0 || index >= words.length) {
            throw new IllegalArgumentException("word=" + index);
        }
        return words[index];
    }

    TopicPartition partition() {
        return new TopicPartition(text(), number32());
    }

    List<TopicPartition> partitions() {
        return list(this::partition);
    }

    List<PartitionOffset> offsets() {
        return list(() -> new PartitionOffset(partition(), number64()));
    }

    List<Hold> holds() {
        return list(() ->
                new Hold(
                        partition(),
                        number64(),
                        number64(),
                        word(Hold.State.values()),
                        optionalLong(),
                        duration()));
    }

    DeliveryId delivery() {
        return new DeliveryId(number64(), number32(), number64(), number64());
    }

    /** A view into what is read. */
    LogRecord record() {
        return new LogRecord(
                number64(),
                number64(),
                nullableBytes(),
                nullableBytes(),
                list(() -> new LogRecord.Header(text(), nullableBytes())));
    }

    MessageFilter filter() {
        return new MessageFilter(
                optional(this::bytesNeeded),
                list(() -> new MessageFilter.HeaderIs(text(), optional(this::bytesNeeded))),
                optionalLong(),
                optionalLong());
    }

    private ByteBuffer bytesNeeded() {
        return bytes(number32());
    }

    private @Nullable ByteBuffer nullableBytes() {
        int length = number32();
        return length == -1 ? null : bytes(length);
    }

    GroupConfig config() {
        GroupConfig.Type type = word(GroupConfig.Type.values());
        List<String> topics = list(this::text);
        GroupConfig.Start start = start();
        return switch (type) {
            case STREAM ->
                    new StreamConfig(
                            topics,
                            start,
                            word(GroupConfig.Delivery.values()),
                            duration(),
                            duration());
            case QUEUE ->
                    new QueueConfig(
                            topics,
                            start,
                            duration(),
                            duration(),
                            number32(),
                            number32(),
                            number32(),
                            new QueueConfig.Backoff(
                                    word(QueueConfig.Backoff.Growth.values()),
                                    duration(),
                                    duration(),
                                    number32()),
                            optional(this::text),
                            word(QueueConfig.OnReject.values()),
                            word(QueueConfig.ActiveConsumer.values()),
                            flag(),
                            choice());
        };
    }

    private QueueConfig.Choice choice() {
        return new QueueConfig.Choice(
                flag(), flag(), word(QueueConfig.OnExpiry.values()), optional(this::tenants));
    }

    private QueueConfig.Tenants tenants() {
        String header = text();
        int inFlightMax = number32();
        var weights = new HashMap<String, Integer>();
        list(() -> Map.entry(text(), number32()))
                .forEach(each -> weights.put(each.getKey(), each.getValue()));
        return new QueueConfig.Tenants(header, inFlightMax, weights);
    }

    StreamConfig streamConfig() {
        if (config() instanceof StreamConfig stream) {
            return stream;
        }
        throw new IllegalArgumentException("settings of a stream group expected");
    }

    private GroupConfig.Start start() {
        int start = number8();
        return switch (start) {
            case 0 -> new GroupConfig.Start.Earliest();
            case 1 -> new GroupConfig.Start.Latest();
            case 2 -> new GroupConfig.Start.Timestamp(number64());
            case 3 -> new GroupConfig.Start.Offset(number64());
            default -> throw new IllegalArgumentException("start=" + start);
        };
    }

    ByteBuffer bytes(int length) {
        if (length < 0 || length > source.remaining()) {
            throw new IllegalArgumentException("length=" + length);
        }
        ByteBuffer bytes = source.slice(source.position(), length);
        source.position(source.position() + length);
        return bytes;
    }
}
