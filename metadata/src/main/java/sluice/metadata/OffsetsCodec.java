package sluice.metadata;

import java.util.Locale;
import java.util.UUID;
import sluice.metadata.OffsetsRecord.Place;

/**
 * The body of an item in {@code offsets}, whose key is {@code <group UUID>/<topic id, 16 hex
 * digits>:<chunk>}:
 *
 * <pre>
 *   f        1
 *   topic    name, for people
 *   offsets  [offset of the next record or −1, ...], from partition chunk × 1024 on
 * </pre>
 */
final class OffsetsCodec {

    private OffsetsCodec() {}

    static String prefix(UUID group) {
        return group + "/";
    }

    static String key(UUID group, Place place) {
        return String.format(
                Locale.ROOT, "%s%016x:%d", prefix(group), place.topicId(), place.chunk());
    }

    static String encode(OffsetsRecord record) {
        var json = StoredJson.write().put("topic", record.topic());
        var offsets = json.putArray("offsets");
        record.offsets().forEach(offset -> offsets.add(offset.longValue()));
        return json.toString();
    }

    static OffsetsRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.OFFSETS, key, body);
        return new OffsetsRecord(json.text("topic"), json.list("offsets", StoredJson::asNumber));
    }

    static Place place(String key) {
        try {
            int slash = key.indexOf('/');
            int colon = key.indexOf(':', slash);
            return new Place(
                    Long.parseUnsignedLong(key.substring(slash + 1, colon), 16),
                    Integer.parseInt(key.substring(colon + 1)));
        } catch (NumberFormatException | StringIndexOutOfBoundsException e) {
            throw new StoredJson(key, com.fasterxml.jackson.databind.node.NullNode.getInstance())
                    .unreadable("not the key of offsets");
        }
    }
}
