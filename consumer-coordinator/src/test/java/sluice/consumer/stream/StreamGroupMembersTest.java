package sluice.consumer.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupRequest.Commit;
import sluice.consumer.group.GroupRequest.Join;
import sluice.consumer.group.GroupRequest.Leave;
import sluice.consumer.group.GroupRequest.Resume;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;

class StreamGroupMembersTest extends StreamGroupWorld {

    @Nested
    class Commits {

        @Test
        void countOnlyByTheHolderInItsEpochs() {
            reads(topic("t", 1, 2));
            joins(ANN);
            long first = group.epoch();
            joins(BOB);
            releases(ANN);
            long since = group.epoch();

            commit(ANN, first, 0);
            commit(ANN, since, 0);
            commit(BOB, since, 1);
            assertRefused("not-assigned", () -> commit(ANN, first, 1));
            assertRefused("not-assigned", () -> commit(ANN, since, 1));
            assertRefused("stale-epoch", () -> commit(BOB, first, 1));
            assertRefused("stale-epoch", () -> commit(ANN, since + 1, 0));
            assertRefused("unknown-member", () -> commit(CEM, since, 0));
        }

        @Test
        void ofAnEarlierHoldOfTheSameMemberAreRefused() {
            reads(topic("t", 1, 2));
            joins(ANN);
            long first = group.epoch();
            joins(BOB);
            releases(ANN);
            group.leave(new Leave(BOB, Optional.empty(), Leave.Reason.LEFT));
            write();
            assertEquals(List.of(0, 1), assigned(ANN));

            assertRefused("stale-epoch", () -> commit(ANN, first, 1));
            commit(ANN, group.epoch(), 1);
        }

        @Test
        void ofWhatIsNotThereAreRefused() {
            reads(topic("t", 1, 2));
            joins(ANN);

            assertRefused("unknown-partition", () -> commit(ANN, group.epoch(), 2));
            var elsewhere = List.of(new PartitionOffset(new TopicPartition("u", 0), 1));
            var commit = new Commit(Optional.of(ANN), Optional.empty(), group.epoch(), elsewhere);
            assertRefused("unknown-topic", () -> group.checked(commit));
            var negative = List.of(new PartitionOffset(at(0), -1));
            var below = new Commit(Optional.of(ANN), Optional.empty(), group.epoch(), negative);
            assertRefused("offset-out-of-range", () -> group.checked(below));
        }

        @Test
        void withoutMemberCountOnlyWhileThereAreNone() {
            reads(topic("t", 1, 2));
            var offset = List.of(new PartitionOffset(at(0), 1));
            var commit = new Commit(Optional.empty(), Optional.empty(), -1, offset);
            assertEquals(1, group.checked(commit).size());

            joins(ANN);
            assertRefused("group-has-members", () -> group.checked(commit));
        }

        @Test
        void areRefusedAfterTheirPartitionWasBegunAnew() {
            reads(topic("t", 1, 2));
            joins(ANN);
            long before = group.epoch();

            group.restart(List.of(at(0)));
            assertRefused("stale-epoch", () -> commit(ANN, before, 0));
            write();

            assertTrue(group.isNews(ANN, before));
            assertRefused("stale-epoch", () -> commit(ANN, before, 0));
            commit(ANN, before, 1);
            commit(ANN, group.epoch(), 0);
        }
    }

    @Nested
    class Sessions {

        @Test
        void aSilentMemberEndsAndItsPartitionsAreGiven() {
            reads(topic("t", 1, 2));
            joins(ANN, BOB);
            nowNs += 5 * SECOND_NS;
            heard(BOB);
            nowNs += 3 * SECOND_NS;
            assertEquals(OptionalLong.of(nowNs), group.nextTickNs());

            group.tick(nowNs);
            write();

            assertEquals(List.of(0, 1), assigned(BOB));
            assertRefused("unknown-member", () -> heard(ANN));
        }

        @Test
        void aSessionThatOnlyAsksIsNoSignOfLife() {
            joins(ANN);
            nowNs += 8 * SECOND_NS;
            group.heard(ANN, Optional.empty(), false, nowNs);
            group.tick(nowNs);

            assertFalse(group.hasMember(ANN));
        }

        @Test
        void aClosedConnectionEndsAMemberAtOnceUnlessItHasAName() {
            reads(topic("t", 1, 2));
            joins(ANN);
            joinsAs("i", BOB);
            group.leave(new Leave(ANN, Optional.empty(), Leave.Reason.CLOSED));
            group.leave(new Leave(BOB, Optional.empty(), Leave.Reason.CLOSED));
            assertFalse(group.hasMember(ANN));
            assertTrue(group.hasMember(BOB));

            group.leave(new Leave(BOB, Optional.empty(), Leave.Reason.LEFT));
            assertFalse(group.hasMember(BOB));
        }

        @Test
        void theEndOfAnOlderConnectionIsPassedOver() {
            UUID old = new UUID(9, 1);
            UUID now = new UUID(9, 2);
            Join join =
                    new Join(Optional.empty(), Optional.empty(), Optional.of(old), "c", "gateway");
            group.join(join, ANN, nowNs, 0);
            write();
            var resume =
                    new Join(
                            Optional.empty(),
                            Optional.of(new Resume(ANN, group.epoch())),
                            Optional.of(now),
                            "c",
                            "other");
            group.resume(resume, ANN, nowNs, 0);
            write();

            group.leave(new Leave(ANN, Optional.of(old), Leave.Reason.CLOSED));
            assertTrue(group.hasMember(ANN));
            assertRefused("member-fenced", () -> group.heard(ANN, Optional.of(old), true, nowNs));
            group.heard(ANN, Optional.of(now), true, nowNs);
        }

        @Test
        void aStaticMemberThatComesBackTakesItsPartitionsAndFencesTheOldProcess() {
            reads(topic("t", 1, 4));
            joinsAs("i", ANN);
            joinsAs("j", BOB);
            releases(ANN);
            List<Integer> others = assigned(BOB);
            long before = group.epoch();

            joinsAs("i", CEM);

            assertEquals(List.of(0, 1), assigned(CEM));
            assertEquals(others, assigned(BOB));
            assertRefused("member-fenced", () -> heard(ANN));
            assertRefused("member-fenced", () -> commit(ANN, before, 0));
            assertRefused("stale-epoch", () -> commit(CEM, before, 0));
            commit(CEM, group.epoch(), 0);
        }

        @Test
        void moreMembersThanAllowedAreRefused() {
            joins(ANN, BOB, CEM);

            assertRefused("too-many-members", () -> joins(new UUID(0, 4)));
        }
    }

    @Nested
    class AfterAFailover {

        @Test
        void membersKeepHoldsAndEpochAndHaveAWholeSessionTimeout() {
            reads(topic("t", 1, 4));
            joins(ANN);
            joins(BOB);
            List<Hold> before = new ArrayList<>(group.holds(ANN, offsets, nowNs));
            long epoch = group.epoch();
            nowNs += 7 * SECOND_NS;

            group = loaded();
            group.topics(List.of(topic("t", 1, 4)), 1);
            nowNs += 7 * SECOND_NS;
            group.tick(nowNs);
            write();

            assertEquals(epoch, group.epoch());
            assertEquals(before, group.holds(ANN, offsets, nowNs - 7 * SECOND_NS));
            commit(ANN, epoch, 0);
            nowNs += SECOND_NS;
            group.tick(nowNs);
            assertFalse(group.hasMembers());
        }

        @Test
        void aReleaseBeforeTheMemberHeardFromTheNewCoordinatorIsSentAgain() {
            reads(topic("t", 1, 2));
            joins(ANN);
            joins(BOB);
            group = loaded();

            assertTrue(group.isNews(ANN, group.epoch() - 1));
            releases(ANN);
            assertEquals(List.of(1), assigned(BOB));
        }
    }
}
