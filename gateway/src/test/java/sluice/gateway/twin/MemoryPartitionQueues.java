package sluice.gateway.twin;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import sluice.consumer.coordinator.DeadLetterTopics;
import sluice.consumer.queue.PartitionQueues;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.memory.MemoryQueue;
import sluice.engine.Engine;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.ThreadLane;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/** The queues of all partitions, over the logs of an engine in memory. Owned by one lane. */
final class MemoryPartitionQueues implements PartitionQueues, DeadLetterTopics {

    private static final Duration LOOK = Duration.ofMillis(5);
    private static final int FETCH_BYTES = 1 << 20;

    private final ThreadLane lane;
    private final Engine engine;
    private final Map<PartitionId, MemoryQueue> queues = new HashMap<>();

    MemoryPartitionQueues(ThreadLane lane, Engine engine) {
        this.lane = lane;
        this.engine = engine;
    }

    @Override
    public CompletionStage<PartitionReply> call(
            QueueRef queue, long coordinatorEpoch, PartitionRequest request) {
        var answer = new CompletableFuture<PartitionReply>();
        lane.execute(() -> arrived(queue, coordinatorEpoch, request, lane.nowNs(), answer));
        return answer;
    }

    private void arrived(
            QueueRef queue,
            long epoch,
            PartitionRequest request,
            long sinceNs,
            CompletableFuture<PartitionReply> answer) {
        MemoryQueue state = queues.computeIfAbsent(queue.stateLog(), _ -> new MemoryQueue());
        read(queue, state)
                .whenComplete((_, failure) ->
                        lane.execute(() -> {
                            if (failure != null) {
                                answer.completeExceptionally(failure);
                            } else {
                                handle(queue, state, epoch, request, sinceNs, answer);
                            }
                        }));
    }

    private void handle(
            QueueRef queue,
            MemoryQueue state,
            long epoch,
            PartitionRequest request,
            long sinceNs,
            CompletableFuture<PartitionReply> answer) {
        state.now(lane.wallMs());
        if (state.waits(epoch, request, Duration.ofNanos(lane.nowNs() - sinceNs))) {
            lane.schedule(LOOK, () -> arrived(queue, epoch, request, sinceNs, answer));
            return;
        }
        try {
            answer.complete(state.handle(epoch, request));
        } catch (SluiceException e) {
            answer.completeExceptionally(e);
        }
    }

    private @Nullable TopicRecord topic(long id) {
        return engine.topics().list("default", "", Integer.MAX_VALUE).stream()
                .filter(each -> each.id() == id)
                .findFirst()
                .orElse(null);
    }

    /** What the log has and the queue does not. */
    private CompletionStage<Void> read(QueueRef queue, MemoryQueue state) {
        PartitionId partition = queue.partition().id();
        TopicRecord topic = topic(partition.topicId());
        if (topic == null) {
            return CompletableFuture.completedStage(null);
        }
        return engine.fetch(
                        topic, partition.index(), state.highWatermark(), FETCH_BYTES, Duration.ZERO)
                .thenAcceptAsync(
                        fetched -> fetched.batches().forEach(each -> take(each, state)),
                        lane::execute);
    }

    private static void take(ByteBuffer batches, MemoryQueue state) {
        for (int at = batches.position();
                at < batches.limit();
                at += RecordBatch.sizeBytes(batches, at)) {
            boolean _ =
                    BatchReader.forEach(
                            batches,
                            at,
                            record -> {
                                if (record.offset() >= state.highWatermark()) {
                                    state.append(record);
                                }
                                return true;
                            });
        }
    }

    @Override
    public CompletionStage<Void> append(String namespace, String topic, List<Letter> letters) {
        TopicRecord to =
                engine.topics()
                        .create(
                                namespace,
                                topic,
                                1,
                                new TopicConfig(
                                        Optional.empty(), TopicConfig.Profile.LATENCY, 1 << 20))
                        .topic();
        return CompletableFuture.allOf(
                letters.stream()
                        .map(each ->
                                engine.append(to, 0, Engine.Acks.ALL, batch(each.record()))
                                        .toCompletableFuture())
                        .toArray(CompletableFuture[]::new));
    }

    @Override
    public CompletionStage<Void> redrive(String namespace, Redriven letter) {
        return engine.topics()
                .find(namespace, letter.topic())
                .thenCompose(found ->
                        engine.append(
                                found.orElseThrow(() ->
                                        new SluiceException(
                                                SluiceException.Kind.NOT_FOUND,
                                                "unknown-topic",
                                                letter.topic())),
                                Math.max(0, letter.partition()),
                                Engine.Acks.ALL,
                                batch(letter.record())))
                .thenApply(_ -> null);
    }

    private static ByteBuffer batch(LogRecord record) {
        var builder = new BatchBuilder(1024);
        builder.append(
                record.timestampMs(),
                bytes(record.key()),
                bytes(record.value()),
                record.headers().stream()
                        .map(each -> new BatchBuilder.Header(each.name(), bytes(each.value())))
                        .toList());
        return builder.build();
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }
}
