package sluice.consumer.queue;

import java.time.Duration;
import java.util.function.Consumer;
import sluice.consumer.PartitionRef;
import sluice.consumer.Watermarks;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;

/**
 * Reads a queue's state from its log: what its last batch says of the last whole snapshot, then
 * everything from there on. If that part has expired, everything that is left: what it spoke of has
 * expired too. Changes nothing. Owned by the queues' lane.
 *
 * <pre>
 *   range ─▶ last batch ─▶ from the snapshot to the end ─▶ loaded
 *     ▲                        │
 *     └── the log's start passed us by
 * </pre>
 */
final class StateLoader {

    private static final int FETCH_BYTES = 1 << 20;
    private static final int TRIES_MAX = 5;

    /**
     * @param nextOffset at which the log ends
     * @param changes read from the snapshot on
     */
    record Loaded(QueueState state, long nextOffset, long snapshotAt, long changes) {}

    private final QueueLogs logs;
    private final Lane lane;
    private final PartitionRef log;
    private final QueueLimits limits;
    private final Consumer<Loaded> loaded;
    private final Consumer<SluiceException> failed;
    private QueueState state;
    private long end;
    private long snapshotAt = StateBatch.NO_SNAPSHOT;
    private long next;
    private long changes;
    private int tries;

    /**
     * @param loaded called once, or {@code failed}
     */
    StateLoader(
            QueueLogs logs,
            Lane lane,
            PartitionRef log,
            QueueLimits limits,
            Consumer<Loaded> loaded,
            Consumer<SluiceException> failed) {
        this.logs = logs;
        this.lane = lane;
        this.log = log;
        this.limits = limits;
        this.loaded = loaded;
        this.failed = failed;
        this.state = new QueueState(limits);
    }

    void start() {
        Stages.then(logs.range(log), lane, this::range, failed);
    }

    private void range(Watermarks range) {
        end = range.highWatermark();
        state = new QueueState(limits);
        changes = 0;
        if (range.logStart() >= end) {
            loaded.accept(new Loaded(state, end, StateBatch.NO_SNAPSHOT, 0));
            return;
        }
        Stages.then(
                logs.fetch(log, end - 1, FETCH_BYTES, Duration.ZERO),
                lane,
                found -> {
                    snapshotAt = StateBatch.snapshotAt(found.batches());
                    if (snapshotAt < range.logStart()) {
                        snapshotAt = StateBatch.NO_SNAPSHOT;
                    }
                    next = Math.max(snapshotAt, range.logStart());
                    read();
                },
                this::again);
    }

    private void read() {
        if (next >= end) {
            loaded.accept(new Loaded(state, end, snapshotAt, changes));
            return;
        }
        Stages.then(
                logs.fetch(log, next, FETCH_BYTES, Duration.ZERO), lane, this::apply, this::again);
    }

    private void apply(QueueLogs.Fetched found) {
        long from = next;
        try {
            StateBatch.forEach(
                    found.batches(),
                    (change, offset) -> {
                        if (offset >= from && offset < end) {
                            state.apply(change);
                            changes++;
                        }
                    });
        } catch (SluiceException e) {
            failed.accept(e);
            return;
        }
        long reached = Batches.nextOffset(found.batches());
        if (reached <= next) {
            failed.accept(
                    new SluiceException(
                            Kind.UNAVAILABLE,
                            "queue-state-behind",
                            "the state log could not be read to its end: log=%s at=%d end=%d; retry"
                                    .formatted(log.id(), next, end)));
            return;
        }
        next = reached;
        read();
    }

    private void again(SluiceException error) {
        if (error.kind() == Kind.INVALID && ++tries < TRIES_MAX) {
            start();
        } else {
            failed.accept(error);
        }
    }
}
