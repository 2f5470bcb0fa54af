package sluice.metadata;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.IntStream;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * The slots' records. A slot without an item was never owned: epoch 0, no owner, no sources, no
 * checkpoint, at version 0. Errors as {@link Items}.
 */
public final class SlotStore {

    private final Items items;
    private final int slots;

    /**
     * @param slots number of slots of the cluster, see {@link ClusterStore}
     */
    public SlotStore(Items items, int slots) {
        this.items = items;
        this.slots = slots;
    }

    public Versioned<SlotRecord> get(int slot) {
        return decoded(slot, items.get(Table.SLOTS, key(slot)));
    }

    /**
     * All slots of the cluster, in order; each is consistent on its own, the list is no snapshot.
     */
    public List<Versioned<SlotRecord>> list() {
        var byKey = new HashMap<String, Item>();
        for (Item item : items.scan(Table.SLOTS, "")) {
            byKey.put(item.key(), item);
        }
        return IntStream.range(0, slots)
                .mapToObj(slot -> decoded(slot, Optional.ofNullable(byKey.get(key(slot)))))
                .toList();
    }

    public Written replace(SlotRecord slot, long expectedVersion) {
        return items.write(Table.SLOTS, key(slot.slot()), expectedVersion, SlotCodec.encode(slot));
    }

    private String key(int slot) {
        if (slot < 0 || slot >= slots) {
            throw new IllegalArgumentException("not a slot: slot=" + slot + " slots=" + slots);
        }
        return String.format(Locale.ROOT, "%05d", slot);
    }

    private static Versioned<SlotRecord> decoded(int slot, Optional<Item> item) {
        return item.map(found ->
                        new Versioned<>(
                                SlotCodec.decode(slot, found.key(), found.body()), found.version()))
                .orElseGet(() ->
                        new Versioned<>(
                                new SlotRecord(
                                        slot, 0, Optional.empty(), List.of(), Optional.empty()),
                                0));
    }
}
