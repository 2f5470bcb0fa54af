package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.log.batch.RecordBatch;
import sluice.log.object.ProducerSnapshot.SequenceRange;

/** The idempotent producers of one partition, collected batch by batch. */
final class SeenProducers {

    private final Map<Long, Seen> byId = new HashMap<>();

    private static final class Seen {
        final ArrayList<SequenceRange> last5 = new ArrayList<>(1);
        short epoch;
        long lastAppendMs;
    }

    /** Notes a batch that lies after all noted before; an older epoch's tells nothing. */
    void add(ByteBuffer batch, long appendedAtMs) {
        long id = RecordBatch.producerId(batch, 0);
        if (id < 0) {
            return;
        }
        short epoch = RecordBatch.producerEpoch(batch, 0);
        Seen seen = byId.computeIfAbsent(id, _ -> new Seen());
        if (epoch < seen.epoch) {
            return;
        }
        if (epoch > seen.epoch) {
            seen.last5.clear();
            seen.epoch = epoch;
        }
        if (seen.last5.size() == ProducerSnapshot.RANGES_MAX) {
            seen.last5.removeFirst();
        }
        seen.last5.add(SequenceRange.of(batch));
        seen.lastAppendMs = appendedAtMs;
    }

    /** In the order in which they wrote last. */
    List<ProducerSnapshot> snapshots() {
        var snapshots = new ArrayList<ProducerSnapshot>(byId.size());
        byId.forEach((id, seen) ->
                snapshots.add(new ProducerSnapshot(id, seen.epoch, seen.last5, seen.lastAppendMs)));
        snapshots.sort(Comparator.comparingLong(ProducerSnapshot::lastBaseOffset));
        return snapshots;
    }
}
