package sluice.cli.twin;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/** The log that all gateways of a test share: batches by partition, and what producers sent. */
public final class TwinLog {

    private static final int REMEMBERED_BATCHES = 5;

    private record Remembered(int baseSequence, long baseOffset) {}

    private static final class ProducerState {
        private final Deque<Remembered> last = new ArrayDeque<>();
        private int nextSequence;
    }

    private static final class Partition {
        private final List<ByteBuffer> batches = new ArrayList<>();
        private final Map<Long, ProducerState> producers = new HashMap<>();
        private long highWatermark;
    }

    private final List<Partition> partitions = new ArrayList<>();
    private long nextProducerId = 1000;
    private int duplicates;

    public TwinLog(int partitionCount) {
        for (int index = 0; index < partitionCount; index++) {
            partitions.add(new Partition());
        }
    }

    public int partitionCount() {
        return partitions.size();
    }

    public synchronized long newProducerId() {
        return nextProducerId++;
    }

    /** How many batches were sent again after they had been appended. */
    public synchronized int duplicates() {
        return duplicates;
    }

    public synchronized long highWatermark(int partition) {
        return partitions.get(partition).highWatermark;
    }

    /** Appends one batch of records with values alone, timestamps one second apart. */
    public void append(int partition, long firstTimestampMs, String... values) {
        var builder = new BatchBuilder(1024);
        long timestampMs = firstTimestampMs;
        for (String value : values) {
            builder.append(timestampMs, null, value.getBytes(StandardCharsets.UTF_8), List.of());
            timestampMs += 1000;
        }
        append(partition, builder.build());
    }

    /**
     * @return the base offset; empty if the sequence has a gap
     */
    synchronized Optional<Long> append(int index, ByteBuffer batch) {
        Partition partition = partitions.get(index);
        long producerId = RecordBatch.producerId(batch, 0);
        int records = RecordBatch.recordCount(batch, 0);
        if (producerId >= 0) {
            int sequence = RecordBatch.baseSequence(batch, 0);
            ProducerState producer =
                    partition.producers.computeIfAbsent(producerId, _ -> new ProducerState());
            for (Remembered remembered : producer.last) {
                if (remembered.baseSequence == sequence) {
                    duplicates++;
                    return Optional.of(remembered.baseOffset);
                }
            }
            if (sequence != producer.nextSequence) {
                return Optional.empty();
            }
            producer.nextSequence += records;
            producer.last.addLast(new Remembered(sequence, partition.highWatermark));
            if (producer.last.size() > REMEMBERED_BATCHES) {
                producer.last.removeFirst();
            }
        }
        long baseOffset = partition.highWatermark;
        RecordBatch.setBaseOffset(batch, 0, baseOffset);
        partition.batches.add(batch);
        partition.highWatermark += records;
        notifyAll();
        return Optional.of(baseOffset);
    }

    /** The whole batches from the one that holds {@code offset}, at least one if there is one. */
    synchronized List<ByteBuffer> read(int index, long offset, int maxBytes, int recordsMax) {
        List<ByteBuffer> found = new ArrayList<>();
        int bytes = 0;
        int records = 0;
        for (ByteBuffer batch : partitions.get(index).batches) {
            if (RecordBatch.nextOffset(batch, 0) <= offset) {
                continue;
            }
            if (!found.isEmpty()
                    && (bytes + batch.remaining() > maxBytes || records >= recordsMax)) {
                break;
            }
            found.add(batch.duplicate());
            bytes += batch.remaining();
            records += RecordBatch.recordCount(batch, 0);
        }
        return found;
    }

    /** Waits a moment for the high watermark to pass the offset. */
    synchronized void awaitBeyond(int index, long offset) throws InterruptedException {
        if (partitions.get(index).highWatermark <= offset) {
            wait(100);
        }
    }

    synchronized long offsetAt(int index, long timestampMs) {
        return records(index).stream()
                .filter(record -> record.timestampMs() >= timestampMs)
                .map(LogRecord::offset)
                .findFirst()
                .orElse(partitions.get(index).highWatermark);
    }

    public synchronized List<LogRecord> records(int index) {
        List<LogRecord> records = new ArrayList<>();
        for (ByteBuffer batch : partitions.get(index).batches) {
            BatchReader.forEach(batch, 0, records::add);
        }
        return records;
    }

    /** The values of a partition as text, one character a byte. */
    public List<String> values(int index) {
        return records(index).stream().map(record -> text(record.value())).toList();
    }

    /** The values of all partitions, partition by partition. */
    public List<String> allValues() {
        List<String> all = new ArrayList<>();
        for (int index = 0; index < partitions.size(); index++) {
            all.addAll(values(index));
        }
        return all;
    }

    /** Damages the last byte of a partition's first batch, which its CRC covers. */
    public synchronized void damage(int index) {
        ByteBuffer batch = partitions.get(index).batches.getFirst();
        int last = batch.limit() - 1;
        batch.put(last, (byte) (batch.get(last) ^ 1));
    }

    /** Takes a batch out, as no log may. */
    public synchronized void lose(int index, int batch) {
        partitions.get(index).batches.remove(batch);
    }

    public static String text(@org.jspecify.annotations.Nullable ByteBuffer bytes) {
        return bytes == null
                ? "null"
                : StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
    }
}
