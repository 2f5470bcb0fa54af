package sluice.model;

import static sluice.model.WalState.HWM;
import static sluice.model.WalState.NEXT;
import static sluice.model.WalState.RECORD;
import static sluice.model.WalState.RECORD_SEALED;
import static sluice.model.WalState.SEALED_END;
import static sluice.model.WalState.UPLOADED_END;

import java.util.Optional;

/** One wal: its owner, its members, its record, and whoever recovers it. */
final class WalModel implements Model {

    private final WalConfig config;
    private final OwnerSteps owner;
    private final MemberSteps members;
    private final RecoverySteps recoverers;

    WalModel(WalConfig config) {
        this.config = config;
        owner = new OwnerSteps(config);
        members = new MemberSteps(config);
        recoverers = new RecoverySteps(config, members);
    }

    /** {@code WalChanges.created}, {@code WalKeeper.open}. */
    @Override
    public byte[] initial() {
        var first = new WalState(new byte[WalState.FIELDS]);
        first.name(0, WalState.NAMED_OPEN);
        first.begin(0, 0);
        if (config.segments() > 1) {
            first.name(1, WalState.NAMED_PREPARED);
            first.set(WalState.PREPARED, 2);
            first.set(WalState.LAST_INDEX, 1);
        }
        first.set(WalState.WIPES_LEFT, config.wipes());
        return first.v;
    }

    @Override
    public void next(byte[] state, Steps steps) {
        var now = new WalState(state);
        owner.next(now, steps);
        members.next(now, steps);
        recoverers.next(now, steps);
    }

    @Override
    public Optional<String> broken(byte[] state) {
        return WalPromises.broken(config, new WalState(state));
    }

    @Override
    public boolean isDone(byte[] state) {
        return state[RECORD] == RECORD_SEALED;
    }

    /**
     * A segment that must be decided or read has no member left, and no later one tells its end.
     */
    @Override
    public boolean isHopeless(byte[] state) {
        var now = new WalState(state);
        for (int segment = 0; segment < config.segments(); segment++) {
            boolean isNeeded =
                    switch (now.named(segment)) {
                        case WalState.NAMED_PREPARED -> true;
                        case WalState.NAMED_OPEN -> !isKnownEmpty(now, segment);
                        case WalState.NAMED_SEALED -> now.end(segment) > now.start(segment);
                        default -> false;
                    };
            if (isNeeded && allWiped(now, segment)) {
                return true;
            }
        }
        return false;
    }

    /** True if a member of the PREPARED segment can say that it begins where the OPEN one does. */
    private boolean isKnownEmpty(WalState now, int open) {
        int prepared = now.find(WalState.NAMED_PREPARED);
        if (prepared < 0 || !now.isBegun(prepared) || now.start(prepared) != now.start(open)) {
            return false;
        }
        for (int member = 0; member < config.copies(); member++) {
            if (now.form(prepared, member) != WalState.GONE) {
                return true;
            }
        }
        return false;
    }

    private boolean allWiped(WalState now, int segment) {
        for (int disk : config.members()[segment]) {
            if (!now.isWiped(disk)) {
                return false;
            }
        }
        return true;
    }

    @Override
    public String describe(byte[] state) {
        var now = new WalState(state);
        var text = new StringBuilder();
        text.append(
                switch (now.get(RECORD)) {
                    case WalState.RECORD_OPEN -> "record OPEN";
                    case WalState.RECORD_FENCING -> "record FENCING";
                    default -> "record SEALED at " + now.get(SEALED_END);
                });
        text.append(", in objects below ").append(now.get(UPLOADED_END));
        text.append(", appended below ").append(now.get(NEXT));
        text.append(", acknowledged below ").append(now.get(HWM));
        for (int segment = 0; segment < config.segments(); segment++) {
            text.append("; segment ").append(segment).append(copies(now, segment));
        }
        return text.toString();
    }

    private String copies(WalState now, int segment) {
        var text = new StringBuilder();
        for (int member = 0; member < config.copies(); member++) {
            text.append(" disk ").append(config.members()[segment][member]).append(": ");
            text.append(
                    switch (now.form(segment, member)) {
                        case WalState.OPEN -> "open";
                        case WalState.CLOSED_COPY -> "" + now.held(segment, member);
                        default -> "-";
                    });
            text.append(now.isFenced(segment, member) ? " fenced" : "");
        }
        return text.toString();
    }
}
