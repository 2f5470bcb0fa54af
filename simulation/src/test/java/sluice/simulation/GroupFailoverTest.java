package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupDescription;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.metadata.GroupConfig;
import sluice.metadata.TopicRecord;

/** What members of a group notice when the gateway that coordinates it is lost. */
class GroupFailoverTest {

    private static final GroupName GROUP = new GroupName("default", "g");

    private final SimulatedCluster cluster = SimulatedCluster.running(31, 3);
    private final TopicRecord topic = cluster.createTopic("orders", 4);

    private CompletionStage<GroupReply> call(SimulatedGateway via, GroupRequest request) {
        return via.engine().groups().call(GROUP, request);
    }

    private GroupReply ask(GroupRequest request) {
        return cluster.await(call(cluster.up().getFirst(), request));
    }

    private GroupReply.Joined joined() {
        return (GroupReply.Joined)
                ask(
                        new GroupRequest.Join(
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                "client",
                                "gateway"));
    }

    private GroupDescription described() {
        return ((GroupReply.Described) ask(new GroupRequest.Describe(true))).group();
    }

    private SimulatedGateway coordinator() {
        UUID node = described().coordinator();
        return cluster.up().stream()
                .filter(each -> each.id().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private static GroupRequest.Heartbeat heartbeat(
            GroupReply.Joined member, long known, Duration wait) {
        return new GroupRequest.Heartbeat(
                member.member(), Optional.empty(), known, List.of(), wait, true);
    }

    private static GroupRequest.Commit commit(GroupReply.Joined member, long offset) {
        var first = new PartitionOffset(member.holds().getFirst().partition(), offset);
        return new GroupRequest.Commit(
                Optional.of(member.member()), Optional.empty(), member.epoch(), List.of(first));
    }

    private GroupReply.Joined aMemberThatCommitted() {
        ask(new GroupRequest.Put(GroupConfig.stream(List.of("orders")), false));
        for (int i = 0; i < 9; i++) {
            cluster.producer().append(cluster.up().getFirst(), topic, 0, "v" + i);
        }
        GroupReply.Joined member = joined();
        assertEquals(4, member.holds().size());
        ask(commit(member, 5));
        return member;
    }

    @Test
    void everyGatewayFindsTheOneCoordinator() {
        GroupReply.Joined member = aMemberThatCommitted();

        for (SimulatedGateway via : cluster.up()) {
            var reply = cluster.await(call(via, heartbeat(member, -1, Duration.ZERO)));
            assertEquals(4, ((GroupReply.Holds) reply).holds().size());
        }
        var listed = cluster.await(cluster.node(1).engine().groups().list("default", "", "", 10));
        assertEquals(List.of("g"), listed.stream().map(each -> each.name()).toList());
    }

    @Test
    void membersKeepPartitionsEpochAndCommitsWhenTheCoordinatorIsKilled() {
        GroupReply.Joined member = aMemberThatCommitted();
        List<Hold> before = ((GroupReply.Holds) ask(heartbeat(member, -1, Duration.ZERO))).holds();

        coordinator().crash();
        GroupReply.Holds after =
                (GroupReply.Holds) ask(heartbeat(member, -1, Duration.ofSeconds(1)));

        assertEquals(member.epoch(), after.epoch());
        assertEquals(before, after.holds());
        assertEquals(5, after.holds().getFirst().committed().orElse(-1));
        ask(commit(member, 7));
        assertEquals(7, described().partitions().getFirst().committed().orElse(-1));
        assertEquals(2, described().partitions().getFirst().lag().orElse(-1));
    }

    @Test
    void aHeartbeatThatWaitsGoesOnAtTheNextCoordinator() {
        GroupReply.Joined member = aMemberThatCommitted();
        SimulatedGateway coordinator = coordinator();
        SimulatedGateway via =
                cluster.up().stream().filter(each -> each != coordinator).findFirst().orElseThrow();
        CompletionStage<GroupReply> waiting =
                call(via, heartbeat(member, member.epoch(), Duration.ofSeconds(2)));
        cluster.runFor(Duration.ofMillis(200));

        cluster.await(coordinator.drain());

        assertEquals(member.epoch(), ((GroupReply.Holds) cluster.await(waiting)).epoch());
        assertFalse(described().coordinator().equals(coordinator.id()));
    }

    /** It slept while others took its slots, and still believes that it coordinates. */
    @Test
    void aCoordinatorThatSleptChangesNothing() {
        GroupReply.Joined member = aMemberThatCommitted();
        SimulatedGateway sleeper = coordinator();
        SimulatedGateway other =
                cluster.up().stream().filter(each -> each != sleeper).findFirst().orElseThrow();
        sleeper.restartsWhenLost = false;
        sleeper.pause(Duration.ofSeconds(25));
        cluster.runFor(Duration.ofSeconds(12));
        cluster.await(call(other, commit(member, 7)));
        CompletionStage<GroupReply> late = call(sleeper, commit(member, 6));

        cluster.await("an answer", late.toCompletableFuture()::isDone);

        var now =
                (GroupReply.Described) cluster.await(call(other, new GroupRequest.Describe(true)));
        long committed = now.group().partitions().getFirst().committed().orElse(-1);
        boolean wasRefused = late.toCompletableFuture().isCompletedExceptionally();
        assertEquals(wasRefused ? 7 : 6, committed, "what was answered is what is stored");
        assertFalse(now.group().coordinator().equals(sleeper.id()));
    }

    @Test
    void whatNobodyHoldsIsRefusedAlsoThroughAnotherGateway() {
        GroupReply.Joined member = aMemberThatCommitted();
        var elsewhere = new PartitionOffset(new TopicPartition("orders", 9), 1);
        for (SimulatedGateway via : cluster.up()) {
            var commit =
                    new GroupRequest.Commit(
                            Optional.of(member.member()),
                            Optional.empty(),
                            member.epoch(),
                            List.of(elsewhere));
            var refused =
                    assertThrows(SluiceException.class, () -> cluster.await(call(via, commit)));
            assertEquals("unknown-partition", refused.code());
        }
        var stranger =
                new GroupReply.Joined(
                        new UUID(1, 1), 1, GroupConfig.stream(List.of()), member.holds());
        var refused = assertThrows(SluiceException.class, () -> ask(commit(stranger, 1)));
        assertEquals("unknown-member", refused.code());
        assertTrue(described().members().size() == 1);
    }
}
