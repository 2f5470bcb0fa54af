package sluice.client.stream;

import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import sluice.client.record.TopicPartition;
import sluice.client.stream.Deliveries.Delivery;
import sluice.client.stream.HeldPartitions.Chunk;

/**
 * Runs a handler over what a consumer is handed: the caller's thread asks, commits and hears of
 * changes; workers handle, one of them at a time for each partition.
 *
 * <p>A partition that is handled is not asked for more, so a record that takes long delays its own
 * partition alone. One that is to be given back is given back once its current record is handled
 * and committed.
 */
final class HandlerRun implements AutoCloseable {

    /** How long it waits for records before it looks whether to commit. */
    private static final Duration LOOK_MAX = Duration.ofMillis(500);

    private final StreamConsumer consumer;
    private final StreamConsumer.Parts parts;
    private final RecordHandler handler;
    private final ExecutorService workers;
    private final int parallelism;

    /** Partitions that workers have now. */
    private final Map<TopicPartition, Work> busy = new ConcurrentHashMap<>();

    /** The offset after the last record that was handled, of each hold that is not committed. */
    private final Map<HeldPartition, Long> done = new ConcurrentHashMap<>();

    private final Set<TopicPartition> revoking = new HashSet<>();
    private final AtomicReference<@Nullable HandlerFailedException> failure =
            new AtomicReference<>();
    private CompletableFuture<Void> commit = CompletableFuture.completedFuture(null);
    private long committedNs;

    /** Records of one partition that a worker handles; it stops behind the current one if asked. */
    private static final class Work {
        final Chunk chunk;
        volatile boolean isStopped;

        Work(Chunk chunk) {
            this.chunk = chunk;
        }
    }

    HandlerRun(StreamConsumer consumer, RecordHandler handler, int parallelism) {
        this.consumer = consumer;
        this.parts = consumer.parts();
        this.handler = handler;
        this.parallelism = parallelism;
        this.committedNs = parts.lane().nowNs();
        this.workers =
                Executors.newFixedThreadPool(
                        parallelism,
                        task -> {
                            var worker = new Thread(task, "sluice-handler");
                            worker.setDaemon(true);
                            return worker;
                        });
    }

    void run() {
        long lookNs = Math.min(LOOK_MAX.toNanos(), parts.commitInterval().toNanos());
        try {
            while (failure.get() == null && !consumer.isClosing()) {
                Delivery delivery = consumer.calls().next(lookNs, parts.recordsMax(), this::isBusy);
                tell(delivery.changes());
                delivery.chunks().forEach(this::begin);
                finishRevoked();
                commitIfDue();
            }
        } catch (WakeupException e) {
            // Asked to end.
        }
    }

    private boolean isBusy(TopicPartition partition) {
        return busy.size() >= parallelism || busy.containsKey(partition);
    }

    private void begin(Chunk chunk) {
        var work = new Work(chunk);
        busy.put(chunk.held().id, work);
        workers.execute(() -> handle(work));
    }

    private void handle(Work work) {
        HeldPartition hold = work.chunk.held();
        long unhandled = -1;
        try {
            for (ConsumerRecord record : work.chunk.records()) {
                unhandled = record.offset();
                if (work.isStopped || failure.get() != null) {
                    return;
                }
                handle(record);
                done.put(hold, record.offset() + 1);
                unhandled = -1;
            }
        } catch (HandlerFailedException e) {
            failure.compareAndSet(null, e);
        } finally {
            ended(hold, unhandled);
        }
    }

    /**
     * @param unhandled offset of the first record that was not handled, −1 if all were
     */
    private void ended(HeldPartition hold, long unhandled) {
        // On the lane, so that no later record is taken before the place is moved back.
        consumer.calls()
                .run(session -> {
                    if (unhandled >= 0) {
                        session.partitions().moveBack(hold, unhandled);
                    }
                    busy.remove(hold.id);
                });
        consumer.calls().nudge();
    }

    @SuppressWarnings("CatchThrowable") // an error in a handler ends the run, not only its worker
    private void handle(ConsumerRecord record) {
        try {
            handler.handle(record);
        } catch (Throwable e) {
            throw new HandlerFailedException(record, e);
        }
    }

    private void tell(Changes changes) {
        if (!changes.lost().isEmpty()) {
            changes.lost().forEach(this::stop);
            revoking.removeAll(changes.lost());
            done.keySet().removeIf(hold -> changes.lost().contains(hold.id));
            parts.listener().onLost(changes.lost());
        }
        changes.revoking().forEach(this::stop);
        revoking.addAll(changes.revoking());
        if (!changes.assigned().isEmpty()) {
            revoking.removeAll(changes.assigned());
            parts.listener().onAssigned(changes.assigned());
        }
    }

    private void stop(TopicPartition partition) {
        Work work = busy.get(partition);
        if (work != null) {
            work.isStopped = true;
        }
    }

    /** Gives back what is to be given back and not handled any more. */
    private void finishRevoked() {
        var ready = new HashSet<>(revoking);
        ready.removeAll(busy.keySet());
        if (ready.isEmpty()) {
            return;
        }
        revoking.removeAll(ready);
        parts.listener().onRevoking(Set.copyOf(ready));
        // What is under way may be of these partitions too; if it fails, this has it.
        commit = commit.exceptionally(failed -> null).thenCompose(committed -> commit(take(ready)));
        consumer.releaseAfter(commit, ready);
    }

    private void commitIfDue() {
        boolean isDue = parts.lane().nowNs() - committedNs >= parts.commitInterval().toNanos();
        if (isDue && commit.isDone()) {
            committedNs = parts.lane().nowNs();
            commit = commit(take(null));
        }
    }

    private CompletableFuture<Void> commit(Map<HeldPartition, Long> offsets) {
        return consumer.commitHolds(CompletableFuture.completedFuture(offsets))
                .whenComplete((committed, failed) -> {
                    if (failed != null) {
                        // With the next commit.
                        offsets.forEach(done::putIfAbsent);
                    }
                });
    }

    /** What is done and not committed, of these partitions or of all. */
    private Map<HeldPartition, Long> take(@Nullable Set<TopicPartition> only) {
        var taken = new LinkedHashMap<HeldPartition, Long>();
        done.forEach((hold, offset) -> {
            if (only == null || only.contains(hold.id)) {
                taken.put(hold, offset);
                done.remove(hold, offset);
            }
        });
        return taken;
    }

    /** Waits for the workers' current records, and commits. */
    @Override
    public void close() {
        busy.values().forEach(work -> work.isStopped = true);
        workers.shutdown();
        boolean isInterrupted = false;
        while (!workers.isTerminated()) {
            try {
                boolean ended = workers.awaitTermination(1, TimeUnit.MINUTES);
                assert ended || !workers.isTerminated();
            } catch (InterruptedException e) {
                isInterrupted = true;
                workers.shutdownNow();
            }
        }
        finishRevoked();
        consumer.awaitQuietly(commit);
        consumer.awaitQuietly(commit(take(null)));
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
        HandlerFailedException failed = failure.get();
        if (failed != null) {
            throw failed;
        }
    }
}
