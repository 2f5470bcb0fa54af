package sluice.metadata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import sluice.metadata.WalRecord.Loss;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;
import sluice.metadata.WalRecord.State;
import sluice.metadata.WalRecord.WalObject;

/**
 * The body of an item in {@code wals}, whose key is the wal's id:
 *
 * <pre>
 *   f            1
 *   node         UUID of the owner's disk
 *   state        OPEN, FENCING, SEALED, RELEASED
 *   epoch        number
 *   chain        [[index, OPEN|PREPARED|SEALED, start, end, [member UUID, ...]], ...]
 *   uploadedEnd  entry
 *   foldedEnd    entry
 *   recoverer    UUID, absent if none
 *   loss         what a forced seal gave up, absent if it was none: {by, reason, atMs, end,
 *                committedEnd, silent: [UUID, ...]}
 *   objects      [[key, segment, fromEntry, entries, lengthBytes, footerBytes, footerCrc,
 *                  appendedFromMs], ...]
 *   packed       instead of objects where they are long: the array as {@link PackedText}
 * </pre>
 *
 * <p>So that 5,000 objects fit an item, and because each kilobyte written is paid for, each
 * object's segment, fromEntry and appendedFromMs are stored as the difference to the object before
 * it (fromEntry to its toEntry; the first one's to 0), footerCrc as an unsigned number, and in a
 * key that contains no {@code ~} the wal's id is written as {@code ~} (with hyphens) or {@code ~~}
 * (32 digits). A key that does contain {@code ~} is stored behind a {@code =} as it is.
 */
final class WalCodec {

    /** Shorter ones stay readable for people who look at the table. */
    private static final int PACKED_FROM_CHARS = 2_048;

    private WalCodec() {}

    static String encode(WalRecord wal) {
        var json =
                StoredJson.write()
                        .put("node", wal.node().toString())
                        .put("state", wal.state().name())
                        .put("epoch", wal.epoch());
        ArrayNode chain = json.putArray("chain");
        for (Segment segment : wal.chain()) {
            ArrayNode members =
                    chain.addArray()
                            .add(segment.index())
                            .add(segment.state().name())
                            .add(segment.start())
                            .add(segment.end())
                            .addArray();
            segment.members().forEach(member -> members.add(member.toString()));
        }
        json.put("uploadedEnd", wal.uploadedEnd()).put("foldedEnd", wal.foldedEnd());
        wal.recoverer().ifPresent(recoverer -> json.put("recoverer", recoverer.toString()));
        wal.loss()
                .ifPresent(loss -> {
                    ObjectNode given = json.putObject("loss");
                    given.put("by", loss.by().toString())
                            .put("reason", loss.reason())
                            .put("atMs", loss.atMs())
                            .put("end", loss.end())
                            .put("committedEnd", loss.committedEnd());
                    ArrayNode silent = given.putArray("silent");
                    loss.silent().forEach(member -> silent.add(member.toString()));
                });
        ArrayNode objects = json.arrayNode();
        encodeObjects(wal, objects);
        String text = objects.toString();
        if (text.length() < PACKED_FROM_CHARS) {
            json.set("objects", objects);
        } else {
            json.put("packed", PackedText.pack(text));
        }
        return json.toString();
    }

    static WalRecord decode(UUID wal, String body) {
        var json = StoredJson.read(ItemStore.Table.WALS, wal.toString(), body);
        return new WalRecord(
                wal,
                json.uuid("node"),
                json.word(State.class, "state"),
                json.number("epoch"),
                json.list("chain", WalCodec::segment),
                json.number("uploadedEnd"),
                decodeObjects(
                        wal,
                        json.optional("packed")
                                .map(StoredJson::unpacked)
                                .orElseGet(() -> json.object("objects"))),
                json.number("foldedEnd"),
                json.optional("recoverer").map(value -> value.uuidOf(value.asText())),
                json.optional("loss").map(WalCodec::loss));
    }

    private static Loss loss(StoredJson json) {
        return new Loss(
                json.uuid("by"),
                json.text("reason"),
                json.number("atMs"),
                json.number("end"),
                json.number("committedEnd"),
                json.list("silent", member -> member.uuidOf(member.asText())));
    }

    private static Segment segment(StoredJson row) {
        return new Segment(
                row.integer(0),
                row.word(SegmentState.class, 1),
                row.at(4).elements(member -> member.uuidOf(member.asText())),
                row.number(2),
                row.number(3));
    }

    private static void encodeObjects(WalRecord wal, ArrayNode rows) {
        int segment = 0;
        long entry = 0;
        long appendedMs = 0;
        for (WalObject object : wal.objects()) {
            rows.addArray()
                    .add(shortened(wal.wal(), object.key()))
                    .add(object.segment() - segment)
                    .add(object.fromEntry() - entry)
                    .add(object.toEntry() - object.fromEntry())
                    .add(object.lengthBytes())
                    .add(object.lengthBytes() - object.footerAt())
                    .add(Integer.toUnsignedLong(object.footerCrc()))
                    .add(object.appendedFromMs() - appendedMs);
            segment = object.segment();
            entry = object.toEntry();
            appendedMs = object.appendedFromMs();
        }
    }

    private static List<WalObject> decodeObjects(UUID wal, StoredJson rows) {
        var objects = new ArrayList<WalObject>();
        int segment = 0;
        long entry = 0;
        long appendedMs = 0;
        for (StoredJson row : rows.elements(row -> row)) {
            segment += row.integer(1);
            long fromEntry = entry + row.number(2);
            entry = fromEntry + row.number(3);
            appendedMs += row.number(7);
            long lengthBytes = row.number(4);
            objects.add(
                    new WalObject(
                            lengthened(wal, row.text(0)),
                            segment,
                            fromEntry,
                            entry,
                            lengthBytes,
                            lengthBytes - row.number(5),
                            (int) row.number(6),
                            appendedMs));
        }
        return objects;
    }

    private static String shortened(UUID wal, String key) {
        if (key.contains("~") || key.startsWith("=")) {
            return "=" + key;
        }
        String id = wal.toString();
        return key.replace(id, "~").replace(id.replace("-", ""), "~~");
    }

    private static String lengthened(UUID wal, String stored) {
        if (stored.startsWith("=")) {
            return stored.substring(1);
        }
        String id = wal.toString();
        return stored.replace("~~", id.replace("-", "")).replace("~", id);
    }
}
