package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * Settlements of one partition on their way. Those that come while others are under way are sent
 * together. One that failed is sent again once the partition is open, for it is the same twice as
 * once; who waits for one too long is told that its outcome is not known.
 */
final class Settlements {

    private static final int AT_ONCE = 2_000;
    private static final int UNDER_WAY_MAX = 2;

    /** While a request is under way, fewer wait for more. */
    private static final int WORTH_A_REQUEST = 16;

    private static final int WAITING_MAX = 100_000;
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** A settlement that waits. */
    private static final class Waiting {
        final QueueRequest.Item item;
        final Settlement settlement;
        final @Nullable Consumer<Outcome<Settlement.Result>> then;
        final long sinceNs;

        Waiting(
                QueueRequest.Item item,
                Settlement settlement,
                @Nullable Consumer<Outcome<Settlement.Result>> then,
                long sinceNs) {
            this.item = item;
            this.settlement = settlement;
            this.then = then;
            this.sinceNs = sinceNs;
        }
    }

    private final QueuePartition partition;
    private final Lane lane;
    private final QueuePartition.Observer observer;
    private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
    private int settling;
    private boolean isPatient;

    Settlements(QueuePartition partition, Lane lane, QueuePartition.Observer observer) {
        this.partition = partition;
        this.lane = lane;
        this.observer = observer;
    }

    /**
     * @param then told once, with the outcome or with why it is not known; null if nobody waits
     */
    void add(
            QueueRequest.Item item,
            Settlement settlement,
            @Nullable Consumer<Outcome<Settlement.Result>> then) {
        if (waiting.size() >= WAITING_MAX) {
            if (then != null) {
                then.accept(new Outcome.Failure<>(busy()));
            }
            return;
        }
        waiting.add(new Waiting(item, settlement, then, lane.nowNs()));
    }

    private static SluiceException busy() {
        return new SluiceException(
                Kind.OVERLOADED,
                "too-many-settlements",
                "too many settlements of the partition wait; retry after a pause");
    }

    /** Sends what waits, as far as it can be. */
    void flush() {
        while (partition.isOpen()
                && settling < (waiting.size() < WORTH_A_REQUEST ? 1 : UNDER_WAY_MAX)
                && !waiting.isEmpty()) {
            var batch = new ArrayList<Waiting>();
            while (batch.size() < AT_ONCE && !waiting.isEmpty()) {
                batch.add(waiting.removeFirst());
            }
            send(batch);
        }
        if (!waiting.isEmpty() && !isPatient && !partition.isStopped()) {
            isPatient = true;
            lane.schedule(PATIENCE, this::giveUp);
        }
    }

    private void send(List<Waiting> batch) {
        settling++;
        partition.call(
                new PartitionRequest.Settle(batch.stream().map(each -> each.settlement).toList()),
                PartitionReply.Settled.class,
                outcome -> {
                    settling--;
                    switch (outcome) {
                        case Outcome.Success<PartitionReply.Settled>(var settled) ->
                                settled(batch, settled);
                        case Outcome.Failure<PartitionReply.Settled>(var error) ->
                                failed(batch, error);
                    }
                    flush();
                });
    }

    private void settled(List<Waiting> batch, PartitionReply.Settled settled) {
        observer.settled(
                partition,
                batch.stream().map(each -> each.item).toList(),
                settled.results(),
                settled.backlog());
        for (int i = 0; i < batch.size(); i++) {
            tell(batch.get(i), new Outcome.Success<>(settled.results().get(i)));
        }
    }

    private static void tell(Waiting each, Outcome<Settlement.Result> outcome) {
        if (each.then != null) {
            each.then.accept(outcome);
        }
    }

    private void failed(List<Waiting> batch, SluiceException error) {
        if (partition.isStopped()) {
            batch.forEach(each -> tell(each, new Outcome.Failure<>(error)));
            return;
        }
        switch (error.kind()) {
            case INVALID, DATA, OVERLOADED ->
                    batch.forEach(each -> tell(each, new Outcome.Failure<>(error)));
            case FENCED, CONFLICT, NOT_FOUND, UNAVAILABLE, UNKNOWN_OUTCOME -> {
                for (Waiting each : batch.reversed()) {
                    waiting.addFirst(each);
                }
                partition.close();
            }
        }
    }

    private void giveUp() {
        isPatient = false;
        long untilNs = lane.nowNs() - PATIENCE.toNanos();
        while (!waiting.isEmpty() && waiting.getFirst().sinceNs - untilNs <= 0) {
            tell(waiting.removeFirst(), new Outcome.Failure<>(unknown()));
        }
        flush();
    }

    private static SluiceException unknown() {
        return new SluiceException(
                Kind.UNKNOWN_OUTCOME,
                "partition-silent",
                "the partition's owner was not heard of in time; settle it again");
    }

    /** Who waits is told why. */
    void stop(SluiceException why) {
        var left = List.copyOf(waiting);
        waiting.clear();
        left.forEach(each -> tell(each, new Outcome.Failure<>(why)));
    }
}
