package sluice.client.queue;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import sluice.client.json.Json;
import sluice.client.json.JsonException;
import sluice.client.link.Frames;
import sluice.client.queue.Settlements.Settling;
import sluice.client.record.RecordHeader;
import sluice.client.record.TopicPartition;
import sluice.client.stream.ConsumerRecord;

/**
 * The frames of a queue group's stream, as {@code docs/http-api.md} has them, and messages in their
 * binary form, as {@code docs/formats/queue-stream.md} has it.
 */
final class QueueFrames {

    private static final byte DELIVER = 1;

    private QueueFrames() {}

    /**
     * @param held deliveries that a session which comes back still has
     */
    static String open(
            String client, int credit, Optional<String> session, Collection<String> held) {
        return Frames.text(
                "open",
                json -> {
                    json.writeStringField("format", "binary");
                    json.writeStringField("client", client);
                    json.writeNumberField("credit", credit);
                    if (session.isPresent()) {
                        json.writeStringField("session", session.get());
                        json.writeArrayFieldStart("held");
                        for (String each : held) {
                            json.writeString(each);
                        }
                        json.writeEndArray();
                    }
                });
    }

    static String credit(int messages) {
        return Frames.text("credit", json -> json.writeNumberField("messages", messages));
    }

    static String leave() {
        return Frames.text("leave", json -> {});
    }

    static String settle(long id, List<Settling> settlings) {
        return Frames.text(
                "settle",
                json -> {
                    json.writeNumberField("id", id);
                    writePlain(json, "acknowledge", settlings, Outcome.Acknowledge.class);
                    writePlain(json, "return", settlings, Outcome.Return.class);
                    writeReleases(json, settlings);
                    writeRejects(json, settlings);
                    writeExtends(json, settlings);
                });
    }

    private static void writePlain(
            JsonGenerator json,
            String field,
            List<Settling> settlings,
            Class<? extends Outcome> outcome)
            throws IOException {
        boolean isBegun = false;
        for (Settling each : settlings) {
            if (outcome.isInstance(each.outcome())) {
                isBegun = begun(json, field, isBegun);
                json.writeString(each.message().delivery());
            }
        }
        end(json, isBegun);
    }

    private static void writeReleases(JsonGenerator json, List<Settling> settlings)
            throws IOException {
        boolean isBegun = false;
        for (Settling each : settlings) {
            if (each.outcome() instanceof Outcome.Release release) {
                isBegun = begun(json, "release", isBegun);
                json.writeStartObject();
                json.writeStringField("delivery", each.message().delivery());
                if (release.delay().isPresent()) {
                    json.writeStringField("delay", span(release.delay().get()));
                }
                json.writeStringField("reason", release.reason());
                json.writeEndObject();
            }
        }
        end(json, isBegun);
    }

    private static void writeRejects(JsonGenerator json, List<Settling> settlings)
            throws IOException {
        boolean isBegun = false;
        for (Settling each : settlings) {
            if (each.outcome() instanceof Outcome.Reject reject) {
                isBegun = begun(json, "reject", isBegun);
                json.writeStartObject();
                json.writeStringField("delivery", each.message().delivery());
                json.writeStringField("reason", reject.reason());
                json.writeEndObject();
            }
        }
        end(json, isBegun);
    }

    private static void writeExtends(JsonGenerator json, List<Settling> settlings)
            throws IOException {
        boolean isBegun = false;
        for (Settling each : settlings) {
            if (each.outcome() instanceof Outcome.Extend extend) {
                isBegun = begun(json, "extend", isBegun);
                json.writeStartObject();
                json.writeStringField("delivery", each.message().delivery());
                json.writeStringField("visibility", span(extend.visibility()));
                json.writeEndObject();
            }
        }
        end(json, isBegun);
    }

    private static boolean begun(JsonGenerator json, String field, boolean isBegun)
            throws IOException {
        if (!isBegun) {
            json.writeArrayFieldStart(field);
        }
        return true;
    }

    private static void end(JsonGenerator json, boolean isBegun) throws IOException {
        if (isBegun) {
            json.writeEndArray();
        }
    }

    private static String span(Duration time) {
        return Math.max(time.isZero() ? 0 : 1, time.toMillis()) + "ms";
    }

    /** The deliveries that a frame lists. */
    static List<String> deliveries(Json frame, String field) {
        return frame.list(field).stream().map(Json::value).map(String::valueOf).toList();
    }

    /**
     * @return none if the frame is of a kind that is not known
     * @throws JsonException if the frame is none of messages
     */
    static List<QueueMessage> messages(ByteBuffer frame, QueueMessage.Settler settler) {
        try {
            var messages = new ArrayList<QueueMessage>();
            if (frame.get() != DELIVER) {
                return messages;
            }
            while (frame.hasRemaining()) {
                messages.add(message(frame, settler));
            }
            return messages;
        } catch (BufferUnderflowException e) {
            throw new JsonException("a frame of messages that is cut off");
        }
    }

    private static QueueMessage message(ByteBuffer from, QueueMessage.Settler settler) {
        String delivery = text(from, from.get() & 0xFF);
        String topic = text(from, from.getShort() & 0xFFFF);
        var partition = new TopicPartition(topic, from.getInt());
        int deliveries = from.getInt();
        long firstAtMs = from.getLong();
        long offset = from.getLong();
        long timestampMs = from.getLong();
        byte[] key = field(from);
        byte[] value = field(from);
        int count = from.getInt();
        // A header has two lengths at least, so more of them than that cannot be there.
        if (count < 0 || count > from.remaining() / (2 * Integer.BYTES)) {
            throw new JsonException("not a number of headers: count=" + count);
        }
        var headers = new ArrayList<RecordHeader>(count);
        for (int i = 0; i < count; i++) {
            String name = text(from, from.getInt());
            headers.add(new RecordHeader(name, field(from)));
        }
        return new QueueMessage(
                delivery,
                new ConsumerRecord(partition, offset, timestampMs, key, value, headers),
                deliveries,
                firstAtMs,
                settler);
    }

    private static String text(ByteBuffer from, int length) {
        return new String(bytes(from, length), StandardCharsets.UTF_8);
    }

    private static byte @Nullable [] field(ByteBuffer from) {
        int length = from.getInt();
        return length == -1 ? null : bytes(from, length);
    }

    private static byte[] bytes(ByteBuffer from, int length) {
        if (length < 0 || length > from.remaining()) {
            throw new JsonException(
                    "a field longer than its frame: length=%d left=%d"
                            .formatted(length, from.remaining()));
        }
        byte[] bytes = new byte[length];
        from.get(bytes);
        return bytes;
    }
}
