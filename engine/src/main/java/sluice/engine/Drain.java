package sluice.engine;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;

/**
 * Ends an open wal in order, so that the process may go and its disk may be thrown away:
 *
 * <pre>
 *   uploading ──▶ closing ──▶ last upload ──▶ SEALED ──▶ unneeded ──▶ left
 *   (still serving)   (no appends any more)               (no wal has this disk as a member)
 * </pre>
 *
 * <p>What is written before <em>closing</em> is uploaded first, so that the time without an owner
 * is short: it ends when the others, who are told, take the slots of the SEALED wal. Each step but
 * the last upload ends in some seconds; what members did not hold by then was never acknowledged.
 * Owned by the engine's lane.
 */
final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);

    private static final Duration TICK = Duration.ofMillis(20);
    private static final Duration NEEDED_TICK = Duration.ofMillis(200);
    private static final Duration UPLOADING_MAX = Duration.ofSeconds(3);
    private static final Duration COMMIT_MAX = Duration.ofSeconds(3);

    /** Who else has this disk as a member rolls and uploads within this, or goes on without. */
    private static final Duration NEEDED_MAX = Duration.ofSeconds(6);

    /** What the process does at the steps. */
    interface Steps {
        /** No appends from now on. */
        void closing();

        /** The wal is SEALED: others may take the slots. */
        void sealed();

        /** True once a recoverer took the wal, or it ended in another way. */
        boolean isLost();
    }

    private final Lane lane;
    private final Background background;
    private final WalStore walStore;
    private final Membership membership;
    private final OpenWal open;
    private final Steps steps;
    private final Runnable done;
    private long sinceNs;
    private long uploadTo = -1;

    /**
     * @param done called on the lane, once, when the process may end
     */
    Drain(
            Lane lane,
            Background background,
            WalStore walStore,
            Membership membership,
            OpenWal open,
            Steps steps,
            Runnable done) {
        this.lane = lane;
        this.background = background;
        this.walStore = walStore;
        this.membership = membership;
        this.open = open;
        this.steps = steps;
        this.done = done;
    }

    void start() {
        lane.assertOwner();
        membership.draining();
        open.slots().stop();
        open.folder().stop();
        open.handoffs().stop();
        sinceNs = lane.nowNs();
        uploading();
    }

    private boolean isOverdue(Duration max) {
        return lane.nowNs() - sinceNs >= max.toNanos();
    }

    private void uploading() {
        WalKeeper keeper = open.keeper();
        if (uploadTo < 0) {
            uploadTo = keeper.wal().hwm();
        }
        boolean isUploaded = open.registry().record().uploadedEnd() >= uploadTo;
        if (steps.isLost()) {
            done.run();
        } else if ((isUploaded && open.handoffs().isIdle()) || isOverdue(UPLOADING_MAX)) {
            steps.closing();
            sinceNs = lane.nowNs();
            committing();
        } else {
            if (!isUploaded && keeper.wal().segmentStart() < uploadTo) {
                keeper.rollSoon("this gateway stops");
            }
            lane.schedule(TICK, this::uploading);
        }
    }

    private void committing() {
        WalKeeper keeper = open.keeper();
        boolean isCommitted = keeper.wal().hwm() >= keeper.wal().next();
        if (steps.isLost()) {
            done.run();
        } else if (!isCommitted && !isOverdue(COMMIT_MAX)) {
            lane.schedule(TICK, this::committing);
        } else {
            keeper.close();
            sealing();
        }
    }

    private void sealing() {
        if (steps.isLost()) {
            done.run();
        } else if (!open.registry().record().chain().isEmpty()) {
            lane.schedule(TICK, this::sealing);
        } else {
            long end = open.registry().record().uploadedEnd();
            open.registry()
                    .change(
                            "seal",
                            record -> WalChanges.sealed(record, end, List.of()),
                            _ -> {
                                steps.sealed();
                                sinceNs = lane.nowNs();
                                unneeded();
                            });
        }
    }

    /** Others may have this disk's copy as their only one, if their own are lost now. */
    private void unneeded() {
        background.run(
                lane,
                walStore::list,
                outcome -> {
                    boolean isNeeded =
                            !(outcome
                                            instanceof
                                            Outcome.Success<List<Versioned<WalRecord>>>(var wals))
                                    || wals.stream().anyMatch(this::needsUs);
                    if (!isNeeded) {
                        membership.leave(done);
                    } else if (isOverdue(NEEDED_MAX)) {
                        LOG.atWarn()
                                .log(
                                        "leaving while other gateways' wals still count on this disk; keep it until they are uploaded");
                        membership.stop();
                        done.run();
                    } else {
                        lane.schedule(NEEDED_TICK, this::unneeded);
                    }
                });
    }

    private boolean needsUs(Versioned<WalRecord> wal) {
        UUID self = membership.self();
        return wal.value().chain().stream().anyMatch(segment -> segment.members().contains(self));
    }
}
