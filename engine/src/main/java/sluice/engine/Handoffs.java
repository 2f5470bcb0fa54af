package sluice.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Lane;

/**
 * Hands slots of the open wal over to the gateways that should own them, a batch at a time
 * (docs/decisions/hand-off-through-objects.md):
 *
 * <pre>
 *   uploading ──what was written before is in objects──▶ closing ──▶ releasing (each slot on its own) ──▶ done
 *       └──takes too long──▶ done                           └──takes too long──▶ serving again, done
 * </pre>
 *
 * <p>While <em>uploading</em>, the slots are served as ever; it only makes what follows short.
 * While <em>closing</em>, their appends wait until the slots' last entries are below the high
 * watermark and in objects. Then {@link SlotRelease} ends it for each slot. Owned by the engine's
 * lane.
 */
final class Handoffs {

    private static final Logger LOG = LoggerFactory.getLogger(Handoffs.class);

    private static final Duration TICK = Duration.ofMillis(5);
    private static final int BATCH_MAX = 64;
    private static final Duration UPLOADING_MAX = Duration.ofSeconds(10);
    private static final Duration CLOSING_MAX = Duration.ofSeconds(3);

    /** Appends wait so long for a slot that moves; then they are refused, to be tried again. */
    private static final Duration HELD_MAX = Duration.ofSeconds(8);

    private final Lane lane;
    private final OwnedSlots owned;
    private final WalKeeper keeper;
    private final WalRegistry registry;
    private final OwnerAppends appends;
    private final Folder folder;
    private final SlotRelease release;
    private final EngineMetrics metrics;
    private final Runnable released;

    private enum Stage {
        IDLE,
        UPLOADING,
        CLOSING,
        RELEASING
    }

    private final List<OwnedSlot> batch = new ArrayList<>();
    private Stage stage = Stage.IDLE;
    private long stageSinceNs;
    private long closedSinceNs;
    private long uploadTo;
    private int releasing;
    private int moved;
    private boolean isStopped;

    /**
     * @param released called when slots of a batch are without owner, for others to be told
     */
    Handoffs(
            Lane lane,
            OwnedSlots owned,
            WalKeeper keeper,
            WalRegistry registry,
            OwnerAppends appends,
            Folder folder,
            SlotRelease release,
            EngineMetrics metrics,
            Runnable released) {
        this.lane = lane;
        this.owned = owned;
        this.keeper = keeper;
        this.registry = registry;
        this.appends = appends;
        this.folder = folder;
        this.release = release;
        this.metrics = metrics;
        this.released = released;
    }

    /** True if no slot is on its way. */
    boolean isIdle() {
        return stage == Stage.IDLE;
    }

    /** Begins no more; what can still be served goes on being served here. */
    void stop() {
        isStopped = true;
        if (stage == Stage.UPLOADING || stage == Stage.CLOSING) {
            abandon("this gateway stops");
        }
    }

    /** Begins to hand over what should be elsewhere; called after the metadata was just read. */
    void consider(UUID self, SlotTargets targets) {
        lane.assertOwner();
        if (isStopped || stage != Stage.IDLE || keeper.wal().isStopped()) {
            return;
        }
        for (OwnedSlot slot : owned.all()) {
            Optional<UUID> target = targets.assigned(slot.slot);
            boolean moves = target.isPresent() && !target.get().equals(self);
            if (moves && !slot.isLoading && batch.size() < BATCH_MAX) {
                batch.add(slot);
            }
        }
        if (!batch.isEmpty()) {
            enter(Stage.UPLOADING);
            uploadTo = -1;
            tick();
        }
    }

    private void enter(Stage next) {
        stage = next;
        stageSinceNs = lane.nowNs();
    }

    private boolean isOverdue(Duration max) {
        return lane.nowNs() - stageSinceNs >= max.toNanos();
    }

    private void tick() {
        switch (stage) {
            case IDLE -> {
                return;
            }
            case UPLOADING -> uploading();
            case CLOSING -> closing();
            case RELEASING -> refuseWhoWaitsTooLong();
        }
        if (stage != Stage.IDLE) {
            lane.schedule(TICK, this::tick);
        }
    }

    private void uploading() {
        if (uploadTo < 0) {
            uploadTo = Math.min(lastEntry() + 1, keeper.wal().hwm());
        }
        if (isUploaded(uploadTo)) {
            batch.forEach(slot -> slot.isClosing = true);
            closedSinceNs = lane.nowNs();
            enter(Stage.CLOSING);
            closing();
        } else if (isOverdue(UPLOADING_MAX)) {
            abandon("uploads are behind");
        }
    }

    private void closing() {
        long end = lastEntry() + 1;
        if (keeper.wal().hwm() >= end && isUploaded(end)) {
            enter(Stage.RELEASING);
            releasing = batch.size();
            List.copyOf(batch)
                    .forEach(slot -> release.release(slot, outcome -> ended(slot, outcome)));
        } else if (isOverdue(CLOSING_MAX)) {
            abandon("not committed and uploaded in time");
        }
    }

    /** Entries of the wal beyond what is in objects need a roll to get there. */
    private boolean isUploaded(long end) {
        if (registry.record().uploadedEnd() >= end) {
            return true;
        }
        if (keeper.wal().hwm() >= end && keeper.wal().segmentStart() < end) {
            keeper.rollSoon("slots are handed over");
        }
        return false;
    }

    /** The last entry of the wal that belongs to a slot of the batch; −1 if there is none. */
    private long lastEntry() {
        return batch.stream().mapToLong(slot -> slot.lastEntry).max().orElse(-1);
    }

    private void abandon(String why) {
        LOG.atWarn()
                .addKeyValue("slots", batch.size())
                .addKeyValue("why", why)
                .log("not handed over now");
        metrics.handoffAbandoned();
        batch.forEach(appends::reopen);
        batch.clear();
        enter(Stage.IDLE);
    }

    private void ended(OwnedSlot slot, SlotRelease.Ended outcome) {
        switch (outcome) {
            case RELEASED -> {
                moved++;
                metrics.slotHandedOver(lane.nowNs() - closedSinceNs);
                appends.released(slot);
                owned.remove(slot);
                folder.left(slot);
            }
            case KEPT -> appends.reopen(slot);
        }
        batch.remove(slot);
        if (--releasing == 0) {
            LOG.atInfo().addKeyValue("slots", moved).log("slots handed over");
            moved = 0;
            enter(Stage.IDLE);
            released.run();
        }
    }

    private void refuseWhoWaitsTooLong() {
        if (lane.nowNs() - closedSinceNs >= HELD_MAX.toNanos()) {
            batch.forEach(appends::refuseHeld);
        }
    }
}
