package sluice.gateway.group;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueReply;
import sluice.log.batch.LogRecord;

/**
 * Messages in one binary frame, big-endian:
 *
 * <pre>
 *   kind 1: 1
 *   then for each message, until the end of the frame:
 *     length 1, delivery, in ASCII     length 2, topic, in UTF-8     partition 4
 *     deliveries 4                     first delivered at, in ms 8
 *     offset 8                         timestamp, in ms 8
 *     length 4, key                    length 4, value               length −1 for null
 *     number of headers 4, each: length 4, name, in UTF-8; length 4, value
 * </pre>
 */
final class DeliverFrame {

    private static final byte KIND = 1;

    private static final int FIXED_BYTES =
            Byte.BYTES
                    + Short.BYTES
                    + Integer.BYTES
                    + Integer.BYTES
                    + 3 * Long.BYTES
                    + 3 * Integer.BYTES;

    private DeliverFrame() {}

    static byte[] bytes(List<QueueReply.Message> messages) {
        int size = Byte.BYTES;
        for (QueueReply.Message each : messages) {
            size += FIXED_BYTES + words(each).bytes() + (int) sizeBytes(each);
            size += 2 * Integer.BYTES * each.record().headers().size();
        }
        ByteBuffer out = ByteBuffer.allocate(size).put(KIND);
        messages.forEach(each -> put(out, each));
        assert !out.hasRemaining() : "left=" + out.remaining();
        return out.array();
    }

    private record Words(byte[] delivery, byte[] topic) {
        int bytes() {
            return delivery.length + topic.length;
        }
    }

    private static Words words(QueueReply.Message message) {
        return new Words(
                message.delivery().toText().getBytes(StandardCharsets.US_ASCII),
                message.partition().topic().getBytes(StandardCharsets.UTF_8));
    }

    private static void put(ByteBuffer out, QueueReply.Message message) {
        Words words = words(message);
        out.put((byte) words.delivery().length).put(words.delivery());
        out.putShort((short) words.topic().length).put(words.topic());
        out.putInt(message.partition().partition());
        out.putInt(message.count()).putLong(message.firstAtMs());
        LogRecord record = message.record();
        out.putLong(record.offset()).putLong(record.timestampMs());
        put(out, record.key());
        put(out, record.value());
        out.putInt(record.headers().size());
        for (LogRecord.Header each : record.headers()) {
            byte[] name = each.name().getBytes(StandardCharsets.UTF_8);
            out.putInt(name.length).put(name);
            put(out, each.value());
        }
    }

    private static void put(ByteBuffer out, @Nullable ByteBuffer field) {
        if (field == null) {
            out.putInt(-1);
        } else {
            out.putInt(field.remaining()).put(field.duplicate());
        }
    }

    static long sizeBytes(List<QueueReply.Message> messages) {
        return messages.stream().mapToLong(DeliverFrame::sizeBytes).sum();
    }

    /** Bytes of key, value and headers. */
    static long sizeBytes(QueueReply.Message message) {
        LogRecord record = message.record();
        long bytes = size(record.key()) + size(record.value());
        for (LogRecord.Header each : record.headers()) {
            bytes += each.name().getBytes(StandardCharsets.UTF_8).length + size(each.value());
        }
        return bytes;
    }

    private static long size(@Nullable ByteBuffer buffer) {
        return buffer == null ? 0 : buffer.remaining();
    }
}
