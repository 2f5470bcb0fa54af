package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/**
 * A producer that has one batch under way and repeats it, at any gateway, until it knows what
 * became of it; now and then it reads.
 */
final class SimulatedClient {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(25);

    /** A value and the offset that was acknowledged. */
    record Acknowledged(int partition, long offset, String value) {}

    private final SimulatedCluster cluster;
    private final ReadHistory history;
    private final TopicRecord topic;
    private final String name;
    private final SimulatedProducer producer;
    private final List<Acknowledged> acknowledged = new ArrayList<>();
    private int lastValue;
    private int attempt;
    private long retries;
    private boolean isStopped;
    private SimulatedProducer.@Nullable Numbered underWay;
    private @Nullable SluiceException lastError;

    SimulatedClient(SimulatedCluster cluster, ReadHistory history, TopicRecord topic, String name) {
        this.cluster = cluster;
        this.history = history;
        this.topic = topic;
        this.name = name;
        this.producer = cluster.producer();
    }

    void start() {
        later(Duration.ofMillis(cluster.time.random().nextInt(100)), this::step);
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
        if (isStopped) {
            return;
        }
        int choice = cluster.time.random().nextInt(5);
        if (choice == 0) {
            history.readSome(topic);
            later(Duration.ofMillis(cluster.time.random().nextInt(50)), this::step);
            return;
        }
        int count = 1 + cluster.time.random().nextInt(3);
        String[] values = new String[count];
        for (int i = 0; i < count; i++) {
            values[i] = name + ":" + ++lastValue;
        }
        var batch = producer.next(cluster.time.random().nextInt(topic.partitions()), values);
        underWay = batch;
        attempt++;
        send(batch);
    }

    private void send(SimulatedProducer.Numbered batch) {
        int thisAttempt = ++attempt;
        List<SimulatedGateway> up = cluster.up();
        if (up.isEmpty()) {
            later(Duration.ofMillis(200), () -> sendAgain(thisAttempt, batch));
            return;
        }
        SimulatedGateway via = up.get(cluster.time.random().nextInt(up.size()));
        later(ANSWER_MAX, () -> sendAgain(thisAttempt, batch));
        producer.send(via, topic, Acks.ALL, batch)
                .whenComplete((appended, failure) ->
                        later(
                                Duration.ZERO,
                                () -> answered(thisAttempt, batch, appended, failure)));
    }

    private void sendAgain(int ofAttempt, SimulatedProducer.Numbered batch) {
        if (ofAttempt == attempt) {
            retries++;
            send(batch);
        }
    }

    private void answered(
            int ofAttempt,
            SimulatedProducer.Numbered batch,
            @Nullable Appended appended,
            @Nullable Throwable failure) {
        if (ofAttempt != attempt) {
            return;
        }
        if (appended != null) {
            long offset = appended.baseOffset();
            for (String value : batch.values()) {
                acknowledged.add(new Acknowledged(batch.partition(), offset++, value));
            }
            done();
            return;
        }
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (!(cause instanceof SluiceException error)) {
            throw cluster.failure("not an answer", cause);
        }
        lastError = error;
        switch (error.kind()) {
            case OVERLOADED, UNAVAILABLE, UNKNOWN_OUTCOME ->
                    later(
                            Duration.ofMillis(50 + cluster.time.random().nextInt(200)),
                            () -> sendAgain(ofAttempt, batch));
            case CONFLICT, INVALID, NOT_FOUND, FENCED, DATA ->
                    throw cluster.failure("a wrong refusal of " + batch, error);
        }
    }

    private void done() {
        underWay = null;
        attempt++;
        later(Duration.ofMillis(cluster.time.random().nextInt(60)), this::step);
    }

    List<Acknowledged> acknowledged(int partition) {
        return acknowledged.stream().filter(each -> each.partition() == partition).toList();
    }

    long acknowledgedCount() {
        return acknowledged.size();
    }

    long retries() {
        return retries;
    }

    @Override
    public String toString() {
        return "%s underWay=%s lastError=%s".formatted(name, underWay, lastError);
    }
}
