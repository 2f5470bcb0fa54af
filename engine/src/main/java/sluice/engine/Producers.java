package sluice.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.log.object.ProducerSnapshot;

/**
 * What one partition remembers of its idempotent producers: of each the epoch and the last five
 * batches, as Kafka's brokers do (KIP-98), so that a retry is told from a new batch. Owned by the
 * engine's lane.
 *
 * <p>Producer ids with {@link #KEYED} set stand for one request with an idempotency key: there is
 * one batch, and its sequence is a fingerprint of the request.
 */
final class Producers {

    /** Set in producer ids made of an idempotency key; ids that are given out never have it. */
    static final long KEYED = 1L << 62;

    static final int BATCHES_KEPT = 5;

    /** Producers remembered in a partition; the one that wrote longest ago is forgotten first. */
    static final int PRODUCERS_MAX = 10_000;

    /** A batch in the wal is not durable yet below this sequence; −1 means that it is. */
    static final long DURABLE = -1;

    /**
     * @param entry sequence of its wal entry, {@link #DURABLE} if it came from objects
     */
    record Range(int firstSequence, int lastSequence, long baseOffset, long entry) {}

    /** What one producer wrote last. */
    record Snapshot(long producerId, short epoch, List<Range> ranges, long lastMs) {
        Snapshot {
            ranges = List.copyOf(ranges);
        }

        /** What objects say of a producer is durable. */
        static Snapshot of(ProducerSnapshot stored) {
            return new Snapshot(
                    stored.producerId(),
                    stored.epoch(),
                    stored.last5().stream()
                            .map(range ->
                                    new Range(
                                            range.baseSequence(),
                                            range.lastSequence(),
                                            range.baseOffset(),
                                            DURABLE))
                            .toList(),
                    stored.lastAppendMs());
        }
    }

    private static final class Producer {
        short epoch;
        final ArrayList<Range> ranges = new ArrayList<>(BATCHES_KEPT);
        long lastMs;
    }

    private final LinkedHashMap<Long, Producer> byId = new LinkedHashMap<>();

    /**
     * Judges a batch.
     *
     * @return the batch in the log that this one repeats; empty if it is new and may be appended
     * @throws SluiceException FENCED {@code producer-fenced}; CONFLICT {@code
     *     out-of-order-sequence}, {@code idempotency-key-reused}
     */
    Optional<Range> check(ByteBuffer batch) {
        long id = RecordBatch.producerId(batch, 0);
        Producer producer = byId.get(id);
        if (id == RecordBatch.NO_PRODUCER_ID || producer == null) {
            return Optional.empty();
        }
        short epoch = RecordBatch.producerEpoch(batch, 0);
        int first = RecordBatch.baseSequence(batch, 0);
        int last = lastSequence(first, RecordBatch.recordCount(batch, 0));
        if (epoch < producer.epoch) {
            throw new SluiceException(
                    SluiceException.Kind.FENCED,
                    "producer-fenced",
                    "a newer producer took over: producerId=%d epoch=%d newestEpoch=%d; stop this producer"
                            .formatted(id, epoch, producer.epoch));
        }
        if (epoch > producer.epoch) {
            if (first != 0) {
                throw outOfOrder(id, 0, first);
            }
            return Optional.empty();
        }
        for (Range range : producer.ranges) {
            if (range.firstSequence() == first && range.lastSequence() == last) {
                return Optional.of(range);
            }
        }
        if ((id & KEYED) != 0) {
            throw new SluiceException(
                    SluiceException.Kind.CONFLICT,
                    "idempotency-key-reused",
                    "this idempotency key was used for another request; use a new key");
        }
        int expected = following(producer.ranges.getLast().lastSequence());
        if (first != expected) {
            throw outOfOrder(id, expected, first);
        }
        return Optional.empty();
    }

    private static SluiceException outOfOrder(long id, int expected, int found) {
        return new SluiceException(
                SluiceException.Kind.CONFLICT,
                "out-of-order-sequence",
                "a batch before this one is missing: producerId=%d expectedSequence=%d sequence=%d; send the batches in order or begin with a new producer id"
                        .formatted(id, expected, found));
    }

    /** Remembers a batch that {@link #check} found new. */
    void appended(ByteBuffer batch, long baseOffset, long entry, long nowMs) {
        long id = RecordBatch.producerId(batch, 0);
        if (id == RecordBatch.NO_PRODUCER_ID) {
            return;
        }
        int first = RecordBatch.baseSequence(batch, 0);
        int last = lastSequence(first, RecordBatch.recordCount(batch, 0));
        remember(
                id,
                RecordBatch.producerEpoch(batch, 0),
                new Range(first, last, baseOffset, entry),
                nowMs);
    }

    /** Adds what a snapshot or a segment's footer tells; later ones come later. */
    void restore(Snapshot snapshot) {
        for (Range range : snapshot.ranges()) {
            remember(snapshot.producerId(), snapshot.epoch(), range, snapshot.lastMs());
        }
    }

    private void remember(long id, short epoch, Range range, long nowMs) {
        Producer producer = byId.remove(id);
        if (producer == null || producer.epoch < epoch) {
            producer = new Producer();
            producer.epoch = epoch;
        } else if (epoch < producer.epoch) {
            byId.put(id, producer);
            return;
        }
        if (producer.ranges.isEmpty()
                || producer.ranges.getLast().baseOffset() < range.baseOffset()) {
            producer.ranges.add(range);
            if (producer.ranges.size() > BATCHES_KEPT) {
                producer.ranges.removeFirst();
            }
        }
        producer.lastMs = nowMs;
        byId.put(id, producer); // Last in order: it wrote last.
        forgetOldest();
    }

    private void forgetOldest() {
        if (byId.size() > PRODUCERS_MAX) {
            Iterator<Long> oldest = byId.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /** What is durable: batches whose wal entry lies below the high watermark {@code hwm}. */
    List<ProducerSnapshot> snapshot(long hwm) {
        var snapshots = new ArrayList<ProducerSnapshot>(byId.size());
        for (Map.Entry<Long, Producer> each : byId.entrySet()) {
            List<ProducerSnapshot.SequenceRange> durable =
                    each.getValue().ranges.stream()
                            .filter(range -> range.entry() < hwm)
                            .map(range ->
                                    new ProducerSnapshot.SequenceRange(
                                            range.firstSequence(),
                                            range.lastSequence(),
                                            range.baseOffset()))
                            .toList();
            if (!durable.isEmpty()) {
                snapshots.add(
                        new ProducerSnapshot(
                                each.getKey(),
                                each.getValue().epoch,
                                durable,
                                each.getValue().lastMs));
            }
        }
        return snapshots;
    }

    int size() {
        return byId.size();
    }

    private static int lastSequence(int first, int count) {
        return (int) ((first + (long) count - 1) & Integer.MAX_VALUE);
    }

    /** Sequences wrap from 2^31 − 1 to 0. */
    private static int following(int sequence) {
        return sequence == Integer.MAX_VALUE ? 0 : sequence + 1;
    }
}
