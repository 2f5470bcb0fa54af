package sluice.metadata;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/** The wals' records, one item a wal. Errors as {@link Items}. */
public final class WalStore {

    private final Items items;

    public WalStore(Items items) {
        this.items = items;
    }

    /** Conflict if there is a record of this wal already. */
    public Written create(WalRecord wal) {
        return replace(wal, 0);
    }

    /** The record may be there already: made by an earlier try of which nothing was heard. */
    public Versioned<WalRecord> createOrGet(WalRecord wal) {
        return create(wal) instanceof Written.Applied(long version)
                ? new Versioned<>(wal, version)
                : get(wal.wal()).orElseThrow();
    }

    public Optional<Versioned<WalRecord>> get(UUID wal) {
        return items.get(Table.WALS, wal.toString()).map(WalStore::decoded);
    }

    /**
     * @throws SluiceException also INVALID with code {@code item-too-large}: fold objects into slot
     *     checkpoints, then try again
     */
    public Written replace(WalRecord wal, long expectedVersion) {
        return items.write(Table.WALS, wal.wal().toString(), expectedVersion, WalCodec.encode(wal));
    }

    /** All wals, by id; each is consistent on its own, the list is no snapshot. */
    public List<Versioned<WalRecord>> list() {
        return items.scan(Table.WALS, "").stream().map(WalStore::decoded).toList();
    }

    /** Only of a wal that was RELEASED long ago, see {@link Items}. */
    public Written delete(UUID wal, long expectedVersion) {
        return items.delete(Table.WALS, wal.toString(), expectedVersion);
    }

    private static Versioned<WalRecord> decoded(ItemStore.Item item) {
        UUID wal;
        try {
            wal = UUID.fromString(item.key());
        } catch (IllegalArgumentException e) {
            throw new SluiceException(
                    Kind.DATA,
                    "metadata-item-unreadable",
                    "an item of wals has a key that is no UUID: key=" + item.key(),
                    e);
        }
        return new Versioned<>(WalCodec.decode(wal, item.body()), item.version());
    }
}
