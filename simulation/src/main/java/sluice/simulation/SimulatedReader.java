package sluice.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Fetched;
import sluice.metadata.TopicRecord;

/**
 * A consumer: reads partitions forward from where it stands, by way of any gateway, and now and
 * then again from somewhere before.
 */
final class SimulatedReader {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(20);

    private final SimulatedCluster cluster;
    private final ReadHistory history;
    private final SlotWatch slots;
    private final TopicRecord topic;
    private final int pauseMsMax;
    private final RandomGenerator random;

    /** By partition: the offset it reads next. */
    private final Map<Integer, Long> next = new HashMap<>();

    /** By partition and process that answered: the high watermark it said last. */
    private final Map<String, Long> watermarks = new HashMap<>();

    private final Map<Integer, Long> watermarkOf = new HashMap<>();
    private int attempt;
    private boolean isStopped;

    SimulatedReader(
            SimulatedCluster cluster,
            ReadHistory history,
            SlotWatch slots,
            TopicRecord topic,
            int pauseMsMax) {
        this.cluster = cluster;
        this.history = history;
        this.slots = slots;
        this.topic = topic;
        this.pauseMsMax = pauseMsMax;
        this.random = cluster.time.random();
    }

    void start() {
        cluster.world.schedule(Duration.ofMillis(random.nextInt(100)), this::step);
    }

    void stop() {
        isStopped = true;
    }

    private void step() {
        if (isStopped) {
            return;
        }
        List<SimulatedGateway> up = cluster.up();
        int thisAttempt = ++attempt;
        if (up.isEmpty()) {
            stepLater(thisAttempt, 200);
            return;
        }
        SimulatedGateway via = up.get(random.nextInt(up.size()));
        String process = via.name() + "#" + via.starts();
        int partition = random.nextInt(topic.partitions());
        long place = next.getOrDefault(partition, 0L);
        boolean isReplay = place > 0 && random.nextInt(4) == 0;
        long from = isReplay ? random.nextLong(place) : place;
        cluster.world.schedule(ANSWER_MAX, () -> stepIf(thisAttempt));
        via.engine()
                .fetch(topic, partition, from, 2_000, Duration.ofMillis(random.nextInt(600)))
                .whenComplete((fetched, failure) ->
                        cluster.world.schedule(
                                Duration.ZERO,
                                () ->
                                        answered(
                                                thisAttempt,
                                                process,
                                                partition,
                                                from,
                                                fetched,
                                                failure)));
    }

    private void stepLater(int ofAttempt, int pauseMs) {
        cluster.world.schedule(
                Duration.ofMillis(1 + random.nextInt(pauseMs)), () -> stepIf(ofAttempt));
    }

    private void stepIf(int ofAttempt) {
        if (ofAttempt == attempt) {
            step();
        }
    }

    private void answered(
            int ofAttempt,
            String process,
            int partition,
            long from,
            @Nullable Fetched fetched,
            @Nullable Throwable failure) {
        if (fetched == null) {
            history.refused(partition, from, failure);
        } else {
            history.read(partition, from, fetched);
            watermark(process, partition, fetched);
            next.merge(partition, endOf(fetched, from), Math::max);
            count(partition, fetched);
        }
        if (ofAttempt == attempt) {
            stepLater(ofAttempt, pauseMsMax);
        }
    }

    private static long endOf(Fetched fetched, long from) {
        List<SimulatedProducer.Found> found = SimulatedProducer.records(fetched.batches());
        return found.isEmpty() ? from : found.getLast().offset() + 1;
    }

    /** I5: for one process that answers, the high watermark never goes back. */
    private void watermark(String process, int partition, Fetched fetched) {
        long hwm = fetched.highWatermark();
        Long before = watermarks.put(process + "/" + partition, hwm);
        if (before != null && before > hwm) {
            cluster.broken(
                    "I5: the high watermark went back at one gateway: partition=%d before=%d now=%d process=%s"
                            .formatted(partition, before, hwm, process));
        }
        if (fetched.logStart() != 0) {
            cluster.broken("I5: a log start that nobody moved: " + fetched.logStart());
        }
        if (watermarkOf.getOrDefault(partition, 0L) > hwm) {
            cluster.coverage.count("read: high watermark older than another gateway's");
        }
        watermarkOf.merge(partition, hwm, Math::max);
    }

    private void count(int partition, Fetched fetched) {
        long sinceNs = cluster.time.nowNs() - slots.failedOverNs(topic.slots().get(partition));
        if (!fetched.batches().isEmpty() && sinceNs < Duration.ofSeconds(5).toNanos()) {
            cluster.coverage.count("read: records soon after a failover");
        }
    }
}
