package sluice.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Lane;
import sluice.log.wal.WalDisk;

/**
 * Makes the disk older with each heartbeat, so that it is noticed if it comes back as an older
 * state of itself: a restored snapshot has fewer entries and fences than the disk once vouched for,
 * and nothing on it tells so.
 *
 * <p>A heartbeat tells the age that was durable before it. A disk that was set back by less than
 * the last two beats is not noticed. Owned by the engine's lane.
 */
final class DiskAge {

    private static final Logger LOG = LoggerFactory.getLogger(DiskAge.class);

    private final Lane lane;
    private final WalDisk disk;
    private long durable;
    private boolean isGrowing;

    DiskAge(Lane lane, WalDisk disk) {
        this.lane = lane;
        this.disk = disk;
        this.durable = disk.age();
    }

    /** What may be told. */
    long durable() {
        return durable;
    }

    /** True if the disk vouched for more once than it holds now. */
    boolean isBelow(long told) {
        return durable < told;
    }

    /** Grows by one, unless it is at it already: a disk that is slow delays no heartbeat. */
    void grow() {
        lane.assertOwner();
        if (!isGrowing) {
            isGrowing = true;
            long next = durable + 1;
            disk.grow(next, failure -> lane.execute(() -> grown(next, failure)));
        }
    }

    private void grown(long next, @Nullable IOException failure) {
        if (failure == null) {
            isGrowing = false;
            durable = next;
        } else {
            // After a failed sync nobody knows what is there: this process tells no more of it.
            LOG.atWarn()
                    .setCause(failure)
                    .log("the disk's age is not written any more until the next start");
        }
    }
}
