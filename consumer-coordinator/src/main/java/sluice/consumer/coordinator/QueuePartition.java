package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * What is asked of the owner of one partition, and what waits until it can be asked.
 *
 * <pre>
 *   closed ── attached, and all leases told ──▶ open ── a call failed ──▶ closed
 * </pre>
 */
final class QueuePartition {

    private static final int LEASES_PAGE = 5_000;
    private static final Duration WATCH_MIN = Duration.ofSeconds(30);
    private static final Duration WATCH_MAX = Duration.ofMinutes(5);
    private static final Duration REST = Duration.ofMillis(100);
    private static final Duration ATTACH_AGAIN = Duration.ofMillis(100);
    private static final Duration ATTACH_AGAIN_MAX = Duration.ofSeconds(2);

    /** What becomes of the calls. */
    interface Observer {
        void attached(QueuePartition from, Backlog backlog, List<PartitionReply.Lease> leases);

        void watched(QueuePartition from, Backlog backlog);

        void settled(
                QueuePartition from,
                List<QueueRequest.Item> items,
                List<Settlement.Result> results,
                Backlog backlog);

        void hinted(QueuePartition from, Backlog backlog);

        /** The owner cannot be asked now; what is out is to be asked anew. */
        void lost(QueuePartition from);

        /** Another coordinator has the group. */
        void deposed(SluiceException why);
    }

    final TopicPartition partition;
    private QueueRef queue;
    private final QueueGroupPorts ports;
    private final Lane lane;
    private final Asks asks;
    private final long epoch;
    private final Supplier<PartitionRequest.Attach> attach;
    private final Observer observer;
    private final Settlements settlements;
    private final List<UUID> ended = new ArrayList<>();
    private boolean isOpen;
    private boolean isAttaching;
    private Optional<SluiceException> stopped = Optional.empty();
    private int generation;
    private long lastWatch;
    private Duration again = ATTACH_AGAIN;

    /** Twice as long each time that nothing came. */
    private Duration watch = WATCH_MIN;

    QueuePartition(
            QueueGroupPorts ports,
            Lane lane,
            Asks asks,
            long epoch,
            TopicPartition partition,
            QueueRef queue,
            Supplier<PartitionRequest.Attach> attach,
            Observer observer) {
        this.ports = ports;
        this.lane = lane;
        this.asks = asks;
        this.epoch = epoch;
        this.partition = partition;
        this.queue = queue;
        this.attach = attach;
        this.observer = observer;
        this.settlements = new Settlements(this, lane, observer);
        // Not used before in this epoch, and not by an Acquire with grants.
        this.lastWatch = lane.wallMs() << 20 | 1L << 62;
    }

    QueueRef queue() {
        return queue;
    }

    /** The same one, as it is now. */
    void is(QueueRef now) {
        queue = now;
    }

    /** True once nothing is asked any more. */
    boolean isStopped() {
        return stopped.isPresent();
    }

    /** Asks the owner; once nothing is asked any more, whoever asked is told why. */
    <T extends PartitionReply> void call(
            PartitionRequest request, Class<T> kind, Consumer<Outcome<T>> then) {
        Asks.answered(begun(request), lane, outcome -> then.accept(checked(outcome, kind)));
    }

    private CompletionStage<PartitionReply> begun(PartitionRequest request) {
        if (stopped.isPresent()) {
            return CompletableFuture.failedStage(stopped.get());
        }
        try {
            return ports.partitions().call(queue, epoch, request);
        } catch (SluiceException e) {
            return CompletableFuture.failedStage(e);
        }
    }

    private <T extends PartitionReply> Outcome<T> checked(
            Outcome<PartitionReply> outcome, Class<T> kind) {
        if (stopped.isPresent()) {
            return new Outcome.Failure<>(stopped.get());
        }
        return switch (outcome) {
            case Outcome.Success<PartitionReply>(var reply) ->
                    new Outcome.Success<>(kind.cast(reply));
            case Outcome.Failure<PartitionReply>(var error) -> {
                if (error.code().equals("stale-coordinator")) {
                    observer.deposed(error);
                }
                yield new Outcome.Failure<>(error);
            }
        };
    }

    /** True if the owner is being told. */
    boolean isAttaching() {
        return isAttaching;
    }

    /** Tells the owner who coordinates, until it has heard. */
    void attach() {
        isOpen = false;
        isAttaching = true;
        generation++;
        attach(generation);
    }

    private void attach(int ofGeneration) {
        if (isStopped() || ofGeneration != generation) {
            return;
        }
        asks.ask(
                () -> ports.partitions().call(queue, epoch, attach.get()),
                outcome -> {
                    if (isStopped() || ofGeneration != generation) {
                        return;
                    }
                    switch (checked(outcome, PartitionReply.Attached.class)) {
                        case Outcome.Success<PartitionReply.Attached>(var attached) ->
                                leases(ofGeneration, attached.backlog(), new ArrayList<>(), 0);
                        case Outcome.Failure<PartitionReply.Attached> _ ->
                                attachLater(ofGeneration);
                    }
                });
    }

    private void attachLater(int ofGeneration) {
        Duration wait = again;
        again = twice(again, ATTACH_AGAIN_MAX);
        lane.schedule(wait, () -> attach(ofGeneration));
    }

    private static Duration twice(Duration wait, Duration max) {
        Duration twice = wait.multipliedBy(2);
        return twice.compareTo(max) > 0 ? max : twice;
    }

    private void leases(
            int ofGeneration, Backlog backlog, List<PartitionReply.Lease> found, long from) {
        call(
                new PartitionRequest.Leases(from, LEASES_PAGE),
                PartitionReply.Leases.class,
                outcome -> {
                    if (ofGeneration != generation) {
                        return;
                    }
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.Leases>(
                                        PartitionReply.Leases(var page, boolean more)) -> {
                            found.addAll(page);
                            if (more && !page.isEmpty()) {
                                leases(ofGeneration, backlog, found, page.getLast().offset() + 1);
                            } else {
                                opened(backlog, found);
                            }
                        }
                        case Outcome.Failure<PartitionReply.Leases> _ -> attachLater(ofGeneration);
                    }
                });
    }

    private void opened(Backlog backlog, List<PartitionReply.Lease> found) {
        isOpen = true;
        isAttaching = false;
        again = ATTACH_AGAIN;
        observer.attached(this, backlog, found);
        flush();
    }

    boolean isOpen() {
        return isOpen;
    }

    /** A call failed: the owner is to be told anew who coordinates. */
    void close() {
        if (isOpen) {
            isOpen = false;
            observer.lost(this);
        }
    }

    /**
     * Has it told when there is something.
     *
     * @param above as {@link PartitionRequest.Acquire} has it
     */
    void watch(boolean rested, int above) {
        int ofGeneration = generation;
        if (rested) {
            lane.schedule(REST, () -> watch(ofGeneration, above));
        } else {
            watch(ofGeneration, above);
        }
    }

    private void watch(int ofGeneration, int above) {
        if (isStopped() || ofGeneration != generation) {
            return;
        }
        call(
                new PartitionRequest.Acquire(++lastWatch, List.of(), watch, above),
                PartitionReply.Acquired.class,
                outcome -> {
                    if (ofGeneration == generation) {
                        switch (outcome) {
                            case Outcome.Success<PartitionReply.Acquired>(var told) -> {
                                boolean isAny = told.backlog().ready() > 0;
                                watch = isAny ? WATCH_MIN : twice(watch, WATCH_MAX);
                                observer.watched(this, told.backlog());
                            }
                            case Outcome.Failure<PartitionReply.Acquired> _ -> close();
                        }
                    }
                });
    }

    /** All that these sessions have goes back; what is not open tells so when it is attached. */
    void endSession(UUID session) {
        if (isOpen) {
            ended.add(session);
            if (ended.size() == 1) {
                lane.execute(this::sendEnded);
            }
        }
    }

    /** Who asks for messages after that finds those of sessions that ended before. */
    void flushEnded() {
        if (!ended.isEmpty()) {
            sendEnded();
        }
    }

    private void sendEnded() {
        if (!isOpen) {
            ended.clear();
        }
        if (ended.isEmpty()) {
            return;
        }
        List<UUID> now =
                List.copyOf(
                        ended.subList(0, Math.min(ended.size(), PartitionRequest.SESSIONS_MAX)));
        ended.subList(0, now.size()).clear();
        if (!ended.isEmpty()) {
            lane.execute(this::sendEnded);
        }
        call(
                new PartitionRequest.EndSessions(now),
                PartitionReply.Ended.class,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.Ended>(var reply) ->
                                observer.hinted(this, reply.backlog());
                        case Outcome.Failure<PartitionReply.Ended> _ -> close();
                    }
                });
    }

    /**
     * Settles it once that can be asked; {@link #flush} after the last of some.
     *
     * @param then told once, with the outcome or with why it is not known; null if nobody waits
     */
    void settle(
            QueueRequest.Item item,
            Settlement settlement,
            @Nullable Consumer<Outcome<Settlement.Result>> then) {
        settlements.add(item, settlement, then);
    }

    void flush() {
        settlements.flush();
    }

    /** Nothing is asked any more, and who waits is told why. */
    void stop(SluiceException why) {
        stopped = Optional.of(why);
        isOpen = false;
        generation++;
        settlements.stop(why);
    }
}
