package sluice.engine;

import java.util.ArrayList;
import java.util.List;
import sluice.log.PartitionId;

/**
 * One partition as its owner knows it. Owned by the engine's lane.
 *
 * <pre>
 *   logStart ≤ tail.start() ≤ highWatermark ≤ nextOffset
 *   └── in objects ──┘└── in the wal ──┘└ not on all disks ┘
 * </pre>
 */
final class PartitionLog {

    final PartitionId id;
    final OwnedSlot slot;
    final Producers producers = new Producers();
    final TailIndex tail;

    /** The offset that the next record gets. */
    long nextOffset;

    long logStart;

    /** Wall clock when retention was last applied. */
    long expiredAtMs;

    /** Readers waiting for the high watermark to move. */
    final List<Runnable> waiting = new ArrayList<>();

    PartitionLog(PartitionId id, OwnedSlot slot, long logStart, long nextOffset) {
        this.id = id;
        this.slot = slot;
        this.logStart = logStart;
        this.nextOffset = nextOffset;
        this.tail = new TailIndex(nextOffset);
    }

    /** Offset after the last record on all members' disks. */
    long highWatermark() {
        return tail.nextOffset();
    }
}
