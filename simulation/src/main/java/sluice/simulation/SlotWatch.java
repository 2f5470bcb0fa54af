package sluice.simulation;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.metadata.SlotRecord;
import sluice.metadata.WalRecord;

/** Judges every change of a slot's record at the moment it is made (I6). */
final class SlotWatch {

    private final SimulatedCluster cluster;
    private final Coverage coverage;
    private final WalWatch wals;
    private final Map<Integer, SlotRecord> last = new HashMap<>();
    private final Map<Integer, UUID> lastOwner = new HashMap<>();
    private final Map<Integer, Long> failedOverNs = new HashMap<>();

    SlotWatch(SimulatedCluster cluster, WalWatch wals) {
        this.cluster = cluster;
        this.coverage = cluster.coverage;
        this.wals = wals;
        coverage.declare(
                "slot: first owner",
                "slot: taken from a sealed wal",
                "slot: released by its owner",
                "slot: handed over from a living wal",
                "slot: taken back by the wal that released it",
                "slot: checkpoint written");
    }

    /** When the slot last went to another wal, or long ago. */
    long failedOverNs(int slot) {
        return failedOverNs.getOrDefault(slot, Long.MIN_VALUE / 2);
    }

    void changed(SimulatedGateway by, SlotRecord now) {
        if (cluster.journal.isVerbose()) {
            cluster.note(by.name(), now.toString());
        }
        SlotRecord before = last.put(now.slot(), now);
        checkMove(by, before, now);
        checkSources(now);
        now.checkpoint()
                .filter(each -> before == null || !before.checkpoint().equals(now.checkpoint()))
                .ifPresent(each -> {
                    coverage.count("slot: checkpoint written");
                    if (cluster.objectLength(each.key()) != each.lengthBytes()) {
                        cluster.broken("I10: a checkpoint that is not there: " + now);
                    }
                });
    }

    private void checkMove(SimulatedGateway by, @Nullable SlotRecord before, SlotRecord now) {
        long epochBefore = before == null ? 0 : before.epoch();
        Optional<UUID> ownerBefore =
                before == null ? Optional.empty() : before.owner().map(SlotRecord.Owner::wal);
        Optional<UUID> owner = now.owner().map(SlotRecord.Owner::wal);
        long epochs = now.epoch() - epochBefore;
        if (ownerBefore.equals(owner)) {
            if (epochs != 0) {
                cluster.broken("I6: a slot's epoch moved alone: " + before + " now=" + now);
            }
            return;
        }
        if (owner.isEmpty()) {
            coverage.count("slot: released by its owner");
            if (epochs != 0 || !by.isUp() || !ownerBefore.equals(Optional.of(by.wal()))) {
                cluster.broken("I6: a slot released by another: " + before + " by=" + by);
            }
            return;
        }
        if (epochs != 1) {
            cluster.broken("I6: a slot changed hands without an epoch: " + before + " " + now);
        }
        if (ownerBefore.isPresent() && !wals.isEnded(ownerBefore.get())) {
            cluster.broken("I6: a slot stolen from a wal that lives: " + before + " " + now);
        }
        count(now, ownerBefore, owner.get());
    }

    private void count(SlotRecord now, Optional<UUID> ownerBefore, UUID owner) {
        UUID previous = lastOwner.put(now.slot(), owner);
        if (previous == null) {
            coverage.count("slot: first owner");
            return;
        }
        failedOverNs.put(now.slot(), cluster.time.nowNs());
        if (ownerBefore.isPresent()) {
            coverage.count("slot: taken from a sealed wal");
        } else if (previous.equals(owner)) {
            coverage.count("slot: taken back by the wal that released it");
        } else if (wals.last(previous)
                .filter(wal -> wal.state() == WalRecord.State.OPEN)
                .isPresent()) {
            coverage.count("slot: handed over from a living wal");
        }
    }

    private void checkSources(SlotRecord now) {
        boolean isOwnersLast =
                now.owner().isEmpty()
                        || (!now.sources().isEmpty()
                                && now.sources().getLast().wal().equals(now.owner().get().wal()));
        if (!isOwnersLast) {
            cluster.broken("I6: an owner whose wal is not the slot's last source: " + now);
        }
        for (SlotRecord.Source source : now.sources()) {
            if (wals.last(source.wal())
                    .filter(wal -> wal.state() == WalRecord.State.RELEASED)
                    .filter(wal -> wal.uploadedEnd() > source.fromEntry())
                    .isPresent()) {
                cluster.broken("I10: a slot depends on a wal that was released: " + now);
            }
        }
    }

    Iterable<SlotRecord> all() {
        return last.values();
    }
}
