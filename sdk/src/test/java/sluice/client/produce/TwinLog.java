package sluice.client.produce;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sluice.client.error.Problem;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** One partition's log, which judges sequences as a partition's owner does. */
final class TwinLog {

    private static final int BATCHES_KEPT = 5;

    private record Range(int first, int count, long baseOffset) {}

    private static final class Remembered {
        int epoch;
        final List<Range> ranges = new ArrayList<>();
    }

    /** Values by offset. */
    final List<String> values = new ArrayList<>();

    private final Map<Long, Remembered> producers = new HashMap<>();

    BatchOutcome append(ByteBuffer batch) {
        RecordBatch.check(batch, 0, batch.limit(), Integer.MAX_VALUE);
        long id = RecordBatch.producerId(batch, 0);
        if (id == RecordBatch.NO_PRODUCER_ID) {
            return write(batch);
        }
        int epoch = RecordBatch.producerEpoch(batch, 0);
        int first = RecordBatch.baseSequence(batch, 0);
        int count = RecordBatch.recordCount(batch, 0);
        Remembered known = producers.get(id);
        if (known != null && epoch < known.epoch) {
            return new BatchOutcome.Refused(problem("producer-fenced"));
        }
        if (known != null && epoch == known.epoch) {
            for (Range range : known.ranges) {
                if (range.first == first && range.count == count) {
                    return new BatchOutcome.Appended(range.baseOffset, true);
                }
            }
            Range last = known.ranges.getLast();
            if (first != ((last.first + last.count) & Integer.MAX_VALUE)) {
                return new BatchOutcome.OutOfOrder(problem("out-of-order-sequence"));
            }
        } else if (known != null && first != 0) {
            return new BatchOutcome.OutOfOrder(problem("out-of-order-sequence"));
        }
        if (known == null || epoch > known.epoch) {
            known = new Remembered();
            known.epoch = epoch;
            producers.put(id, known);
        }
        BatchOutcome.Appended written = write(batch);
        known.ranges.add(new Range(first, count, written.baseOffset()));
        if (known.ranges.size() > BATCHES_KEPT) {
            known.ranges.removeFirst();
        }
        return written;
    }

    /** As after a loss: the last records, and what was remembered of producers, are gone. */
    void lose(int records, int batches) {
        values.subList(values.size() - records, values.size()).clear();
        producers
                .values()
                .forEach(each -> {
                    for (int i = 0; i < batches; i++) {
                        each.ranges.removeLast();
                    }
                });
    }

    private BatchOutcome.Appended write(ByteBuffer batch) {
        long baseOffset = values.size();
        BatchReader.forEach(
                batch,
                0,
                record -> {
                    ByteBuffer value = record.value();
                    assert value != null : "tests write values";
                    return values.add(StandardCharsets.UTF_8.decode(value).toString());
                });
        return new BatchOutcome.Appended(baseOffset, false);
    }

    static Problem problem(String code) {
        return new Problem(code, 400, code, "scripted", "", Map.of());
    }
}
