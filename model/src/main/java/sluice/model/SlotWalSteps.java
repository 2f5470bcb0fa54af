package sluice.model;

import static sluice.model.SlotState.FENCED;
import static sluice.model.SlotState.FENCING;
import static sluice.model.SlotState.FOLDED;
import static sluice.model.SlotState.HWM;
import static sluice.model.SlotState.NEXT;
import static sluice.model.SlotState.OPEN;
import static sluice.model.SlotState.RECORD;
import static sluice.model.SlotState.RELEASED;
import static sluice.model.SlotState.SEALED;
import static sluice.model.SlotState.UNNEEDED;
import static sluice.model.SlotState.UPLOADED;

/**
 * A wal as a slot sees it. What is one step here are many in {@link WalModel}, which shows that
 * they may be taken for one: a fence fixes an end at or above all that is acknowledged, nothing
 * above it is acknowledged after, and the seal has that end with all of it in objects.
 */
final class SlotWalSteps {

    private final SlotConfig config;

    SlotWalSteps(SlotConfig config) {
        this.config = config;
    }

    void next(SlotState now, Steps steps) {
        for (int wal = 0; wal < config.gateways(); wal++) {
            commit(now, wal, steps);
            upload(now, wal, steps);
            if (wal < config.mortal()) {
                recover(now, wal, steps);
            }
            if (config.has(SlotConfig.Option.FOLDS)) {
                letGo(now, wal, steps);
            }
        }
    }

    /** {@code WalMachine.commit}: acknowledged, and visible. */
    private static void commit(SlotState now, int wal, Steps steps) {
        int entry = now.of(wal, HWM);
        boolean isHeld = now.of(wal, FENCED) == 0 || entry < now.of(wal, FENCED) - 1;
        if (entry < now.of(wal, NEXT) && isHeld) {
            SlotState after = now.copy();
            after.of(wal, HWM, entry + 1);
            SlotLog.see(after, now.offsetOf(wal, entry), SlotState.value(wal, entry));
            steps.step(after.v, "gateway %d acknowledges offset %d", wal, now.offsetOf(wal, entry));
        }
    }

    /** {@code WalMachine.roll}, {@code Uploads}, {@code WalChanges.uploaded}. */
    private static void upload(SlotState now, int wal, Steps steps) {
        if (now.of(wal, RECORD) == OPEN && now.of(wal, UPLOADED) < now.of(wal, HWM)) {
            SlotState after = now.copy();
            after.of(wal, UPLOADED, now.of(wal, HWM));
            SlotLog.observe(after);
            steps.step(
                    after.v, "gateway %d rolls and uploads below entry %d", wal, now.of(wal, HWM));
        }
    }

    /** {@code Recovery}: claim, fence, upload and seal. */
    private static void recover(SlotState now, int wal, Steps steps) {
        if (now.of(wal, RECORD) == OPEN) {
            SlotState after = now.copy();
            after.of(wal, RECORD, FENCING);
            steps.step(after.v, "the wal of gateway %d is claimed", wal);
        } else if (now.of(wal, RECORD) == FENCING && now.of(wal, FENCED) == 0) {
            int least = Math.max(now.of(wal, HWM), now.of(wal, UPLOADED));
            for (int end = least; end <= now.of(wal, NEXT); end++) {
                SlotState after = now.copy();
                after.of(wal, FENCED, end + 1);
                steps.step(after.v, "the wal of gateway %d is fenced at entry %d", wal, end);
            }
        } else if (now.of(wal, RECORD) == FENCING) {
            SlotState after = now.copy();
            after.of(wal, RECORD, SEALED);
            after.of(wal, UPLOADED, now.of(wal, FENCED) - 1);
            SlotLog.observe(after);
            steps.step(after.v, "the wal of gateway %d is uploaded and sealed", wal);
        }
    }

    /** {@code Recoveries.release}: the slots are read after the wal was seen SEALED. */
    private void letGo(SlotState now, int wal, Steps steps) {
        if (now.of(wal, RECORD) != SEALED) {
            return;
        }
        if (now.of(wal, UNNEEDED) == 1) {
            SlotState after = now.copy();
            after.of(wal, RECORD, RELEASED);
            after.of(wal, UNNEEDED, 0);
            after.of(wal, FOLDED, now.of(wal, UPLOADED));
            SlotLog.observe(after);
            steps.step(after.v, "the wal of gateway %d is let go", wal);
        } else if (!now.names(wal) || !config.holds(SlotRule.RELEASED_IF_UNNEEDED)) {
            SlotState after = now.copy();
            after.of(wal, UNNEEDED, 1);
            steps.step(after.v, "somebody sees that no slot needs the wal of gateway %d", wal);
        }
    }
}
