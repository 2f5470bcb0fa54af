package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.ItemStore.Table;

class LocalGroupsCommitsTest extends LocalGroupsWorld {

    @Nested
    class Commits {

        @Test
        void areDurableWhenTheyAreAnswered() {
            group();
            GroupReply.Joined ann = joined(node);
            var waiting = node.ask(CoordinatorWorld.GROUP, commit(ann, 0, 50));
            world.time.runUntil(waiting::isDone, Duration.ofSeconds(1));
            node.scope.kill();
            CoordinatorWorld.reply(waiting.join());

            assertEquals(List.of(offset(0, 50)), offsets(world.node("b")));
        }

        @Test
        void ofOneTopicShareWrites() {
            group();
            GroupReply.Joined ann = joined(node);
            world.reply(node, commit(ann, 0, 11));
            int before = world.writes(Table.OFFSETS);
            var all = new ArrayList<CompletableFuture<Outcome<GroupReply>>>();
            for (int i = 12; i < 100; i++) {
                all.add(node.ask(CoordinatorWorld.GROUP, commit(ann, i % 4, i)));
            }
            all.forEach(each -> CoordinatorWorld.reply(world.await(each)));

            int writes = world.writes(Table.OFFSETS) - before;
            assertTrue(writes <= 12, "writes=" + writes);
            assertEquals(
                    List.of(offset(0, 96), offset(1, 97), offset(2, 98), offset(3, 99)),
                    offsets(node));
        }

        @Test
        void beyondTheHighWatermarkAreRefusedAndWithThemAllOfTheirRequest() {
            group();
            GroupReply.Joined ann = joined(node);
            var both =
                    new GroupRequest.Commit(
                            Optional.of(ann.member()),
                            Optional.empty(),
                            ann.epoch(),
                            List.of(offset(0, 50), offset(1, 101)));

            assertEquals("offset-out-of-range", world.refusal(node, both));
            assertEquals(List.of(), offsets(node));
            world.ends("t", 1, 10, 101);
            world.reply(node, both);
            assertEquals(List.of(offset(0, 50), offset(1, 101)), offsets(node));
        }

        @Test
        void mayGoBackByTheirHolderAndOfAnybodyWhileThereIsNoMember() {
            group();
            world.reply(node, commit(Optional.empty(), -1, 0, 60));
            GroupReply.Joined ann = joined(node);
            assertEquals(OptionalLong.of(60), ann.holds().getFirst().committed());
            assertEquals(
                    "group-has-members", world.refusal(node, commit(Optional.empty(), -1, 0, 70)));

            world.reply(node, commit(ann, 0, 20));
            assertEquals(List.of(offset(0, 20)), offsets(node));
        }

        /** The first has to ask an owner, the second does not. */
        @Test
        void doNotOvertakeEachOther() {
            group();
            GroupReply.Joined ann = joined(node);
            world.reply(node, commit(ann, 0, 90));
            var first =
                    new GroupRequest.Commit(
                            Optional.of(ann.member()),
                            Optional.empty(),
                            ann.epoch(),
                            List.of(offset(0, 50), offset(1, 50)));
            var waiting = node.ask(CoordinatorWorld.GROUP, first);
            var second = node.ask(CoordinatorWorld.GROUP, commit(ann, 0, 60));
            CoordinatorWorld.reply(world.await(waiting));
            CoordinatorWorld.reply(world.await(second));

            assertEquals(List.of(offset(0, 60), offset(1, 50)), offsets(node));
        }

        /** Else the new process would begin before what the old one committed. */
        @Test
        void ofAStaticMemberAreSettledBeforeAnotherProcessTakesItsPlace() {
            group();
            GroupReply.Joined old = joinedAs("i");
            world.reply(node, commit(old, 0, 40));
            var commit = node.ask(CoordinatorWorld.GROUP, commit(old, 0, 30));
            world.time.runFor(Duration.ofNanos(1));

            GroupReply.Joined now = joinedAs("i");

            CoordinatorWorld.reply(commit.join());
            assertEquals(30, now.holds().getFirst().committed().orElse(-1));
            assertEquals("member-fenced", world.refusal(node, commit(old, 0, 35)));
        }

        @Test
        void failWhileOwnersOrTheStoreAreAwayAndNothingIsCommitted() {
            group();
            GroupReply.Joined ann = joined(node);
            world.ownersAway(true);
            assertEquals("no-owner", world.refusal(node, commit(ann, 0, 50)));
            world.ownersAway(false);
            world.storeAway(true);
            assertTrue(
                    world.await(node.ask(CoordinatorWorld.GROUP, commit(ann, 0, 50)))
                            instanceof Outcome.Failure<GroupReply>);
            world.storeAway(false);

            assertEquals(List.of(), offsets(node));
            assertEquals(List.of(), offsets(world.node("b")));
        }
    }

    @Nested
    class AnotherCoordinator {

        private final Node next = world.node("b");

        @Test
        void tellsMembersWhatTheyHeldAndTheDeposedOneChangesNothing() {
            group();
            GroupReply.Joined ann = joined(node);
            world.reply(node, commit(ann, 0, 50));

            assertEquals(ann.holds().size(), holds(next, ann.member()).size());
            assertEquals("group-moved", world.refusal(node, commit(ann, 0, 60)));
            assertEquals(List.of(offset(0, 50)), offsets(next));
            world.reply(next, commit(ann, 0, 70));
            assertEquals(List.of(offset(0, 70)), offsets(next));
        }

        /** The deposed one would make the first item of the topic's offsets. */
        @Test
        void isNotOverlookedByOneThatNeverCommitted() {
            group();
            GroupReply.Joined ann = joined(node);
            holds(next, ann.member());

            assertEquals("group-moved", world.refusal(node, commit(ann, 0, 60)));
            assertEquals(List.of(), offsets(next));
        }

        @Test
        void isNotOverlookedByOneThatWouldTakeAMember() {
            group();
            GroupReply.Joined ann = joined(node);
            holds(next, ann.member());

            assertEquals("group-moved", world.refusal(node, join()));
            assertEquals(4, holds(next, ann.member()).size());
        }

        @Test
        void isNotOverlookedByOneThatWouldChangeTheSettings() {
            group();
            joined(node);
            joined(next);

            var change = new GroupRequest.Put(GroupConfig.stream(List.of("t*")), false);
            assertEquals("group-moved", world.refusal(node, change));
        }

        @Test
        void isToldOfByAMemberThatKnowsALaterEpoch() {
            group();
            GroupReply.Joined ann = joined(node);
            joined(next);
            world.time.runFor(Duration.ofSeconds(2));
            GroupReply.Holds now =
                    (GroupReply.Holds)
                            world.reply(next, heartbeat(ann.member(), -1, Duration.ZERO));
            assertTrue(now.epoch() > ann.epoch());

            assertEquals(
                    "group-moved",
                    world.refusal(node, heartbeat(ann.member(), now.epoch(), Duration.ZERO)));
            assertEquals(0, node.groups.count());
        }

        @Test
        void isFoundByWhoeverWaitsHere() {
            group();
            GroupReply.Joined ann = joined(node);
            var waiting =
                    node.ask(
                            CoordinatorWorld.GROUP,
                            heartbeat(ann.member(), ann.epoch(), Duration.ofSeconds(2)));
            node.lane.execute(() -> node.groups.drop(slot -> slot == 0));
            long beganNs = world.time.nowNs();

            assertTrue(world.await(waiting) instanceof Outcome.Failure<GroupReply>);
            assertTrue(world.time.nowNs() - beganNs < 1_000_000_000, "told late");
            assertEquals(0, node.groups.count());
        }
    }

    @Nested
    class WhileTheStoreIsAway {

        @Test
        void membersGoOnAndWhoWouldJoinIsToldToComeBack() {
            group();
            GroupReply.Joined ann = joined(node);
            world.storeAway(true);
            assertTrue(
                    world.await(node.ask(CoordinatorWorld.GROUP, join()))
                            instanceof Outcome.Failure<GroupReply>);
            for (int second = 0; second < 20; second++) {
                world.time.runFor(Duration.ofSeconds(1));
                assertEquals(4, holds(node, ann.member()).size());
            }

            world.storeAway(false);
            GroupReply.Joined bob = joined(node);
            assertFalse(bob.member().equals(ann.member()));
        }
    }
}
