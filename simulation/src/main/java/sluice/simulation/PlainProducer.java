package sluice.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.metadata.TopicRecord;

/**
 * A producer without a sequence, which never repeats anything: what it was refused for good must
 * not be in the log (I16), and nothing may be there twice.
 */
final class PlainProducer {

    private final SimulatedCluster cluster;
    private final TopicRecord topic;
    private final String name;
    private final int pauseMsMax;
    private final RandomGenerator random;
    private final Set<String> refused = new HashSet<>();
    private final Map<Integer, Map<Long, String>> acknowledged = new HashMap<>();
    private int lastValue;
    private boolean isStopped;

    PlainProducer(SimulatedCluster cluster, TopicRecord topic, String name, int pauseMsMax) {
        this.cluster = cluster;
        this.topic = topic;
        this.name = name;
        this.pauseMsMax = pauseMsMax;
        this.random = cluster.time.random();
    }

    void start() {
        later();
    }

    void stop() {
        isStopped = true;
    }

    private void later() {
        cluster.world.schedule(Duration.ofMillis(random.nextInt(2 * pauseMsMax)), this::step);
    }

    private void step() {
        if (isStopped) {
            return;
        }
        later(); // Whatever becomes of this one.
        List<SimulatedGateway> up = cluster.up();
        if (up.isEmpty()) {
            return;
        }
        SimulatedGateway via = up.get(random.nextInt(up.size()));
        int partition = random.nextInt(topic.partitions());
        String value = name + ":" + ++lastValue;
        Acks acks =
                switch (random.nextInt(6)) {
                    case 0 -> Acks.NONE;
                    case 1 -> Acks.OWNER;
                    default -> Acks.ALL;
                };
        var batch =
                SimulatedProducer.batch(
                        cluster.time.wallMs(), RecordBatch.NO_PRODUCER_ID, -1, List.of(value));
        via.engine()
                .append(topic, partition, acks, batch)
                .whenComplete(
                        (appended, failure) -> answered(partition, value, acks, appended, failure));
    }

    private void answered(
            int partition,
            String value,
            Acks acks,
            @Nullable Appended appended,
            @Nullable Throwable failure) {
        if (cluster.journal.isVerbose()) {
            cluster.note(
                    name,
                    "%s to %d with acks %s: %s %s"
                            .formatted(value, partition, acks, appended, failure));
        }
        if (appended != null) {
            if (acks == Acks.ALL) {
                acknowledged
                        .computeIfAbsent(partition, _ -> new HashMap<>())
                        .put(appended.baseOffset(), value);
            }
            return;
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof SluiceException error) {
            cluster.coverage.count("produce refused: " + error.code());
            if (error.kind() != SluiceException.Kind.UNKNOWN_OUTCOME) {
                cluster.coverage.count("produce: refused for good");
                refused.add(value);
            } else {
                cluster.coverage.count("produce: outcome unknown");
            }
        } else if (!(cause instanceof ProcessDied)) {
            cluster.broken("not an answer", cause);
        }
    }

    /** Judges what is in a partition's log at last. */
    void check(int partition, Map<Long, String> log) {
        for (String value : log.values()) {
            if (refused.contains(value)) {
                cluster.broken("I16: refused for good and in the log: " + value);
            }
        }
        acknowledged
                .getOrDefault(partition, Map.of())
                .forEach((offset, value) -> {
                    if (!value.equals(log.get(offset))) {
                        cluster.broken(
                                "I1: acknowledged and not there: partition=%d offset=%d value=%s found=%s"
                                        .formatted(partition, offset, value, log.get(offset)));
                    }
                });
    }

    long acknowledgedCount() {
        return acknowledged.values().stream().mapToLong(Map::size).sum();
    }
}
