package sluice.consumer.group;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.MessageFilter;
import sluice.log.batch.LogRecord;
import sluice.metadata.GroupConfig;
import sluice.metadata.QueueConfig;
import sluice.metadata.StreamConfig;

/** Writes the parts of requests and replies, as {@link GroupCodec} lays them out. */
final class GroupWriter {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream(256);

    GroupWriter number8(int value) {
        out.write(value);
        return this;
    }

    GroupWriter number32(int value) {
        out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
        return this;
    }

    GroupWriter number64(long value) {
        out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
        return this;
    }

    GroupWriter flag(boolean value) {
        return number8(value ? 1 : 0);
    }

    GroupWriter text(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        number32(bytes.length);
        out.writeBytes(bytes);
        return this;
    }

    GroupWriter uuid(UUID value) {
        return number64(value.getMostSignificantBits()).number64(value.getLeastSignificantBits());
    }

    GroupWriter duration(Duration value) {
        return number64(value.toMillis());
    }

    <T> GroupWriter optional(Optional<T> value, Consumer<T> write) {
        flag(value.isPresent());
        value.ifPresent(write);
        return this;
    }

    GroupWriter optional(OptionalLong value) {
        flag(value.isPresent());
        value.ifPresent(this::number64);
        return this;
    }

    <T> GroupWriter list(Collection<T> values, Consumer<T> write) {
        number32(values.size());
        values.forEach(write);
        return this;
    }

    GroupWriter partition(TopicPartition value) {
        return text(value.topic()).number32(value.partition());
    }

    GroupWriter partitions(List<TopicPartition> values) {
        return list(values, this::partition);
    }

    GroupWriter offsets(List<PartitionOffset> values) {
        return list(values, each -> partition(each.partition()).number64(each.offset()));
    }

    GroupWriter holds(List<Hold> values) {
        return list(
                values,
                each ->
                        partition(each.partition())
                                .number64(each.topicId())
                                .number64(each.since())
                                .number8(each.state().ordinal())
                                .optional(each.committed())
                                .duration(each.releaseWithin()));
    }

    GroupWriter delivery(DeliveryId value) {
        return number64(value.queue())
                .number32(value.partition())
                .number64(value.offset())
                .number64(value.lease());
    }

    GroupWriter record(LogRecord value) {
        number64(value.offset()).number64(value.timestampMs());
        bytes(value.key());
        bytes(value.value());
        return list(
                value.headers(),
                each -> {
                    text(each.name());
                    bytes(each.value());
                });
    }

    private void bytes(@Nullable ByteBuffer value) {
        if (value == null) {
            number32(-1);
        } else {
            byte[] copy = new byte[value.remaining()];
            value.get(value.position(), copy);
            number32(copy.length);
            out.writeBytes(copy);
        }
    }

    GroupWriter filter(MessageFilter value) {
        return optional(value.key(), this::bytes)
                .list(
                        value.headers(),
                        each -> text(each.name()).optional(each.value(), this::bytes))
                .optional(value.fromMs())
                .optional(value.toMs());
    }

    GroupWriter config(GroupConfig value) {
        number8(value.type().ordinal()).list(value.topics(), this::text);
        switch (value.start()) {
            case GroupConfig.Start.Earliest() -> number8(0);
            case GroupConfig.Start.Latest() -> number8(1);
            case GroupConfig.Start.Timestamp(long ms) -> number8(2).number64(ms);
            case GroupConfig.Start.Offset(long offset) -> number8(3).number64(offset);
        }
        return switch (value) {
            case StreamConfig stream ->
                    number8(stream.delivery().ordinal())
                            .duration(stream.sessionTimeout())
                            .duration(stream.revocationTimeout());
            case QueueConfig queue -> queue(queue);
        };
    }

    private GroupWriter queue(QueueConfig value) {
        return duration(value.sessionTimeout())
                .duration(value.reconnectGrace())
                .number32(value.prefetch())
                .number32(value.inFlightMax())
                .number32(value.deliveryLimit())
                .number8(value.backoff().growth().ordinal())
                .duration(value.backoff().delay())
                .duration(value.backoff().delayMax())
                .number32(value.backoff().jitterPercent())
                .optional(value.deadLetters(), this::text)
                .number8(value.onReject().ordinal())
                .number8(value.activeConsumer().ordinal())
                .flag(value.isPaused())
                .choice(value.choice());
    }

    private GroupWriter choice(QueueConfig.Choice value) {
        return flag(value.isByKey())
                .flag(value.isByPriority())
                .number8(value.onExpiry().ordinal())
                .optional(
                        value.tenants(),
                        each ->
                                text(each.header())
                                        .number32(each.inFlightMax())
                                        .list(
                                                List.copyOf(each.weights().entrySet()),
                                                one ->
                                                        text(one.getKey())
                                                                .number32(one.getValue())));
    }

    ByteBuffer toBuffer() {
        return ByteBuffer.wrap(out.toByteArray());
    }
}
