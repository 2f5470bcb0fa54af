package sluice.gateway.twin;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.engine.Engine;
import sluice.engine.ExchangeCatalog;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.lane.SystemClock;
import sluice.metadata.ExchangeStore;
import sluice.metadata.Items;
import sluice.metadata.TopicRecord;
import sluice.metadata.memory.MemoryItemStore;

/**
 * A whole cluster in memory that keeps the contract of {@link Engine}. Everything happens on one
 * thread of its own, so that callers meet the same change of thread as in production.
 */
public final class MemoryEngine implements Engine, AutoCloseable {

    /** Nobody listens at its address: clients turn to the gateway that they know. */
    private static final Member SELF =
            new Member(new UUID(0, 1), "127.0.0.1:1", "local", true, false, 1024);

    private final ExecutorService lane =
            Executors.newSingleThreadExecutor(
                    task -> Thread.ofPlatform().daemon().name("memory-engine").unstarted(task));
    private final MemoryTopics topics =
            new MemoryTopics(id -> this.exchanges.topicDeleted("default", id));

    private final ExchangeStore exchangeStore =
            new ExchangeStore(new Items(new MemoryItemStore(), new SplittableRandom(8), _ -> {}));

    /** As in production, over a table in memory. */
    private final ExchangeCatalog exchanges =
            new ExchangeCatalog(
                    exchangeStore,
                    (namespace, name) -> topics.find(namespace, name).toCompletableFuture().join(),
                    new SystemClock(),
                    lane);

    private final MemoryGroups groups = new MemoryGroups(SELF.node(), this);
    private final Map<PartitionId, MemoryLog> logs = new HashMap<>();
    private final Map<Integer, Queue<RuntimeException>> failuresByPartition = new HashMap<>();
    private final Map<Integer, Queue<RuntimeException>> lossesByPartition = new HashMap<>();
    private final List<Runnable> heldAnswers = new ArrayList<>();
    private boolean holdsAnswers;
    private long nextProducerId = 1;
    private volatile boolean ready = true;

    @Override
    public CompletionStage<Appended> append(
            TopicRecord topic, int partition, Acks acks, ByteBuffer batch) {
        var answer = new CompletableFuture<Appended>();
        lane.execute(() -> {
            Supplier<Appended> outcome = outcomeOf(topic.partition(partition), acks, batch);
            Runnable give = () -> complete(answer, outcome);
            if (holdsAnswers) {
                heldAnswers.add(give);
            } else {
                give.run();
            }
        });
        return answer;
    }

    private Supplier<Appended> outcomeOf(PartitionId partition, Acks acks, ByteBuffer batch) {
        var failures = failuresByPartition.get(partition.index());
        RuntimeException failure = failures == null ? null : failures.poll();
        if (failure != null) {
            return failing(failure);
        }
        try {
            Appended appended = log(partition).append(batch);
            var losses = lossesByPartition.get(partition.index());
            RuntimeException loss = losses == null ? null : losses.poll();
            if (loss != null) {
                return failing(loss);
            }
            return () -> acks == Acks.NONE ? new Appended(-1, false) : appended;
        } catch (RuntimeException e) {
            return failing(e);
        }
    }

    private static Supplier<Appended> failing(RuntimeException failure) {
        return () -> {
            throw failure;
        };
    }

    private static <T> void complete(CompletableFuture<T> answer, Supplier<T> outcome) {
        try {
            answer.complete(outcome.get());
        } catch (RuntimeException e) {
            answer.completeExceptionally(e);
        }
    }

    @Override
    public CompletionStage<Fetched> fetch(
            TopicRecord topic, int partition, long offset, int maxBytes, Duration wait) {
        return onLane(() -> log(topic.partition(partition)).fetch(offset, maxBytes, wait))
                .thenCompose(answer -> answer);
    }

    @Override
    public CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs) {
        return onLane(() -> log(topic.partition(partition)).offsetAt(timestampMs));
    }

    @Override
    public CompletionStage<PartitionStatus> status(TopicRecord topic, int partition) {
        return onLane(() ->
                new PartitionStatus(
                        partition,
                        log(topic.partition(partition)).logStart(),
                        log(topic.partition(partition)).highWatermark(),
                        topic.slots().get(partition),
                        Optional.of(SELF)));
    }

    @Override
    public CompletionStage<Long> newProducerId() {
        return onLane(() -> nextProducerId++);
    }

    @Override
    public Topics topics() {
        return topics;
    }

    @Override
    public Exchanges exchanges() {
        return exchanges;
    }

    @Override
    public CompletionStage<List<GroupName>> queueGroupsHere(int max) {
        return groups.queueGroups(max);
    }

    @Override
    public GroupCoordinator groups() {
        return groups;
    }

    /** Knows of one dead wal, which has lost three batches of ten. */
    @Override
    public CompletionStage<ForcedEnd> forceSeal(UUID wal, String reason, boolean acceptLoss) {
        if (!wal.equals(new UUID(0, 3))) {
            return CompletableFuture.failedStage(
                    new SluiceException(
                            SluiceException.Kind.CONFLICT, "wal-alive", "the wal is alive"));
        }
        return CompletableFuture.completedStage(
                new ForcedEnd(wal, acceptLoss, 7, 10, List.of(new UUID(0, 9))));
    }

    @Override
    public ClusterView cluster() {
        var wal = new WalView(new UUID(0, 2), SELF.node(), "OPEN", 1, 0, 0, 0);
        return new ClusterView("test", SELF.node(), 1024, List.of(SELF), List.of(wal));
    }

    @Override
    public boolean ready() {
        return ready;
    }

    public void setReady(boolean isReady) {
        ready = isReady;
    }

    /** Each append to a partition of that index fails with the next of its failures. */
    public void failAppend(int partition, RuntimeException failure) {
        onLane(() ->
                        failuresByPartition
                                .computeIfAbsent(partition, _ -> new ArrayDeque<>())
                                .add(failure))
                .join();
    }

    /** No append fails any more. */
    public void failNoAppend() {
        onLane(
                        () -> {
                            failuresByPartition.clear();
                            return true;
                        })
                .join();
    }

    /** An append to a partition of that index is done, and answered with the next of these. */
    public void loseAnswer(int partition, RuntimeException failure) {
        onLane(() ->
                        lossesByPartition
                                .computeIfAbsent(partition, _ -> new ArrayDeque<>())
                                .add(failure))
                .join();
    }

    /** As {@link MemoryTopics#replace}. */
    public void replaceTopic(String name) {
        topics.replace(name);
    }

    /**
     * Gives an exchange an alternate that nobody checks, as two that are set at one moment get.
     * Nobody must have published to it yet.
     */
    public void setAlternate(String exchange, String alternate) {
        var stored = exchangeStore.get("default", exchange).orElseThrow();
        exchangeStore.put(stored.value().withAlternate(Optional.of(alternate)), stored.version());
    }

    /** The next request of that group fails so. */
    public void failGroup(GroupName group, SluiceException failure) {
        groups.fail(group, failure);
    }

    /** From now on appends are done but not answered, until {@link #answerHeld}. */
    public void holdAnswers() {
        onLane(() -> holdsAnswers = true).join();
    }

    public void answerHeld() {
        onLane(
                        () -> {
                            holdsAnswers = false;
                            heldAnswers.forEach(Runnable::run);
                            heldAnswers.clear();
                            return true;
                        })
                .join();
    }

    public int heldAnswers() {
        return onLane(heldAnswers::size).join();
    }

    /** Retention removed everything below {@code offset}. */
    public void trim(String topic, int partition, long offset) {
        onLane(
                        () -> {
                            log(partitionOf(topic, partition)).trimTo(offset);
                            return true;
                        })
                .join();
    }

    /** Stores a batch that no check has seen. */
    public void store(String topic, int partition, ByteBuffer batch) {
        onLane(() -> log(partitionOf(topic, partition)).add(batch)).join();
    }

    public long highWatermark(String topic, int partition) {
        return onLane(() -> log(partitionOf(topic, partition)).highWatermark()).join();
    }

    /** Fetches that wait now. */
    public int polls(String topic, int partition) {
        return onLane(() -> log(partitionOf(topic, partition)).polls()).join();
    }

    private PartitionId partitionOf(String topic, int partition) {
        return topics.find("default", topic)
                .toCompletableFuture()
                .join()
                .orElseThrow()
                .partition(partition);
    }

    private MemoryLog log(PartitionId partition) {
        return logs.computeIfAbsent(partition, _ -> new MemoryLog(lane));
    }

    private <T> CompletableFuture<T> onLane(Supplier<T> work) {
        return CompletableFuture.supplyAsync(work, lane);
    }

    @Override
    public void close() {
        groups.close();
        lane.close();
    }
}
