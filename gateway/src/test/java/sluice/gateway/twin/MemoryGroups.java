package sluice.gateway.twin;

import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import sluice.consumer.coordinator.GroupPorts;
import sluice.consumer.coordinator.LocalGroups;
import sluice.consumer.coordinator.PartitionEnds;
import sluice.consumer.coordinator.QueueGroupPorts;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupSummary;
import sluice.consumer.session.PolledSessions;
import sluice.consumer.session.ReadRoom;
import sluice.consumer.session.SessionLimits;
import sluice.consumer.stream.GroupLimits;
import sluice.consumer.stream.TopicPatterns;
import sluice.engine.Engine;
import sluice.engine.TopicSource;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.log.lane.SystemClock;
import sluice.log.lane.ThreadLane;
import sluice.log.lane.VirtualThreadBackground;
import sluice.metadata.GroupStore;
import sluice.metadata.Items;
import sluice.metadata.TopicRecord;
import sluice.metadata.memory.MemoryItemStore;

/** The coordinator of all groups, on a lane of its own, over tables in memory. */
final class MemoryGroups implements GroupCoordinator, AutoCloseable {

    private static final Queue<SluiceException> NONE = new ConcurrentLinkedQueue<>();

    private final ThreadLane lane =
            new ThreadLane("memory-groups", 10_000, new SystemClock(), () -> {}, failure -> {});
    private final GroupStore store;
    private final LocalGroups groups;

    /** What the next requests of a group fail with. */
    private final Map<GroupName, Queue<SluiceException>> failures = new ConcurrentHashMap<>();

    MemoryGroups(UUID self, Engine engine) {
        var queues = new MemoryPartitionQueues(lane, engine);
        store = new GroupStore(new Items(new MemoryItemStore(), new SplittableRandom(7), _ -> {}));
        groups =
                new LocalGroups(
                        new GroupPorts(
                                self,
                                lane,
                                new VirtualThreadBackground("memory-groups-store", 8),
                                store,
                                (namespace, patterns) -> matching(engine, namespace, patterns),
                                new Ends(engine),
                                new PolledSessions(
                                        lane,
                                        this,
                                        namespace -> new TopicSource(engine, namespace),
                                        SessionLimits.DEFAULT,
                                        new ReadRoom(1 << 20),
                                        100),
                                new QueueGroupPorts(queues, queues, _ -> false),
                                UUID::randomUUID,
                                GroupLimits.DEFAULT));
        lane.start();
    }

    void fail(GroupName group, SluiceException failure) {
        failures.computeIfAbsent(group, _ -> new ConcurrentLinkedQueue<>()).add(failure);
    }

    private static CompletionStage<List<TopicRecord>> matching(
            Engine engine, String namespace, List<String> patterns) {
        var wanted = new TopicPatterns(patterns);
        return CompletableFuture.completedStage(
                engine.topics().list(namespace, "", Integer.MAX_VALUE).stream()
                        .filter(topic -> wanted.matches(topic.name()))
                        .toList());
    }

    private record Ends(Engine engine) implements PartitionEnds {
        @Override
        public CompletionStage<PartitionEnds.Ends> ends(TopicRecord topic, int partition) {
            return engine.status(topic, partition)
                    .thenApply(status ->
                            new PartitionEnds.Ends(status.logStart(), status.highWatermark()));
        }

        @Override
        public CompletionStage<Long> offsetAt(TopicRecord topic, int partition, long timestampMs) {
            return engine.offsetAt(topic, partition, timestampMs);
        }
    }

    @Override
    public CompletionStage<GroupReply> call(GroupName group, GroupRequest request) {
        SluiceException failure = failures.getOrDefault(group, NONE).poll();
        if (failure != null) {
            return CompletableFuture.failedStage(failure);
        }
        var future = new CompletableFuture<GroupReply>();
        lane.execute(
                () -> groups.handle(0, 1, group, request, outcome -> complete(future, outcome)));
        return future;
    }

    private static void complete(
            CompletableFuture<GroupReply> future, Outcome<GroupReply> outcome) {
        switch (outcome) {
            case Outcome.Success<GroupReply>(var reply) -> future.complete(reply);
            case Outcome.Failure<GroupReply>(SluiceException error) ->
                    future.completeExceptionally(error);
        }
    }

    @Override
    public CompletionStage<List<GroupSummary>> list(
            String namespace, String prefix, String after, int max) {
        return CompletableFuture.completedStage(
                store.list(namespace, prefix, after, max).stream()
                        .map(each ->
                                new GroupSummary(each.name(), each.config(), each.createdAtMs()))
                        .toList());
    }

    CompletionStage<List<GroupName>> queueGroups(int max) {
        var found = new CompletableFuture<List<GroupName>>();
        lane.execute(() -> found.complete(groups.queueGroups(max)));
        return found;
    }

    @Override
    public void close() {
        lane.close();
    }
}
