package sluice.client.stream;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.record.TopicPartition;
import sluice.client.stream.Deliveries.Delivery;

/**
 * Reads the topics of a stream group, as one of its members: by polls, or with a handler.
 *
 * <p>A group's partitions are shared among its members; when members come and go, only partitions
 * that move stop for a moment. The consumer keeps its partitions when a gateway dies: it goes on
 * with the next one by itself. What was handed out and not committed is read again by whoever has
 * the partition after this consumer ends.
 *
 * <p>One thread polls, or runs a handler; {@link #wakeup} and {@link #close} may be called by any.
 *
 * <pre>{@code
 * try (var consumer = client.streamConsumer("billing").build()) {
 *     while (running) {
 *         for (var record : consumer.poll(Duration.ofSeconds(1))) {
 *             book(record);
 *         }
 *         consumer.commit();
 *     }
 * }
 * }</pre>
 */
public final class StreamConsumer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(StreamConsumer.class);

    /** What a consumer is made of; {@link StreamConsumerBuilder} checks it. */
    record Parts(
            SessionLane lane,
            StreamDialer dialer,
            StreamSettings session,
            Runnable releaseThreads,
            RebalanceListener listener,
            boolean isAutoCommit,
            Duration commitInterval,
            Duration commitTimeout,
            int recordsMax,
            int parallelism) {}

    /** How long it waits for the gateway to hear that it leaves. */
    private static final Duration GOODBYE_MAX = Duration.ofSeconds(5);

    private final Parts parts;
    private final SessionLane lane;
    private final LaneCalls calls;

    /** One thread at a time polls, or runs a handler. */
    private final Semaphore use = new Semaphore(1);

    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private volatile @Nullable Thread user;
    private CompletableFuture<Void> autoCommit = CompletableFuture.completedFuture(null);
    private long committedNs;
    private volatile boolean isClosing;

    StreamConsumer(Parts parts) {
        this.parts = parts;
        this.lane = parts.lane();
        this.calls = new LaneCalls(lane, parts.dialer(), parts.session());
        this.committedNs = lane.nowNs();
        calls.begin();
    }

    /**
     * Waits for records, at most that long.
     *
     * @return what there is; none if nothing came
     * @throws WakeupException if {@link #wakeup} was called, or the thread is interrupted
     * @throws SluiceApiException if the group is unknown, another process took this member's place
     *     ({@code member-fenced}), or a partition has no record where the consumer stands ({@code
     *     offset-out-of-range}: {@link #seek} elsewhere)
     * @throws sluice.client.error.CorruptBatchException if records cannot be read: {@link #seek}
     *     behind them, or stop
     */
    public ConsumerRecords poll(Duration timeout) {
        acquire();
        try {
            long deadlineNs = lane.nowNs() + timeout.toNanos();
            commitNowAndThen();
            while (true) {
                Delivery delivery =
                        calls.next(
                                deadlineNs - lane.nowNs(), parts.recordsMax(), partition -> false);
                if (!delivery.changes().isEmpty()) {
                    tell(delivery.changes());
                } else if (!delivery.chunks().isEmpty() || lane.nowNs() >= deadlineNs) {
                    return new ConsumerRecords(
                            delivery.chunks().stream()
                                    .flatMap(chunk -> chunk.records().stream())
                                    .toList());
                }
            }
        } finally {
            giveBack();
        }
    }

    /**
     * Hands records to {@code handler}, each partition's in order, different partitions' at the
     * same time, and commits what was handled. Returns when the consumer is closed or woken up.
     *
     * @throws HandlerFailedException if the handler threw: the first such failure, after what was
     *     handled is committed
     * @throws SluiceClientException as {@link #poll}
     */
    public void run(RecordHandler handler) {
        acquire();
        try (var run = new HandlerRun(this, handler, parts.parallelism())) {
            run.run();
        } finally {
            giveBack();
        }
    }

    LaneCalls calls() {
        return calls;
    }

    Parts parts() {
        return parts;
    }

    boolean isClosing() {
        return isClosing;
    }

    private void tell(Changes changes) {
        if (!changes.lost().isEmpty()) {
            parts.listener().onLost(changes.lost());
        }
        if (!changes.revoking().isEmpty()) {
            parts.listener().onRevoking(changes.revoking());
            var done =
                    parts.isAutoCommit()
                            ? commitHolds(positions(changes.revoking()))
                            : CompletableFuture.<Void>completedFuture(null);
            releaseAfter(done, changes.revoking());
        }
        if (!changes.assigned().isEmpty()) {
            parts.listener().onAssigned(changes.assigned());
        }
    }

    /** Gives back what the application is done with, once its commit is answered. Waits not. */
    void releaseAfter(CompletableFuture<Void> committed, Collection<TopicPartition> partitions) {
        var told = Set.copyOf(partitions);
        var unused =
                calls.ask(
                                session -> {
                                    Revocation given = Revocation.of(session.partitions(), told);
                                    return CompletableFuture.completedFuture(given);
                                })
                        .thenAcceptBoth(
                                committed.whenComplete(this::logged).exceptionally(lost -> null),
                                (given, nothing) -> calls.run(session -> given.release()));
    }

    private void logged(@Nullable Void done, @Nullable Throwable failure) {
        if (failure != null) {
            LOGGER.atWarn()
                    .addKeyValue("group", parts.session().group())
                    .setCause(failure)
                    .log("stream: positions were not committed");
        }
    }

    /** What the application was handed before this poll is done by now. */
    private void commitNowAndThen() {
        boolean isDue = lane.nowNs() - committedNs >= parts.commitInterval().toNanos();
        if (parts.isAutoCommit() && isDue && autoCommit.isDone()) {
            committedNs = lane.nowNs();
            autoCommit = commitHolds(positions(null));
            autoCommit.whenComplete(this::logged);
        }
    }

    /** Commits the positions after all records that were handed out, and waits. */
    public void commit() {
        await(commitHolds(positions(null)));
    }

    /**
     * Commits these positions, each the offset of the next record that is wanted, and waits.
     *
     * @throws SluiceApiException {@code not-assigned} if one of the partitions is not this
     *     consumer's any more: nothing is committed
     * @throws RetriableException if it was not committed in time; it may be later
     */
    public void commit(Map<TopicPartition, Long> offsets) {
        await(commitAsync(offsets));
    }

    /** As {@link #commit(Map)}, without waiting. Commits are carried out in their order. */
    public CompletableFuture<Void> commitAsync(Map<TopicPartition, Long> offsets) {
        var asked = Map.copyOf(offsets);
        return calls.ask(session -> {
            var holds = new LinkedHashMap<HeldPartition, Long>();
            for (var each : asked.entrySet()) {
                HeldPartition hold = session.partitions().known(each.getKey());
                if (hold == null) {
                    throw CommitQueue.notAssigned(Set.of(each.getKey()));
                }
                holds.put(hold, each.getValue());
            }
            return session.commits().add(holds, CommitQueue.Lost.FAILS);
        });
    }

    /** As {@link #commit()}, without waiting. */
    public CompletableFuture<Void> commitAsync() {
        return commitHolds(positions(null));
    }

    CompletableFuture<Void> commitHolds(CompletableFuture<Map<HeldPartition, Long>> offsets) {
        return offsets.thenCompose(holds ->
                calls.ask(session -> session.commits().add(holds, CommitQueue.Lost.LEFT_OUT)));
    }

    /** The positions of these partitions, or of all. */
    private CompletableFuture<Map<HeldPartition, Long>> positions(
            @Nullable Set<TopicPartition> only) {
        return calls.ask(session -> {
            Map<HeldPartition, Long> all = session.partitions().positions();
            all.keySet().removeIf(hold -> only != null && !only.contains(hold.id));
            return CompletableFuture.completedFuture(all);
        });
    }

    void awaitQuietly(CompletableFuture<Void> commit) {
        try {
            await(commit);
        } catch (SluiceClientException e) {
            logged(null, e);
        }
    }

    private void await(CompletableFuture<Void> commit) {
        try {
            commit.get(parts.commitTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new RetriableException(
                    "the commit was not answered in time: timeout=" + parts.commitTimeout(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WakeupException();
        } catch (ExecutionException e) {
            throw LaneCalls.unwrapped(e.getCause());
        }
    }

    /** The partitions that are this consumer's now. */
    public Set<TopicPartition> assignment() {
        return calls.call(session -> new TreeSet<>(session.partitions().assignment()));
    }

    /**
     * The offset of the next record of that partition that a poll returns.
     *
     * @throws SluiceApiException {@code not-assigned} if it is not this consumer's
     */
    public long position(TopicPartition partition) {
        return calls.call(session -> {
            HeldPartition hold = session.partitions().known(partition);
            if (hold == null) {
                throw CommitQueue.notAssigned(Set.of(partition));
            }
            return hold.position();
        });
    }

    /**
     * Goes on at that offset; nothing is committed by it.
     *
     * @throws SluiceApiException {@code not-assigned} if it is not this consumer's
     */
    public void seek(TopicPartition partition, long offset) {
        calls.call(session -> {
            if (!session.partitions().seek(partition, offset)) {
                throw CommitQueue.notAssigned(Set.of(partition));
            }
            return offset;
        });
    }

    /** Returns no more records of these until {@link #resume}; they stay this consumer's. */
    public void pause(Collection<TopicPartition> partitions) {
        var paused = Set.copyOf(partitions);
        calls.run(session -> session.partitions().pause(paused));
    }

    public void resume(Collection<TopicPartition> partitions) {
        var resumed = Set.copyOf(partitions);
        calls.run(session -> session.partitions().resume(resumed));
    }

    /** Ends a poll or run that waits, or else the next one. Callable from any thread. */
    public void wakeup() {
        calls.wakeUp();
    }

    /**
     * Commits, if commits are automatic, and leaves the group: its partitions are others' at once.
     * A thread in {@link #run} ends first, with its handlers' current records; one in {@link #poll}
     * is woken up. Not to be called by a handler, which would wait for itself: {@link #wakeup} is.
     */
    @Override
    public void close() {
        if (isClosing) {
            closed.join();
            return;
        }
        isClosing = true;
        if (user != Thread.currentThread()) {
            wakeup();
            use.acquireUninterruptibly();
        }
        if (parts.isAutoCommit()) {
            awaitQuietly(commitHolds(positions(null)));
        }
        var left = new CompletableFuture<Void>();
        calls.run(session -> session.leave(() -> left.complete(null)));
        left.completeOnTimeout(null, GOODBYE_MAX.toMillis(), TimeUnit.MILLISECONDS).join();
        calls.run(StreamSession::abort);
        calls.end(parts.releaseThreads());
        closed.complete(null);
    }

    private void acquire() {
        if (isClosing) {
            throw new IllegalStateException("the consumer is closed");
        }
        if (!use.tryAcquire()) {
            throw new IllegalStateException(
                    "one thread polls, or runs a handler: thread=%s user=%s"
                            .formatted(Thread.currentThread().getName(), user));
        }
        user = Thread.currentThread();
    }

    private void giveBack() {
        user = null;
        use.release();
    }
}
