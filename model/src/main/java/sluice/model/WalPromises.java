package sluice.model;

import static sluice.model.WalState.HWM;
import static sluice.model.WalState.RECORD;
import static sluice.model.WalState.RECORD_SEALED;
import static sluice.model.WalState.SEALED_END;
import static sluice.model.WalState.SEGMENT;
import static sluice.model.WalState.UPLOADED_END;

import java.util.Optional;

/**
 * What is checked in every state of a wal.
 *
 * <p>An owner may acknowledge after the seal, if all members answered before the fence and their
 * answers were late: then the entry is below the sealed end, where the next owner of its slot found
 * it. So I6 is: nothing at or above a sealed end is ever acknowledged, before or after the seal.
 */
final class WalPromises {

    private WalPromises() {}

    static Optional<String> broken(WalConfig config, WalState now) {
        if (now.get(WalState.BROKEN) != 0) {
            return Optional.of(Promise.text(now.get(WalState.BROKEN)));
        }
        if (now.get(RECORD) != RECORD_SEALED) {
            return isDurable(config, now)
                    ? Optional.empty()
                    : Optional.of(Promise.ACKNOWLEDGED_IS_DURABLE.text());
        }
        int sealed = now.get(SEALED_END);
        if (now.get(HWM) > sealed) {
            return Optional.of(Promise.SEAL_HOLDS_ALL.text(sealed, now.get(HWM)));
        }
        if (now.get(UPLOADED_END) < sealed) {
            return Optional.of(Promise.SEAL_IS_IN_OBJECTS.text(sealed, now.get(UPLOADED_END)));
        }
        return Optional.empty();
    }

    /** True if each acknowledged entry is in a committed object, or on a disk of its segment. */
    static boolean isDurable(WalConfig config, WalState now) {
        for (int entry = now.get(UPLOADED_END); entry < now.get(HWM); entry++) {
            if (!isSyncedSomewhere(config, now, entry)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isSyncedSomewhere(WalConfig config, WalState now, int entry) {
        for (int segment = 0; segment < config.segments(); segment++) {
            if (!now.isBegun(segment) || now.start(segment) > entry) {
                continue;
            }
            for (int member = 0; member < config.copies(); member++) {
                if (now.held(segment, member) > entry) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Where a begun segment ended for its owner; the high watermark if it did not. */
    static int endOf(WalState now, int segment) {
        int end = now.get(HWM);
        for (int later = segment + 1; later <= now.get(SEGMENT); later++) {
            if (now.isBegun(later)) {
                return now.start(later);
            }
        }
        return end;
    }
}
