package sluice.model;

import static sluice.model.SlotState.CHECKPOINT;
import static sluice.model.SlotState.HWM;
import static sluice.model.SlotState.LOCAL;
import static sluice.model.SlotState.NEXT;
import static sluice.model.SlotState.OWNER;
import static sluice.model.SlotState.RECORD;
import static sluice.model.SlotState.UPLOADED;

import java.util.Optional;

/** One slot that changes hands between gateways whose wals may be recovered at any time. */
final class SlotModel implements Model {

    private static final String[] RECORDS = {"OPEN", "FENCING", "SEALED", "RELEASED"};
    private static final String[] LOCALS = {
        "not its", "not loaded", "served", "closing", "releasing"
    };

    private final SlotConfig config;
    private final SlotWalSteps wals;
    private final SlotSteps slots;

    SlotModel(SlotConfig config) {
        this.config = config;
        wals = new SlotWalSteps(config);
        slots = new SlotSteps(config);
    }

    @Override
    public byte[] initial() {
        var first = new SlotState(new byte[SlotState.FIELDS]);
        first.set(SlotState.STRICT, config.holds(SlotRule.KNOWN_EXTENTS_PASS) ? 0 : 1);
        return first.v;
    }

    @Override
    public void next(byte[] state, Steps steps) {
        var now = new SlotState(state);
        wals.next(now, steps);
        slots.next(now, steps);
    }

    @Override
    public Optional<String> broken(byte[] state) {
        return SlotLog.broken(new SlotState(state));
    }

    @Override
    public boolean isDone(byte[] state) {
        var now = new SlotState(state);
        int owner = now.get(OWNER) - 1;
        return owner >= 0
                && now.of(owner, RECORD) == SlotState.OPEN
                && now.of(owner, LOCAL) == SlotState.SERVING;
    }

    /** Every gateway's wal is taken away. */
    @Override
    public boolean isHopeless(byte[] state) {
        var now = new SlotState(state);
        for (int g = 0; g < config.gateways(); g++) {
            if (now.of(g, RECORD) == SlotState.OPEN) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String describe(byte[] state) {
        var now = new SlotState(state);
        var text = new StringBuilder("owner ");
        text.append(now.get(OWNER) == 0 ? "none" : "" + (now.get(OWNER) - 1));
        text.append(", checkpoint below ").append(now.get(CHECKPOINT)).append(", sources");
        for (int n = 0; n < SlotState.SOURCES_MAX && now.source(n) >= 0; n++) {
            text.append(" (%d from %d)".formatted(now.source(n), now.sourceFrom(n)));
        }
        for (int g = 0; g < config.gateways(); g++) {
            text.append(
                    "; gateway %d: wal %s, appended below %d, acknowledged below %d, in objects below %d, slot %s"
                            .formatted(
                                    g,
                                    RECORDS[now.of(g, RECORD)],
                                    now.of(g, NEXT),
                                    now.of(g, HWM),
                                    now.of(g, UPLOADED),
                                    LOCALS[now.of(g, LOCAL)]));
        }
        return text.toString();
    }
}
