package sluice.simulation;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Fetched;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.metadata.TopicRecord;

/** All that was ever read: one value for an offset, for every reader and for ever. */
final class ReadHistory {

    /** Index of the leader epoch in a batch: Sluice's slot epoch. */
    private static final int LEADER_EPOCH_AT = 12;

    private final SimulatedCluster cluster;
    private final Map<Integer, TreeMap<Long, String>> logs = new HashMap<>();
    private final Map<Integer, TreeMap<Long, Integer>> epochs = new HashMap<>();
    private long reads;

    ReadHistory(SimulatedCluster cluster) {
        this.cluster = cluster;
    }

    /** What was read of a partition, by offset. */
    Map<Long, String> log(int partition) {
        return logs.computeIfAbsent(partition, _ -> new TreeMap<>());
    }

    long reads() {
        return reads;
    }

    /** Offset after the last that was ever read. */
    long end(int partition) {
        var log = logs.computeIfAbsent(partition, _ -> new TreeMap<>());
        return log.isEmpty() ? 0 : log.lastKey() + 1;
    }

    /** Judges what a read brought; what it refused is judged by {@link #refused}. */
    void read(int partition, long from, Fetched fetched) {
        reads++;
        List<SimulatedProducer.Found> found = SimulatedProducer.records(fetched.batches());
        found.forEach(each -> remember(partition, each));
        if (!found.isEmpty() && found.getFirst().offset() > from) {
            cluster.broken("I3: a read skipped: from=" + from + " " + found.getFirst());
        }
        if (!found.isEmpty() && found.getLast().offset() >= fetched.highWatermark()) {
            // A read from objects may be told of with a high watermark asked before.
            cluster.coverage.count("read: records above the high watermark told with them");
        }
        checkEpochs(partition, fetched);
    }

    /** Records were written in the order of their slot epochs, each epoch by one owner. */
    private void checkEpochs(int partition, Fetched fetched) {
        TreeMap<Long, Integer> known = epochs.computeIfAbsent(partition, _ -> new TreeMap<>());
        for (ByteBuffer buffer : fetched.batches()) {
            for (int at = buffer.position(); at < buffer.limit(); ) {
                long offset = RecordBatch.baseOffset(buffer, at);
                int epoch = buffer.getInt(at + LEADER_EPOCH_AT);
                Integer before = known.put(offset, epoch);
                Map.Entry<Long, Integer> lower = known.lowerEntry(offset);
                Map.Entry<Long, Integer> higher = known.higherEntry(offset);
                if ((before != null && before != epoch)
                        || (lower != null && lower.getValue() > epoch)
                        || (higher != null && higher.getValue() < epoch)) {
                    cluster.broken(
                            "I6: slot epochs out of order: partition=%d offset=%d epoch=%d before=%s lower=%s higher=%s"
                                    .formatted(partition, offset, epoch, before, lower, higher));
                }
                at += RecordBatch.sizeBytes(buffer, at);
            }
        }
    }

    /** A read may be refused for a while, but never as if it were wrong. */
    void refused(int partition, long from, @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ProcessDied) {
            return;
        }
        if (cause instanceof SluiceException error) {
            cluster.coverage.count("read refused: " + error.code());
            switch (error.kind()) {
                case OVERLOADED, UNAVAILABLE, UNKNOWN_OUTCOME, FENCED -> {
                    return;
                }
                case CONFLICT, NOT_FOUND, INVALID, DATA -> {}
            }
        }
        cluster.broken(
                "a wrong refusal of a read: partition=%d from=%d".formatted(partition, from),
                cause);
    }

    private void remember(int partition, SimulatedProducer.Found found) {
        String before =
                logs.computeIfAbsent(partition, _ -> new TreeMap<>())
                        .putIfAbsent(found.offset(), found.value());
        if (before != null && !before.equals(found.value())) {
            cluster.broken(
                    "I2: two values at one offset: partition=%d before=%s now=%s"
                            .formatted(partition, before, found));
        }
    }

    /** Reads all partitions whole by way of each gateway; what was ever read must be there. */
    void readAll(TopicRecord topic) {
        var reader = new LogReader(cluster);
        for (SimulatedGateway node : cluster.up()) {
            for (int partition = 0; partition < topic.partitions(); partition++) {
                List<SimulatedProducer.Found> all = reader.found(node, topic, partition);
                for (SimulatedProducer.Found each : all) {
                    remember(partition, each);
                }
                if (all.size() != log(partition).size()) {
                    throw cluster.failure(
                            "I4: what was read before is gone: partition=%d now=%d ever=%d via=%s"
                                    .formatted(partition, all.size(), log(partition).size(), node),
                            null);
                }
            }
        }
    }
}
