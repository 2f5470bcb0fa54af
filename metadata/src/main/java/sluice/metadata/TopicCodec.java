package sluice.metadata;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;

/**
 * The body of an item in {@code topics}, whose key is {@code namespace/name}:
 *
 * <pre>
 *   f            1
 *   id           number
 *   state        ACTIVE, DELETING
 *   slots        base64 of two bytes a partition, unsigned, big-endian
 *   retentionMs  number, absent if for ever
 *   profile      LATENCY, THROUGHPUT
 *   recordMax    bytes
 *   createdAtMs  number
 * </pre>
 */
final class TopicCodec {

    private static final int SLOT_MAX = 0xffff;

    private TopicCodec() {}

    static String encode(TopicRecord topic) {
        var json =
                StoredJson.write()
                        .put("id", topic.id())
                        .put("state", topic.state().name())
                        .put("slots", encodeSlots(topic));
        topic.config()
                .retention()
                .ifPresent(retention -> json.put("retentionMs", retention.toMillis()));
        return json.put("profile", topic.config().profile().name())
                .put("recordMax", topic.config().recordBytesMax())
                .put("createdAtMs", topic.createdAtMs())
                .toString();
    }

    static TopicRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.TOPICS, key, body);
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw json.unreadable("not a topic's key: expected=namespace/name");
        }
        return new TopicRecord(
                key.substring(0, slash),
                key.substring(slash + 1),
                json.number("id"),
                json.word(TopicRecord.State.class, "state"),
                decodeSlots(json),
                new TopicConfig(
                        json.optional("retentionMs")
                                .map(value -> Duration.ofMillis(value.asNumber())),
                        json.word(TopicConfig.Profile.class, "profile"),
                        json.integer("recordMax")),
                json.number("createdAtMs"));
    }

    private static String encodeSlots(TopicRecord topic) {
        var bytes = ByteBuffer.allocate(topic.partitions() * Short.BYTES);
        for (int slot : topic.slots()) {
            if (slot < 0 || slot > SLOT_MAX) {
                throw new SluiceException(
                        Kind.INVALID,
                        "slot-number",
                        "a slot's number has two bytes: topic=%s/%s slot=%d slotMax=%d"
                                .formatted(topic.namespace(), topic.name(), slot, SLOT_MAX));
            }
            bytes.putShort((short) slot);
        }
        return Base64.getEncoder().withoutPadding().encodeToString(bytes.array());
    }

    private static List<Integer> decodeSlots(StoredJson json) {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(json.text("slots"));
        } catch (IllegalArgumentException e) {
            throw json.unreadable("not base64: field=slots");
        }
        if (bytes.length % Short.BYTES != 0) {
            throw json.unreadable("odd number of bytes: field=slots bytes=" + bytes.length);
        }
        var buffer = ByteBuffer.wrap(bytes);
        var slots = new ArrayList<Integer>(bytes.length / Short.BYTES);
        while (buffer.hasRemaining()) {
            slots.add(Short.toUnsignedInt(buffer.getShort()));
        }
        return slots;
    }
}
