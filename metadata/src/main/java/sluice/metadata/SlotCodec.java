package sluice.metadata;

import com.fasterxml.jackson.databind.node.ArrayNode;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.metadata.SlotRecord.Owner;
import sluice.metadata.SlotRecord.Source;

/**
 * The body of an item in {@code slots}, whose key is the slot's number in five digits:
 *
 * <pre>
 *   f           1
 *   epoch       number
 *   owner       [wal UUID, node UUID], absent if nobody owns the slot
 *   sources     [[wal UUID, fromEntry], ...]
 *   checkpoint  [object key, lengthBytes, CRC-32C unsigned], absent if none
 * </pre>
 */
final class SlotCodec {

    private SlotCodec() {}

    static String encode(SlotRecord slot) {
        var json = StoredJson.write().put("epoch", slot.epoch());
        slot.owner()
                .ifPresent(owner ->
                        json.putArray("owner")
                                .add(owner.wal().toString())
                                .add(owner.node().toString()));
        ArrayNode sources = json.putArray("sources");
        for (Source source : slot.sources()) {
            sources.addArray().add(source.wal().toString()).add(source.fromEntry());
        }
        slot.checkpoint()
                .ifPresent(checkpoint ->
                        json.putArray("checkpoint")
                                .add(checkpoint.key())
                                .add(checkpoint.lengthBytes())
                                .add(Integer.toUnsignedLong(checkpoint.crc())));
        return json.toString();
    }

    static SlotRecord decode(int slot, String key, String body) {
        var json = StoredJson.read(ItemStore.Table.SLOTS, key, body);
        return new SlotRecord(
                slot,
                json.number("epoch"),
                json.optional("owner").map(owner -> new Owner(owner.uuid(0), owner.uuid(1))),
                json.list("sources", source -> new Source(source.uuid(0), source.number(1))),
                json.optional("checkpoint")
                        .map(at -> new Checkpoint(at.text(0), at.number(1), (int) at.number(2))));
    }
}
