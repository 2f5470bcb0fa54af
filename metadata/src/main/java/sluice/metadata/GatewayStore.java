package sluice.metadata;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * The gateways' heartbeats, one item a disk. Errors as {@link Items}; a beat that failed is simply
 * followed by the next.
 */
public final class GatewayStore {

    private final Items items;

    public GatewayStore(Items items) {
        this.items = items;
    }

    /**
     * One beat.
     *
     * @param expectedVersion what this process's last beat returned; 0 for the first beat of a disk
     *     that has no item
     * @return Conflict if another process wrote under this disk's id: either the process before
     *     this one (read, then replace), or one that runs on a copy of the disk
     */
    public Written put(GatewayRecord gateway, long expectedVersion) {
        return items.write(
                Table.HEARTBEATS,
                gateway.node().toString(),
                expectedVersion,
                GatewayCodec.encode(gateway));
    }

    public Optional<Versioned<GatewayRecord>> get(UUID node) {
        return items.get(Table.HEARTBEATS, node.toString()).map(GatewayStore::decoded);
    }

    /** All gateways, dead ones too, by node. */
    public List<Versioned<GatewayRecord>> list() {
        return items.scan(Table.HEARTBEATS, "").stream().map(GatewayStore::decoded).toList();
    }

    /** Conflict if the gateway has beaten since, or was removed. */
    public Written remove(UUID node, long expectedVersion) {
        return items.delete(Table.HEARTBEATS, node.toString(), expectedVersion);
    }

    private static Versioned<GatewayRecord> decoded(ItemStore.Item item) {
        return new Versioned<>(GatewayCodec.decode(item.key(), item.body()), item.version());
    }
}
