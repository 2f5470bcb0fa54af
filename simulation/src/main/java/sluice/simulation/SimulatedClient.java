package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/**
 * A producer that has one batch under way and repeats it, at any gateway, until it knows what
 * became of it.
 */
final class SimulatedClient {

    private static final int ANSWER_MS_MIN = 1_500;
    private static final int ANSWER_MS_MAX = 25_000;

    /** A value and the offset that was acknowledged. */
    record Acknowledged(int partition, long offset, String value) {}

    private final SimulatedCluster cluster;
    private final TopicRecord topic;
    private final String name;
    private final int pauseMsMax;
    private final SimulatedProducer producer;
    private final RandomGenerator random;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private int lastValue;
    private int attempt;
    private boolean isStopped;
    private SimulatedProducer.@Nullable Numbered underWay;
    private @Nullable SluiceException lastError;

    /**
     * @param pauseMsMax how long it waits at most between two batches, in milliseconds
     */
    SimulatedClient(SimulatedCluster cluster, TopicRecord topic, String name, int pauseMsMax) {
        this.cluster = cluster;
        this.topic = topic;
        this.name = name;
        this.pauseMsMax = pauseMsMax;
        this.producer = cluster.producer();
        this.random = cluster.time.random();
    }

    void start() {
        later(Duration.ofMillis(random.nextInt(100)), this::step);
    }

    /** No new batches; the one under way is repeated until its outcome is known. */
    void stop() {
        isStopped = true;
    }

    boolean isIdle() {
        return isStopped && underWay == null;
    }

    private void later(Duration delay, Runnable task) {
        cluster.world.schedule(delay, task);
    }

    private void step() {
        if (!isStopped && underWay == null) {
            send(random.nextInt(topic.partitions()));
        }
    }

    /** Sends one batch more, even if it was stopped. */
    void send(int partition) {
        int count = 1 + random.nextInt(3);
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            values[i] = name + ":" + ++lastValue;
        }
        var batch = producer.next(partition, values);
        underWay = batch;
        send(batch);
    }

    private void send(SimulatedProducer.Numbered batch) {
        int thisAttempt = ++attempt;
        List<SimulatedGateway> up = cluster.up();
        if (up.isEmpty()) {
            later(Duration.ofMillis(200), () -> sendAgain(thisAttempt, batch));
            return;
        }
        SimulatedGateway via = up.get(random.nextInt(up.size()));
        int patienceMs = random.nextInt(ANSWER_MS_MIN, ANSWER_MS_MAX);
        later(Duration.ofMillis(patienceMs), () -> sendAgain(thisAttempt, batch));
        Runnable onEnd = () -> sendAgain(thisAttempt, batch);
        via.whenEnded(onEnd);
        producer.send(via, topic, Acks.ALL, batch)
                .whenComplete((appended, failure) -> {
                    via.forget(onEnd);
                    later(Duration.ZERO, () -> answered(thisAttempt, batch, appended, failure));
                });
    }

    private void sendAgain(int ofAttempt, SimulatedProducer.Numbered batch) {
        if (ofAttempt == attempt) {
            cluster.coverage.count("produce: batch sent again");
            send(batch);
        }
    }

    private void answered(
            int ofAttempt,
            SimulatedProducer.Numbered batch,
            @Nullable Appended appended,
            @Nullable Throwable failure) {
        if (cluster.journal.isVerbose()) {
            cluster.note(name, batch + ": " + appended + " " + failure);
        }
        if (appended != null) {
            // Also of an attempt that was given up: what was said is said.
            long offset = appended.baseOffset();
            for (String value : batch.values()) {
                acknowledged.add(new Acknowledged(batch.partition(), offset++, value));
            }
            if (appended.duplicate()) {
                cluster.coverage.count("produce: duplicate answered");
            }
        }
        if (ofAttempt != attempt) {
            return;
        }
        if (appended != null) {
            done();
            return;
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (cause instanceof ProcessDied) {
            return;
        }
        if (!(cause instanceof SluiceException error)) {
            cluster.broken("not an answer", cause);
            return;
        }
        lastError = error;
        cluster.coverage.count("produce refused: " + error.code());
        switch (error.kind()) {
            case OVERLOADED, UNAVAILABLE, UNKNOWN_OUTCOME, FENCED ->
                    later(
                            Duration.ofMillis(50 + random.nextInt(200)),
                            () -> sendAgain(ofAttempt, batch));
            case CONFLICT, INVALID, NOT_FOUND, DATA ->
                    cluster.broken("I7: a wrong refusal of " + batch, error);
        }
    }

    private void done() {
        underWay = null;
        attempt++;
        later(Duration.ofMillis(random.nextInt(pauseMsMax)), this::step);
    }

    List<Acknowledged> acknowledged(int partition) {
        return acknowledged.stream().filter(each -> each.partition() == partition).toList();
    }

    long acknowledgedCount() {
        return acknowledged.size();
    }

    @Override
    public String toString() {
        return "%s underWay=%s lastError=%s".formatted(name, underWay, lastError);
    }
}
