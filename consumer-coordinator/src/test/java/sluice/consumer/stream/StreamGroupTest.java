package sluice.consumer.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupRequest.Leave;
import sluice.consumer.group.Hold;

class StreamGroupTest extends StreamGroupWorld {

    @Nested
    class WhoHoldsWhat {

        @Test
        void theFirstMemberGetsAllAndEachLaterOneItsShare() {
            reads(topic("t", 1, 6));
            joins(ANN);
            assertEquals(List.of(0, 1, 2, 3, 4, 5), assigned(ANN));

            joins(BOB);
            assertEquals(List.of(0, 1, 2), assigned(ANN));
            assertEquals(List.of(3, 4, 5), revoking(ANN));
            assertEquals(List.of(), assigned(BOB), "given while somebody else may still read it");

            releases(ANN);
            assertEquals(List.of(3, 4, 5), assigned(BOB));
        }

        @Test
        void partitionsOfAllTopicsTogetherAreShared() {
            reads(topic("t", 1, 1), topic("t2", 2, 1), topic("t3", 3, 1));
            joins(ANN, BOB, CEM);

            for (UUID member : List.of(ANN, BOB, CEM)) {
                assertEquals(1, group.holds(member, offsets, nowNs).size());
            }
        }

        @Test
        void whatIsNotToMoveIsNotTouched() {
            reads(topic("t", 1, 6));
            joins(ANN);
            List<Hold> before = group.holds(ANN, offsets, nowNs).subList(0, 3);

            joins(BOB);
            releases(ANN);
            joins(CEM);
            group.leave(new Leave(CEM, Optional.empty(), Leave.Reason.LEFT));
            write();

            Set<Hold> after = new HashSet<>(group.holds(ANN, offsets, nowNs));
            assertTrue(after.containsAll(before.subList(0, 2)), after::toString);
        }

        @Test
        void aMemberIsNotToldOfWhatMovesBetweenOthers() {
            reads(topic("t", 1, 2));
            joins(ANN, BOB);
            long epoch = group.epoch();

            joins(CEM);
            group.leave(new Leave(BOB, Optional.empty(), Leave.Reason.LEFT));
            write();

            assertTrue(group.epoch() > epoch);
            assertFalse(group.isNews(ANN, epoch), "told of a change that is none to it");
            assertTrue(group.isNews(CEM, epoch));
        }

        @Test
        void nothingIsToldThatIsNotWritten() {
            reads(topic("t", 1, 2));
            long epoch = group.epoch();
            group.join(join(""), ANN, nowNs, 0);
            group.settle((_, _, _, _) -> true);

            assertEquals(epoch, group.epoch());
            assertEquals(List.of(), assigned(ANN));
            assertFalse(group.isTold(ANN));
            assertRefused("stale-epoch", () -> commit(ANN, epoch + 1, 0));
        }

        @Test
        void aPartitionThatMayNotBeGivenYetWaits() {
            reads(topic("t", 1, 2));
            group.join(join(""), ANN, nowNs, 0);
            group.settle((_, _, _, partition) -> partition == 1);
            stored = group.next();
            group.written(stored, nowNs);
            assertEquals(List.of(1), assigned(ANN));

            group.reconsider();
            write();
            assertEquals(List.of(0, 1), assigned(ANN));
        }
    }

    @Nested
    class Revocation {

        @Test
        void aMemberThatDoesNotReleaseLosesThePartitionInTheEnd() {
            reads(topic("t", 1, 2));
            joins(ANN);
            joins(BOB);
            long epoch = group.epoch();
            assertEquals(List.of(1), revoking(ANN));
            commit(ANN, epoch, 1);

            for (int second = 0; second < 30; second++) {
                assertEquals(List.of(), assigned(BOB));
                nowNs += SECOND_NS;
                heard(ANN);
                heard(BOB);
                group.tick(nowNs);
                write();
            }

            assertEquals(List.of(1), assigned(BOB));
            assertRefused("not-assigned", () -> commit(ANN, epoch, 1));
        }

        /** It was sent when the member did not know of it, so it is of a hold before this one. */
        @Test
        void aReleaseOfAnEarlierHoldChangesNothing() {
            reads(topic("t", 1, 2));
            joins(ANN);
            long before = group.epoch();
            joins(BOB);

            group.release(ANN, before, List.of(at(1)));
            write();

            assertEquals(List.of(1), revoking(ANN));
        }

        @Test
        void whatIsAssignedOrAnothersIsNotReleased() {
            reads(topic("t", 1, 2));
            joins(ANN);
            joins(BOB);

            group.release(ANN, group.epoch(), List.of(at(0)));
            group.release(BOB, group.epoch(), List.of(at(1)));
            write();

            assertEquals(List.of(0), assigned(ANN));
            assertEquals(List.of(1), revoking(ANN));
        }
    }

    @Nested
    class Topics {

        @Test
        void newPartitionsAndTopicsAreTakenUpAndNothingElseMoves() {
            reads(topic("t", 1, 2));
            joins(ANN, BOB);
            List<Hold> before = group.holds(ANN, offsets, nowNs);

            reads(topic("t", 1, 4), topic("t2", 2, 2));

            assertEquals(3, group.holds(ANN, offsets, nowNs).size());
            assertEquals(3, group.holds(BOB, offsets, nowNs).size());
            assertTrue(group.holds(ANN, offsets, nowNs).containsAll(before));
        }

        @Test
        void aDeletedTopicIsGoneWithItsHoldsAndOneOfItsNameIsAnother() {
            reads(topic("t", 1, 2));
            joins(ANN);
            long before = group.epoch();

            reads(topic("t", 2, 1));

            assertEquals(List.of(0), assigned(ANN));
            assertEquals(2, group.holds(ANN, offsets, nowNs).getFirst().topicId());
            assertRefused("stale-epoch", () -> commit(ANN, before, 0));
        }

        @Test
        void whatIsMoreThanAllowedIsLeftOut() {
            reads(topic("t5", 5, 99));
            reads(topic("t1", 1, 2), topic("t5", 5, 99), topic("t9", 9, 1));
            joins(ANN);

            var topics = new HashSet<String>();
            group.holds(ANN, offsets, nowNs).forEach(each -> topics.add(each.partition().topic()));
            assertEquals(Set.of("t5", "t9"), topics);
        }
    }
}
