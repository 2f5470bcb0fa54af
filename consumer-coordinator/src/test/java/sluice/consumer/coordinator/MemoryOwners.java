package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.consumer.queue.PartitionQueues;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.memory.MemoryQueue;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;

/** The owners of all partitions, in memory; calls take some time there and back. */
final class MemoryOwners implements PartitionQueues, DeadLetterTopics {

    private static final Delay DELAY = Delay.ofMicros(100, 3_000);
    private static final Duration LOOK = Duration.ofMillis(5);

    private final VirtualTime time;
    private final VirtualTime.Scope scope;
    private final Map<PartitionId, MemoryQueue> queues = new LinkedHashMap<>();

    /** What was appended to topics for dead letters. */
    final Map<String, List<Letter>> letters = new LinkedHashMap<>();

    /** Calls of each kind that arrived. */
    final Map<String, Integer> calls = new LinkedHashMap<>();

    /** What was redriven, by the place where it was; once each. */
    final Map<String, Redriven> redriven = new LinkedHashMap<>();

    /** A topic that is no more. */
    String goneTopic = "";

    boolean isAway;
    boolean areTopicsAway;

    MemoryOwners(VirtualTime time) {
        this.time = time;
        this.scope = time.scope("queues");
    }

    /** The queue of a topic's partition, of the only group that there is. */
    MemoryQueue queue(int partition) {
        return queues.entrySet().stream()
                .filter(each -> each.getKey().index() == partition)
                .map(Map.Entry::getValue)
                .findFirst()
                .orElseThrow();
    }

    @Override
    public CompletionStage<PartitionReply> call(
            QueueRef queue, long coordinatorEpoch, PartitionRequest request) {
        var answer = new CompletableFuture<PartitionReply>();
        scope.schedule(
                DELAY.draw(time.random()),
                () -> arrived(queue, coordinatorEpoch, request, time.nowNs(), answer));
        return answer;
    }

    private void arrived(
            QueueRef queue,
            long epoch,
            PartitionRequest request,
            long sinceNs,
            CompletableFuture<PartitionReply> answer) {
        MemoryQueue state = queues.computeIfAbsent(queue.stateLog(), _ -> new MemoryQueue());
        state.now(time.wallMs());
        if (isAway) {
            fail(answer, SluiceException.Kind.UNAVAILABLE, "no-owner");
            return;
        }
        if (state.waits(epoch, request, Duration.ofNanos(time.nowNs() - sinceNs))) {
            scope.schedule(LOOK, () -> arrived(queue, epoch, request, sinceNs, answer));
            return;
        }
        calls.merge(request.getClass().getSimpleName(), 1, Integer::sum);
        try {
            PartitionReply reply = state.handle(epoch, request);
            scope.schedule(DELAY.draw(time.random()), () -> answer.complete(reply));
        } catch (SluiceException e) {
            scope.schedule(DELAY.draw(time.random()), () -> answer.completeExceptionally(e));
        }
    }

    private void fail(CompletableFuture<?> answer, SluiceException.Kind kind, String code) {
        scope.schedule(
                DELAY.draw(time.random()),
                () -> answer.completeExceptionally(new SluiceException(kind, code, "away")));
    }

    @Override
    public CompletionStage<Void> redrive(String namespace, Redriven letter) {
        var answer = new CompletableFuture<Void>();
        if (areTopicsAway) {
            fail(answer, SluiceException.Kind.UNAVAILABLE, "no-owner");
        } else if (letter.topic().equals(goneTopic)) {
            fail(answer, SluiceException.Kind.NOT_FOUND, "unknown-topic");
        } else {
            scope.schedule(
                    DELAY.draw(time.random()),
                    () -> {
                        redriven.putIfAbsent(
                                letter.place().stateLog() + "/" + letter.record().offset(), letter);
                        answer.complete(null);
                    });
        }
        return answer;
    }

    @Override
    public CompletionStage<Void> append(String namespace, String topic, List<Letter> appended) {
        var answer = new CompletableFuture<Void>();
        if (areTopicsAway) {
            fail(answer, SluiceException.Kind.UNAVAILABLE, "no-owner");
            return answer;
        }
        scope.schedule(
                DELAY.draw(time.random()),
                () -> {
                    letters.computeIfAbsent(topic, _ -> new ArrayList<>()).addAll(appended);
                    answer.complete(null);
                });
        return answer;
    }
}
