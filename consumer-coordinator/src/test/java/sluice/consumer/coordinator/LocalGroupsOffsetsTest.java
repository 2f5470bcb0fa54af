package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Target;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.metadata.GroupConfig.Start;

class LocalGroupsOffsetsTest extends LocalGroupsWorld {

    @Nested
    class Starts {

        @Test
        void theLatestRecordIsFoundOnceForAllWhoBeginThere() {
            put(config(new Start.Latest(), "t"));
            GroupReply.Joined ann = joined(node);
            world.time.runFor(Duration.ofSeconds(1));
            assertEquals(OptionalLong.of(100), holds(node, ann.member()).getFirst().committed());
            world.ends("t", 0, 10, 200);
            world.reply(
                    node,
                    new GroupRequest.Leave(
                            ann.member(), Optional.empty(), GroupRequest.Leave.Reason.LEFT));

            GroupReply.Joined bob = joined(node);
            assertEquals(OptionalLong.of(100), bob.holds().getFirst().committed());
        }

        @Test
        void partitionsThatCameLaterAreReadFromTheirBeginning() {
            put(config(new Start.Latest(), "t"));
            GroupReply.Joined ann = joined(node);
            world.time.runFor(Duration.ofSeconds(1));
            world.topic("t", 5);
            world.ends("t", 4, 0, 30);
            for (int second = 0; second < 5; second++) {
                world.time.runFor(Duration.ofSeconds(1));
                holds(node, ann.member());
            }

            assertEquals(OptionalLong.of(0), holds(node, ann.member()).getLast().committed());
        }

        @Test
        void whileTheOwnersAreAwayNothingIsGivenThatWouldBeginAnywhere() {
            put(config(new Start.Timestamp(42), "t"));
            world.ownersAway(true);
            GroupReply.Joined ann = joined(node);
            world.time.runFor(Duration.ofSeconds(2));
            assertEquals(List.of(), holds(node, ann.member()));

            world.ownersAway(false);
            world.time.runFor(Duration.ofSeconds(2));
            assertEquals(4, holds(node, ann.member()).size());
            assertEquals(OptionalLong.of(42), holds(node, ann.member()).getFirst().committed());
        }
    }

    @Nested
    class Resets {

        private GroupReply.Moved reset(Target target, boolean dryRun, Integer... partitions) {
            return (GroupReply.Moved)
                    world.reply(
                            node,
                            new GroupRequest.Reset(
                                    target, List.of("t"), List.of(partitions), dryRun));
        }

        @Test
        void aDryRunTellsAndChangesNothing() {
            group();
            world.reply(node, commit(Optional.empty(), -1, 1, 50));

            GroupReply.Moved moved = reset(new Target.Offset(5), true, 1);

            assertEquals(
                    List.of(
                            new GroupReply.Move(
                                    new TopicPartition("t", 1),
                                    OptionalLong.of(50),
                                    10,
                                    true,
                                    10,
                                    100)),
                    moved.moves());
            assertEquals(List.of(offset(1, 50)), offsets(node));
        }

        @Test
        void everyTargetIsFoundInEachPartition() {
            group();
            world.time.runFor(Duration.ofSeconds(1));
            assertEquals(10, reset(new Target.Earliest(), false, 0).moves().getFirst().to());
            assertEquals(100, reset(new Target.Latest(), false, 1).moves().getFirst().to());
            assertEquals(42, reset(new Target.Timestamp(42), false, 2).moves().getFirst().to());
            reset(new Target.Offset(77), false, 3);
            assertEquals(
                    List.of(offset(0, 10), offset(1, 100), offset(2, 42), offset(3, 77)),
                    offsets(node));
            Target all = new Target.Back(Duration.ofDays(40_000));
            assertEquals(4, reset(all, false).moves().size());
            assertEquals(
                    List.of(offset(0, 10), offset(1, 10), offset(2, 10), offset(3, 10)),
                    offsets(node));
        }

        @Test
        void aLiveMemberGoesOnFromThereAndItsOlderCommitsAreRefused() {
            group();
            GroupReply.Joined ann = joined(node);
            var waiting =
                    node.ask(
                            CoordinatorWorld.GROUP,
                            heartbeat(ann.member(), ann.epoch(), Duration.ofSeconds(2)));
            reset(new Target.Offset(33), false, 2);

            var told = (GroupReply.Holds) CoordinatorWorld.reply(world.await(waiting));
            Hold moved = told.holds().get(2);
            assertEquals(OptionalLong.of(33), moved.committed());
            assertTrue(moved.since() > ann.epoch());
            assertEquals("stale-epoch", world.refusal(node, commit(ann, 2, 90)));
            assertEquals(List.of(offset(2, 33)), offsets(node));
        }

        @Test
        void whatIsNotReadIsRefused() {
            group();
            var topic = new GroupRequest.Reset(new Target.Latest(), List.of("u"), List.of(), true);
            var partition =
                    new GroupRequest.Reset(new Target.Latest(), List.of(), List.of(4), true);
            assertEquals("unknown-topic", world.refusal(node, topic));
            assertEquals("unknown-partition", world.refusal(node, partition));
        }
    }
}
