package sluice.engine;

import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import sluice.log.SluiceException;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotStore;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;
import sluice.uploader.SlotContents;
import sluice.uploader.SlotIndexLoader;

/**
 * Reads what metadata and objects say of a slot, consistently: the slot's record, the records of
 * its sources, and the slot's record again. Blocks; safe from any thread.
 */
final class SlotStateLoader {

    private static final int RACES_MAX = 20;

    private final SlotStore slots;
    private final WalStore wals;
    private final SlotIndexLoader loader;

    SlotStateLoader(SlotStore slots, WalStore wals, SlotIndexLoader loader) {
        this.slots = slots;
        this.wals = wals;
        this.loader = loader;
    }

    /**
     * @throws SluiceException UNAVAILABLE if the stores are out of reach or keep changing; DATA if
     *     objects are missing or damaged
     */
    SlotContents load(int slot) {
        for (int race = 0; race < RACES_MAX; race++) {
            Versioned<SlotRecord> before = slots.get(slot);
            Map<UUID, WalRecord> sources = new HashMap<>();
            for (SlotRecord.Source source : before.value().sources()) {
                wals.get(source.wal()).ifPresent(found -> sources.put(source.wal(), found.value()));
            }
            if (slots.get(slot).version() != before.version()) {
                continue;
            }
            try {
                return loader.load(before.value(), sources);
            } catch (SluiceException e) {
                if (e.kind() != SluiceException.Kind.CONFLICT) {
                    throw e;
                }
            }
        }
        throw new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "metadata-contended",
                "a slot's records keep changing while they are read: slot="
                        + slot
                        + "; retry after a pause");
    }
}
