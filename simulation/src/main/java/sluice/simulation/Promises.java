package sluice.simulation;

import java.util.UUID;
import sluice.log.wal.SegmentId;
import sluice.metadata.ItemStore;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.Items;
import sluice.metadata.SlotStore;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;

/** What is checked whenever a process changes something outside itself. */
final class Promises implements SimulatedMetadata.Watch, ProcessDisk.Watch {

    private static final int ITEM_CHARS_MAX = 200 << 10;

    private final SimulatedCluster cluster;
    private final WalStore walStore;
    private final SlotStore slotStore;
    private final WalWatch wals;
    private final SlotWatch slots;

    Promises(SimulatedCluster cluster) {
        this.cluster = cluster;
        var items = new Items(cluster.itemStore, cluster.time.random(), wait -> {});
        walStore = new WalStore(items);
        slotStore = new SlotStore(items, cluster.cluster.slots());
        wals = new WalWatch(cluster);
        slots = new SlotWatch(cluster, wals);
        cluster.coverage.declare("disk: copy trimmed");
    }

    void watch() {
        cluster.metadata.watch(this);
        cluster.watchDisks(this);
    }

    WalWatch wals() {
        return wals;
    }

    SlotWatch slots() {
        return slots;
    }

    @Override
    public void applied(SimulatedGateway by, Table table, String key, int bodyChars) {
        if (bodyChars > Math.min(ITEM_CHARS_MAX, ItemStore.BODY_BYTES_MAX)) {
            cluster.broken("I15: an item grows: table=%s key=%s".formatted(table, key));
        }
        switch (table) {
            case WALS -> {
                WalRecord now = walStore.get(UUID.fromString(key)).orElseThrow().value();
                wals.changed(now);
                if (now.state() == WalRecord.State.RELEASED) {
                    checkReleased(now);
                }
            }
            case SLOTS -> slots.changed(by, slotStore.get(Integer.parseInt(key)).value());
            case HEARTBEATS, TOPICS, GROUPS, OFFSETS, CLUSTER -> {}
        }
    }

    private void checkReleased(WalRecord now) {
        for (var slot : slots.all()) {
            boolean isNeeded =
                    slot.sources().stream()
                            .anyMatch(source ->
                                    source.wal().equals(now.wal())
                                            && source.fromEntry() < now.uploadedEnd());
            if (isNeeded) {
                cluster.broken("I10: a wal was released that a slot needs: " + slot + " " + now);
            }
        }
    }

    @Override
    public void deletes(UUID disk, SegmentId segment) {
        cluster.coverage.count("disk: copy trimmed");
        if (!wals.isCovered(segment)) {
            cluster.broken(
                    "I12: a copy was dropped that no committed metadata covers: disk=%s segment=%s wal=%s"
                            .formatted(disk, segment, wals.last(segment.wal())));
        }
    }

    @Override
    public void used(UUID disk, long bytes) {
        if (bytes > cluster.limits.member().diskBytesMax()) {
            cluster.broken("I14: over the disk's budget: disk=%s bytes=%d".formatted(disk, bytes));
        }
    }
}
