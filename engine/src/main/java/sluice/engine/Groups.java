package sluice.engine;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupSummary;
import sluice.consumer.group.QueueRequest;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.batch.Partitioner;
import sluice.metadata.GroupStore;

/**
 * The way to a group's coordinator: the owner of the group's slot, which is a hash of its name.
 * Safe from any thread.
 */
final class Groups implements GroupCoordinator {

    private final EnginePorts ports;
    private final Router router;
    private final EngineLimits limits;
    private final GroupStore store;
    private final int slots;

    /**
     * @param slots number of slots of the cluster
     */
    Groups(EnginePorts ports, Router router, EngineLimits limits, int slots) {
        this.ports = ports;
        this.router = router;
        this.limits = limits;
        this.store = new GroupStore(ports.items());
        this.slots = slots;
    }

    /** The slot of a group. It is never stored: changing this moves every group. */
    static int slotOf(GroupName group, int slots) {
        return Partitioner.forKey(group.toString().getBytes(StandardCharsets.UTF_8), slots);
    }

    @Override
    public CompletionStage<GroupReply> call(GroupName group, GroupRequest request) {
        int slot = slotOf(group, slots);
        var future = new CompletableFuture<GroupReply>();
        boolean isQueued =
                ports.lane()
                        .offerHere(() ->
                                router.route(
                                        slot,
                                        new CallRequest.Group(slot, group, request),
                                        isRepeatable(request),
                                        limits.callTimeout().plus(wait(request)),
                                        outcome ->
                                                RoutedTail.complete(
                                                        future, outcome, Groups::reply)));
        if (!isQueued) {
            future.completeExceptionally(Router.busy());
        }
        return future;
    }

    private static GroupReply reply(CallReply reply) {
        if (reply instanceof CallReply.Group(var ofGroup)) {
            return ofGroup;
        }
        throw RoutedTail.unexpected(reply);
    }

    /**
     * True if doing it twice is the same as once. A commit is not: another may have come between. A
     * join is not: it would make two members.
     */
    private static boolean isRepeatable(GroupRequest request) {
        return switch (request) {
            case GroupRequest.Describe _,
                    GroupRequest.Heartbeat _,
                    GroupRequest.Leave _,
                    GroupRequest.Offsets _ ->
                    true;
            case GroupRequest.Join join -> join.resume().isPresent();
            case GroupRequest.Reset reset -> reset.dryRun();
            case GroupRequest.Poll poll -> poll.received() >= 0;
            case GroupRequest.Put _, GroupRequest.Delete _, GroupRequest.Commit _ -> false;
            case QueueRequest queue -> isRepeatable(queue);
        };
    }

    /** A call that does not count its answers would lose what the first one brought. */
    private static boolean isRepeatable(QueueRequest request) {
        return switch (request) {
            case QueueRequest.Receive receive ->
                    receive.session().isPresent() && receive.received() >= 0;
            case QueueRequest.Open open -> open.resume().isPresent();
            case QueueRequest.Settle _,
                    QueueRequest.Beat _,
                    QueueRequest.Close _,
                    QueueRequest.Peek _,
                    QueueRequest.Count _,
                    QueueRequest.Pause _,
                    QueueRequest.RedriveStatus _,
                    QueueRequest.Sessions _ ->
                    true;
            case QueueRequest.Purge _, QueueRequest.Redrive _ -> false;
        };
    }

    private static Duration wait(GroupRequest request) {
        return switch (request) {
            case GroupRequest.Heartbeat heartbeat -> heartbeat.waitMax();
            case GroupRequest.Poll poll -> poll.waitMax();
            case QueueRequest.Receive receive -> receive.waitMax();
            case GroupRequest.Put _,
                    GroupRequest.Describe _,
                    GroupRequest.Delete _,
                    GroupRequest.Join _,
                    GroupRequest.Leave _,
                    GroupRequest.Commit _,
                    GroupRequest.Offsets _,
                    GroupRequest.Reset _,
                    QueueRequest _ ->
                    Duration.ZERO;
        };
    }

    @Override
    public CompletionStage<List<GroupSummary>> list(
            String namespace, String prefix, String after, int max) {
        return CompletableFuture.supplyAsync(
                () ->
                        store.list(namespace, prefix, after, max).stream()
                                .map(each ->
                                        new GroupSummary(
                                                each.name(), each.config(), each.createdAtMs()))
                                .toList(),
                ports.blocking());
    }
}
