package sluice.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Fetched;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/** All that was ever read: one value for an offset, for every reader and for ever. */
final class ReadHistory {

    private final SimulatedCluster cluster;
    private final Map<Integer, TreeMap<Long, String>> logs = new HashMap<>();
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

    private long end(int partition) {
        var log = logs.computeIfAbsent(partition, _ -> new TreeMap<>());
        return log.isEmpty() ? 0 : log.lastKey() + 1;
    }

    /** Starts one read at a gateway and a place by chance. */
    void readSome(TopicRecord topic) {
        List<SimulatedGateway> up = cluster.up();
        if (up.isEmpty()) {
            return;
        }
        SimulatedGateway via = up.get(cluster.time.random().nextInt(up.size()));
        int partition = cluster.time.random().nextInt(topic.partitions());
        long end = end(partition);
        long from =
                end > 0 && cluster.time.random().nextBoolean()
                        ? cluster.time.random().nextLong(end)
                        : end;
        via.engine()
                .fetch(topic, partition, from, 2_000, Duration.ofMillis(500))
                .whenComplete((fetched, failure) -> read(partition, from, fetched, failure));
    }

    private void read(
            int partition, long from, @Nullable Fetched fetched, @Nullable Throwable failure) {
        if (fetched != null) {
            reads++;
            List<SimulatedProducer.Found> found = SimulatedProducer.records(fetched.batches());
            found.forEach(each -> remember(partition, each));
            if (!found.isEmpty() && found.getFirst().offset() > from) {
                throw cluster.failure(
                        "a read skipped: from=" + from + " " + found.getFirst(), null);
            }
            return;
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof SluiceException error)
                || error.kind() == SluiceException.Kind.INVALID
                || error.kind() == SluiceException.Kind.DATA) {
            throw cluster.failure(
                    "a wrong refusal of a read: partition=%d from=%d".formatted(partition, from),
                    cause);
        }
    }

    private void remember(int partition, SimulatedProducer.Found found) {
        String before =
                logs.computeIfAbsent(partition, _ -> new TreeMap<>())
                        .putIfAbsent(found.offset(), found.value());
        if (before != null && !before.equals(found.value())) {
            throw cluster.failure(
                    "two values at one offset: partition=%d before=%s now=%s"
                            .formatted(partition, before, found),
                    null);
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
                            "what was read before is gone: partition=%d now=%d ever=%d via=%s"
                                    .formatted(partition, all.size(), log(partition).size(), node),
                            null);
                }
            }
        }
    }
}
