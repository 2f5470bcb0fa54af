package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupDescription;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.StreamConfig;

class LocalGroupsTest extends LocalGroupsWorld {

    @Nested
    class Settings {

        @Test
        void aGroupIsMadeOnceAndChangedAfterwards() {
            var request = new GroupRequest.Put(GroupConfig.stream(List.of("t")), false);
            var other = GroupConfig.stream(List.of("t*"));

            assertEquals(new GroupReply.Stored(true, request.config()), world.reply(node, request));
            assertEquals(
                    new GroupReply.Stored(false, request.config()), world.reply(node, request));
            assertEquals(
                    new GroupReply.Stored(false, other),
                    world.reply(world.node("b"), new GroupRequest.Put(other, false)));
        }

        @Test
        void twoThatMakeItAtOnceMakeOne() {
            var request = new GroupRequest.Put(GroupConfig.stream(List.of("t")), false);
            var first = node.ask(CoordinatorWorld.GROUP, request);
            Node other = world.node("b");
            var second = other.ask(CoordinatorWorld.GROUP, request);
            int made = 0;
            for (var answer : List.of(world.await(first), world.await(second))) {
                // Who finds that the other took the group over asks again, as the router does.
                GroupReply reply =
                        answer instanceof Outcome.Success<GroupReply>(var found)
                                ? found
                                : world.reply(other, request);
                made += ((GroupReply.Stored) reply).isNew() ? 1 : 0;
            }
            assertTrue(made <= 1, "made=" + made);
        }

        @Test
        void whatIsNotThereIsRefusedUnlessItIsAllowed() {
            assertEquals("unknown-group", world.refusal(node, join()));
            assertEquals(
                    "unknown-topic",
                    world.refusal(
                            node, new GroupRequest.Put(GroupConfig.stream(List.of("u")), false)));
            var pattern = GroupConfig.stream(List.of("u*"));
            assertEquals(
                    "pattern-matches-nothing",
                    world.refusal(node, new GroupRequest.Put(pattern, false)));
            assertEquals("unknown-group", world.refusal(node, new GroupRequest.Describe(false)));
            assertEquals(
                    new GroupReply.Stored(true, pattern),
                    world.reply(node, new GroupRequest.Put(pattern, true)));
        }

        @Test
        void whatNoGroupCanHaveIsRefused() {
            StreamConfig usual = GroupConfig.stream(List.of("t"));
            GroupConfig queue = GroupConfig.queue(List.of("t"));
            for (GroupConfig bad :
                    List.of(
                            GroupConfig.queue(List.of()),
                            GroupConfig.stream(List.of()),
                            GroupConfig.stream(List.of("a/b")),
                            new StreamConfig(
                                    usual.topics(),
                                    usual.start(),
                                    usual.delivery(),
                                    Duration.ofMillis(10),
                                    usual.revocationTimeout()))) {
                assertEquals("bad-group", world.refusal(node, new GroupRequest.Put(bad, false)));
            }
            put(usual);
            assertEquals("group-exists", world.refusal(node, new GroupRequest.Put(queue, false)));
        }

        @Test
        void aGroupThatGetsTheNameOfADeletedOneFindsNothingOfIt() {
            group();
            GroupReply.Joined ann = joined(node);
            world.reply(node, commit(ann, 0, 50));
            assertEquals("group-has-members", world.refusal(node, new GroupRequest.Delete(false)));

            world.reply(node, new GroupRequest.Delete(true));

            assertEquals(
                    "unknown-group",
                    world.refusal(node, heartbeat(ann.member(), 0, Duration.ZERO)));
            assertEquals(List.of(), world.memory.scan(Table.GROUPS, ""));
            assertEquals(List.of(), world.memory.scan(Table.OFFSETS, ""));
            group();
            assertEquals(List.of(), offsets(node));
        }

        @Test
        void aGroupWhoseMembershipIsBeingWrittenIsDeletedWhenThatIsDone() {
            group();
            int before = world.writes(Table.GROUPS);
            var joining = node.ask(CoordinatorWorld.GROUP, join());
            assertTrue(
                    world.time.runUntil(
                            () -> world.writes(Table.GROUPS) > before, Duration.ofSeconds(5)));

            world.reply(node, new GroupRequest.Delete(true));

            assertTrue(joining.isDone());
            assertEquals(List.of(), world.memory.scan(Table.GROUPS, ""));
        }
    }

    @Nested
    class Members {

        @Test
        void aHeartbeatIsAnsweredWhenTheHoldsChangeOrAfterItsWait() {
            group();
            GroupReply.Joined ann = joined(node);
            long beganNs = world.time.nowNs();
            var quiet = heartbeat(ann.member(), ann.epoch(), Duration.ofSeconds(2));
            world.reply(node, quiet);
            assertEquals(2, (world.time.nowNs() - beganNs) / 1_000_000_000);

            beganNs = world.time.nowNs();
            var waiting = node.ask(CoordinatorWorld.GROUP, quiet);
            joined(node);
            var told = (GroupReply.Holds) CoordinatorWorld.reply(world.await(waiting));
            assertTrue(world.time.nowNs() - beganNs < 1_000_000_000, "told late");
            assertTrue(told.epoch() > ann.epoch());
        }

        @Test
        void manyThatJoinAtOnceCostFewWrites() {
            world.topic("t", 300);
            group();
            int before = world.writes(Table.GROUPS);
            var joins = new ArrayList<CompletableFuture<Outcome<GroupReply>>>();
            for (int i = 0; i < 200; i++) {
                joins.add(node.ask(CoordinatorWorld.GROUP, join()));
            }
            joins.forEach(each -> CoordinatorWorld.reply(world.await(each)));

            int writes = world.writes(Table.GROUPS) - before;
            assertTrue(writes <= 4, "writes=" + writes);
        }

        @Test
        void aMemberThatFallsSilentEndsByTheClock() {
            group();
            GroupReply.Joined ann = joined(node);
            GroupReply.Joined bob = joined(node);
            for (int second = 0; second < 9; second++) {
                world.time.runFor(Duration.ofSeconds(1));
                holds(node, bob.member());
            }

            assertEquals(
                    "unknown-member",
                    world.refusal(node, heartbeat(ann.member(), 0, Duration.ZERO)));
            assertEquals(4, holds(node, bob.member()).size());
        }

        @Test
        void newTopicsAndPartitionsAreFoundWithinSeconds() {
            put(GroupConfig.stream(List.of("t*")));
            GroupReply.Joined ann = joined(node);
            world.topic("t", 5);
            world.topic("t2", 2);
            for (int second = 0; second < 5; second++) {
                world.time.runFor(Duration.ofSeconds(1));
                holds(node, ann.member());
            }

            assertEquals(7, holds(node, ann.member()).size());
            world.deleteTopic("t");
            world.time.runFor(Duration.ofSeconds(5));
            assertEquals(2, holds(node, ann.member()).size());
        }

        @Test
        void aPollIsASignOfLifeAndItsSessionEndsWithTheMember() {
            group();
            GroupReply.Joined ann = joined(node);
            var poll = new GroupRequest.Poll(ann.member(), -1, -1, 1, 1, Duration.ZERO);
            for (int second = 0; second < 10; second++) {
                world.time.runFor(Duration.ofSeconds(1));
                world.reply(node, poll);
            }
            world.time.runFor(Duration.ofSeconds(9));

            assertEquals(11, world.polled.size());
            assertEquals("ended " + ann.member(), world.polled.getLast());
            assertEquals("unknown-member", world.refusal(node, poll));
        }

        @Test
        void aGroupThatNobodyUsesCostsNothingAndIsForgotten() {
            group();
            GroupReply.Joined ann = joined(node);
            world.reply(
                    node,
                    new GroupRequest.Leave(
                            ann.member(), Optional.empty(), GroupRequest.Leave.Reason.LEFT));
            int before = world.writes(Table.GROUPS);
            world.time.runFor(Duration.ofMinutes(6));

            assertEquals(before, world.writes(Table.GROUPS));
            assertEquals(0, node.groups.count());
        }
    }

    @Test
    void aDescriptionHasMembersAndLag() {
        group();
        GroupReply.Joined ann = joined(node);
        world.reply(node, commit(ann, 0, 60));

        var described = (GroupReply.Described) world.reply(node, new GroupRequest.Describe(true));
        GroupDescription group = described.group();
        assertEquals(List.of(ann.member()), group.members().stream().map(m -> m.id()).toList());
        assertEquals(4, group.members().getFirst().assigned().size());
        assertEquals(OptionalLong.of(40), group.partitions().get(0).lag());
        assertEquals(OptionalLong.of(90), group.partitions().get(1).lag());
        world.ownersAway(true);
        described = (GroupReply.Described) world.reply(node, new GroupRequest.Describe(true));
        assertEquals(OptionalLong.empty(), described.group().partitions().get(0).lag());
    }
}
