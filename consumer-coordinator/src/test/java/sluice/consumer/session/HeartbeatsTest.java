package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.group.GroupReply;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;

/** When a member asks what it holds, and for how long the answer counts. */
class HeartbeatsTest {

    private static final Duration LEASE = Duration.ofSeconds(9);

    private final VirtualTime time = new VirtualTime(1);
    private final Lane lane = time.scope("world").lane("session");
    private final ScriptedGroups groups = new ScriptedGroups();
    private final List<Long> told = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private final Heartbeats heartbeats =
            new Heartbeats(
                    lane,
                    groups,
                    SessionWorld.GROUP,
                    Duration.ofMillis(100),
                    List::of,
                    new Heartbeats.Listener() {
                        @Override
                        public void told(GroupReply.Holds holds) {
                            told.add(holds.epoch());
                        }

                        @Override
                        public void ended(SluiceException failure) {
                            ended.add(failure.code());
                        }
                    });

    private void begin() {
        heartbeats.begin(new UUID(0, 1), Optional.empty(), true, LEASE, 3, lane.nowNs());
    }

    /** So long, and what is due then has happened. */
    private void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(200_000));
    }

    @Nested
    class Lease {

        @Test
        void itCountsFromTheSendingOfTheRequestThatMadeTheMember() {
            pass(5_000);
            heartbeats.begin(
                    new UUID(0, 1),
                    Optional.empty(),
                    true,
                    LEASE,
                    3,
                    lane.nowNs() - Duration.ofSeconds(4).toNanos());

            pass(4_999);
            assertTrue(heartbeats.isHeard());
            pass(2);
            assertFalse(heartbeats.isHeard());
        }

        @Test
        void itCountsFromTheSendingOfTheQuestionAndNotFromTheAnswer() {
            begin();
            heartbeats.run();
            pass(3_000);
            heartbeats.askNow();
            pass(2_000);

            groups.lastBeat().holds(3);
            pass(6_999);
            assertTrue(heartbeats.isHeard());
            pass(2);
            assertFalse(heartbeats.isHeard());
        }

        @Test
        void anAnswerThatWasOvertakenDoesNotShortenIt() {
            begin();
            heartbeats.run();
            pass(2_000);
            heartbeats.askNow();
            groups.lastBeat().holds(3);
            pass(0);

            groups.beats().getFirst().holds(3);
            pass(8_500);

            assertTrue(heartbeats.isHeard());
        }

        @Test
        void longQuestionsAreAskedAgainWellBeforeItEnds() {
            begin();
            heartbeats.run();

            assertEquals(LEASE.dividedBy(3), groups.lastBeat().beat().waitMax());
        }
    }

    @Nested
    class Questions {

        @Test
        void oneLongQuestionFollowsTheOther() {
            begin();
            heartbeats.run();
            heartbeats.run();
            assertEquals(1, groups.beats().size());

            groups.lastBeat().holds(4);
            pass(0);

            assertEquals(2, groups.beats().size());
            assertEquals(4, groups.lastBeat().beat().knownEpoch());
        }

        @Test
        void whatIsToBeAskedWhileAShortOneIsUnderWayIsAskedOnceAfterIt() {
            begin();
            heartbeats.askNow();
            heartbeats.askNow();
            heartbeats.askNow();
            assertEquals(1, groups.beats().size());

            groups.lastBeat().holds(3);
            pass(0);
            assertEquals(2, groups.beats().size());
            groups.lastBeat().holds(3);
            pass(0);

            assertEquals(2, groups.beats().size());
        }

        @Test
        void atRestNoneFollowsUntilItRunsAgain() {
            begin();
            heartbeats.run();
            heartbeats.rest();
            groups.lastBeat().holds(3);
            pass(60_000);
            assertEquals(1, groups.beats().size());

            heartbeats.run();

            assertEquals(2, groups.beats().size());
        }

        @Test
        void afterTheEndNothingIsAskedAndNothingIsTold() {
            begin();
            heartbeats.run();
            heartbeats.end();
            groups.lastBeat().holds(4);
            pass(0);
            heartbeats.askNow();
            heartbeats.run();

            assertEquals(1, groups.beats().size());
            assertEquals(List.of(), told);
        }
    }

    @Nested
    class Answers {

        @Test
        void oneThatWasOvertakenByALaterEpochIsPassedOver() {
            begin();
            heartbeats.run();
            heartbeats.askNow();
            groups.lastBeat().holds(5);
            pass(0);

            groups.beats().getFirst().holds(4);
            pass(0);

            assertEquals(List.of(5L), told);
            assertEquals(5, heartbeats.epoch());
        }

        @Test
        void oneOfTheSameEpochIsTold() {
            begin();
            heartbeats.askNow();
            groups.lastBeat().holds(3);
            pass(0);

            assertEquals(List.of(3L), told);
        }
    }

    @Nested
    class Failures {

        private List<Long> pauses(int count) {
            var pauses = new ArrayList<Long>();
            for (int i = 0; i < count; i++) {
                int before = groups.beats().size();
                long failedNs = time.nowNs();
                groups.lastBeat().refuse(Kind.UNAVAILABLE, "down");
                time.runUntil(() -> groups.beats().size() > before, Duration.ofSeconds(10));
                pauses.add((time.nowNs() - failedNs) / 1_000_000);
            }
            return pauses;
        }

        @Test
        void pausesGrowToASecondAndBeginAnewAfterAnAnswer() {
            begin();
            heartbeats.run();
            assertEquals(List.of(100L, 200L, 400L, 800L, 1_000L, 1_000L), pauses(6));

            groups.lastBeat().holds(3);
            pass(0);

            assertEquals(List.of(100L, 200L), pauses(2));
        }

        @ParameterizedTest
        @EnumSource(
                value = Kind.class,
                names = {"UNAVAILABLE", "UNKNOWN_OUTCOME", "OVERLOADED", "FENCED"})
        void whatMayPassIsAskedAgain(Kind kind) {
            begin();
            heartbeats.run();
            groups.lastBeat().refuse(kind, "scripted");
            pass(100);

            assertEquals(2, groups.beats().size());
        }

        @Test
        void aMemberThatIsNoneIsToldOnceAndAsksNoMore() {
            begin();
            heartbeats.run();
            heartbeats.askNow();
            groups.beats().forEach(beat -> beat.refuse(Kind.NOT_FOUND, "unknown-member"));
            pass(10_000);

            assertEquals(List.of("unknown-member"), ended);
            assertEquals(2, groups.beats().size());
        }
    }
}
