package sluice.engine;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import sluice.consumer.PartitionReader;
import sluice.consumer.coordinator.GroupPorts;
import sluice.consumer.coordinator.LocalGroups;
import sluice.consumer.coordinator.PartitionEnds;
import sluice.consumer.coordinator.QueueGroupPorts;
import sluice.consumer.coordinator.TopicLookup;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.queue.PartitionQueues;
import sluice.consumer.session.PolledSessions;
import sluice.consumer.session.ReadRoom;
import sluice.consumer.session.SessionLimits;
import sluice.consumer.stream.GroupLimits;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupStore;

/**
 * The groups whose slots this gateway owns, on a lane of their own: what takes long for a group
 * never holds up an append. Methods are called on the engine's lane.
 */
final class OwnedGroups {

    /** Read ahead for all members that poll together. */
    private static final long POLLED_AHEAD_BYTES_MAX = 64 << 20;

    private static final int POLLED_SESSIONS_MAX = 10_000;

    private final Lane engineLane;
    private final Lane groupLane;
    private final LocalGroups groups;
    private volatile int count;

    private OwnedGroups(
            EnginePorts ports,
            UUID self,
            TopicLookup topics,
            PartitionEnds ends,
            GroupCoordinator coordinator,
            QueueGroupPorts queues,
            Engine engine) {
        engineLane = ports.lane();
        groupLane = ports.groupLane();
        groups =
                new LocalGroups(
                        new GroupPorts(
                                self,
                                groupLane,
                                ports.background(),
                                new GroupStore(ports.items()),
                                topics,
                                ends,
                                new PolledSessions(
                                        groupLane,
                                        coordinator,
                                        namespace -> new TopicSource(engine, namespace),
                                        SessionLimits.DEFAULT,
                                        new ReadRoom(POLLED_AHEAD_BYTES_MAX),
                                        POLLED_SESSIONS_MAX),
                                queues,
                                () -> newId(ports.randoms().get()),
                                GroupLimits.DEFAULT));
    }

    /**
     * @param engine whose topics are read; it serves no call before it is made
     * @param coordinator of all groups, for members that poll
     * @param queues of all partitions, for groups of type queue
     * @param isLost true of a node of which the gateway is gone; safe from any thread
     */
    static OwnedGroups of(
            EnginePorts ports,
            UUID self,
            Engine engine,
            GroupCoordinator coordinator,
            PartitionQueues queues,
            Predicate<UUID> isLost,
            RoutedTail tail,
            PartitionReader reader) {
        return new OwnedGroups(
                ports,
                self,
                new GroupTopics(engine.topics(), ports.lane(), ports.blocking()),
                new RoutedEnds(tail, reader),
                coordinator,
                new QueueGroupPorts(
                        queues, new DeadLetterAppends(engine, ports.blocking()), isLost),
                engine);
    }

    private static UUID newId(RandomGenerator random) {
        return new UUID(random.nextLong(), random.nextLong());
    }

    /**
     * @param epoch of the slot, under which this gateway owns it
     * @param answer called on the engine's lane, once
     */
    void handle(long epoch, CallRequest.Group request, Consumer<CallReply> answer) {
        boolean isQueued =
                groupLane.offer(() -> {
                    groups.handle(
                            request.slot(),
                            epoch,
                            request.group(),
                            request.request(),
                            outcome -> engineLane.executeHere(() -> answer.accept(reply(outcome))));
                    count = groups.count();
                });
        if (!isQueued) {
            answer.accept(OwnerAppends.failed(Router.busy()));
        }
    }

    private static CallReply reply(Outcome<GroupReply> outcome) {
        return switch (outcome) {
            case Outcome.Success<GroupReply>(var reply) -> new CallReply.Group(reply);
            case Outcome.Failure<GroupReply>(var error) -> OwnerAppends.failed(error);
        };
    }

    /** These slots are no longer this gateway's. */
    void drop(IntPredicate slots) {
        groupLane.execute(() -> {
            groups.drop(slots);
            count = groups.count();
        });
    }

    /** Some of the queue groups that are here. */
    CompletionStage<List<GroupName>> queueGroups(int max) {
        var found = new CompletableFuture<List<GroupName>>();
        groupLane.execute(() -> found.complete(groups.queueGroups(max)));
        return found;
    }

    /** How many groups were here a moment ago. */
    int count() {
        return count;
    }
}
