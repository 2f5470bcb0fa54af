package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.Attempt.Why;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Refusal;
import sluice.consumer.queue.Settlement.Result;
import sluice.log.SluiceException;

class QueueMachineTest {

    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final QueueLimits LIMITS = new QueueLimits(10, 20, 4, 2);
    private static final Outcome ACK = new Outcome.Acknowledge();

    private final List<Change> log = new ArrayList<>();
    private final QueueMachine machine = new QueueMachine(new QueueState(LIMITS), LIMITS);
    private final QueueState state = machine.state();
    private long nowMs = 1_000;

    @BeforeEach
    void attached() {
        machine.attach(5, new QueuePolicy(3, QueuePolicy.DEFAULT.backoff()), log);
        machine.reset(0, nowMs, log);
    }

    private long lease(UUID session, long... offsets) {
        long cursor = LongStream.of(offsets).max().orElseThrow() + 1;
        return machine.acquire(
                Optional.of(session),
                OptionalLong.empty(),
                LongStream.of(offsets).boxed().toList(),
                List.of(),
                cursor,
                nowMs,
                log);
    }

    private Result settle(UUID session, long offset, long lease, Outcome outcome) {
        return machine.settle(
                        List.of(new Settlement(offset, lease, Optional.of(session), outcome)),
                        nowMs,
                        () -> 0,
                        log)
                .getFirst();
    }

    private static Outcome release() {
        return new Outcome.Release(Optional.empty(), "busy");
    }

    private static void assertDone(Result result) {
        assertEquals(new Result.Done(false), result);
    }

    private static void assertRefused(Refusal refusal, String saying, Result result) {
        var refused = (Result.Refused) result;
        assertEquals(refusal, refused.refusal(), refused::message);
        assertTrue(refused.message().contains(saying), refused::message);
    }

    private Message message(long offset) {
        Message found = state.message(offset);
        assertTrue(found != null, "held: offset=" + offset);
        return java.util.Objects.requireNonNull(found);
    }

    @Test
    void whatWasAcknowledgedIsDone() {
        long lease = lease(ANN, 0, 1, 2);

        assertDone(settle(ANN, 1, lease + 1, ACK));
        assertDone(settle(ANN, 0, lease, ACK));

        assertEquals(2, state.floor());
        assertEquals(3, state.cursor());
        assertEquals(1, state.held().inFlight());
    }

    @Test
    void offsetsThatWerePassedOverAreDone() {
        long lease = lease(ANN, 4);

        assertEquals(4, state.floor());
        assertDone(settle(ANN, 4, lease, ACK));
        assertEquals(5, state.floor());
    }

    @Nested
    class ADeliveryIsRefused {

        @Test
        void thatWasNeverGivenOut() {
            assertRefused(Refusal.UNKNOWN_DELIVERY, "lease=77", settle(ANN, 0, 77, ACK));
        }

        @Test
        void whoseLeaseIsOfAnotherMessage() {
            long lease = lease(ANN, 0, 1);
            settle(ANN, 0, lease, ACK);

            assertRefused(Refusal.UNKNOWN_DELIVERY, "offset=1", settle(ANN, 1, lease, ACK));
        }

        @Test
        void thatWasSettledOtherwise() {
            long lease = lease(ANN, 0);
            settle(ANN, 0, lease, ACK);

            assertRefused(
                    Refusal.ALREADY_SETTLED, "ACKNOWLEDGED", settle(ANN, 0, lease, release()));
            assertRefused(
                    Refusal.ALREADY_SETTLED,
                    "ACKNOWLEDGED",
                    settle(ANN, 0, lease, new Outcome.Extend(Duration.ofSeconds(1))));
        }

        @Test
        void thatWasTakenBackWithWhenAndWhy() {
            long lease = lease(ANN, 0);
            machine.endSessions(List.of(ANN), nowMs, log);

            assertRefused(Refusal.LEASE_EXPIRED, "session-ended", settle(ANN, 0, lease, ACK));
            assertRefused(
                    Refusal.LEASE_EXPIRED, "1970-01-01T00:00:01Z", settle(ANN, 0, lease, ACK));
        }

        @Test
        void thatWasTakenBackAndGivenToAnother() {
            long lease = lease(ANN, 0);
            machine.endSessions(List.of(ANN), nowMs, log);
            long next = lease(BOB, 0);

            assertRefused(Refusal.LEASE_EXPIRED, "session-ended", settle(ANN, 0, lease, ACK));
            assertDone(settle(BOB, 0, next, ACK));
        }

        @Test
        void thatWasSettledTooLongAgo() {
            long lease = lease(ANN, 0, 1, 2, 3, 4);
            for (int i = 0; i < 5; i++) {
                settle(ANN, i, lease + i, ACK);
            }

            assertRefused(Refusal.LEASE_EXPIRED, "too long ago", settle(ANN, 0, lease, ACK));
            assertDone(settle(ANN, 1, lease + 1, ACK));
        }

        @Test
        void thatIsAnotherSessions() {
            long lease = lease(ANN, 0);

            assertRefused(Refusal.FOREIGN_SESSION, ANN.toString(), settle(BOB, 0, lease, ACK));
            assertEquals(Message.State.LEASED, message(0).state());
        }
    }

    @Test
    void settlingAgainAsBeforeIsDone() {
        long lease = lease(ANN, 0, 1, 2, 3);
        settle(ANN, 0, lease, ACK);
        settle(ANN, 1, lease + 1, release());
        settle(ANN, 2, lease + 2, new Outcome.Reject("bad"));
        settle(ANN, 3, lease + 3, new Outcome.NotDelivered());

        assertDone(settle(ANN, 0, lease, ACK));
        assertDone(settle(ANN, 1, lease + 1, release()));
        assertEquals(new Result.Done(true), settle(ANN, 2, lease + 2, new Outcome.Reject("other")));
        assertDone(settle(ANN, 3, lease + 3, new Outcome.NotDelivered()));
    }

    @Test
    void whatIsReleasedComesBackLaterAndLater() {
        long lease = lease(ANN, 0);
        settle(ANN, 0, lease, release());
        assertEquals(2_000, message(0).readyMs());
        nowMs = 2_000;
        lease = lease(ANN, 0);

        settle(ANN, 0, lease, release());

        assertEquals(4_000, message(0).readyMs());
        assertEquals(2, message(0).count());
    }

    @Test
    void chanceTakesAPartOffTheDelay() {
        long lease = lease(ANN, 0);
        machine.settle(
                List.of(new Settlement(0, lease, Optional.of(ANN), release())),
                nowMs,
                () -> 1,
                log);

        assertEquals(1_800, message(0).readyMs());
    }

    @Test
    void aDelayThatIsSaidIsKept() {
        long lease = lease(ANN, 0);

        settle(ANN, 0, lease, new Outcome.Release(Optional.of(Duration.ofHours(1)), ""));

        assertEquals(nowMs + 3_600_000, message(0).readyMs());
    }

    @Test
    void whatComesBackOnceTooOftenIsADeadLetter() {
        for (int i = 0; i < 2; i++) {
            lease(ANN, 0);
            machine.endSessions(List.of(ANN), nowMs, log);
            assertEquals(Message.State.RETURNED, message(0).state());
        }
        long lease = lease(ANN, 0);

        assertEquals(new Result.Done(true), settle(ANN, 0, lease, release()));

        assertEquals(Message.State.DEAD, message(0).state());
        assertEquals(Why.RELEASED, message(0).why());
        assertEquals("busy", message(0).reason());
        assertEquals(
                List.of(Why.SESSION_ENDED, Why.RELEASED),
                message(0).attempts().stream().map(Attempt::why).toList());
    }

    @Test
    void whatNeverReachedAConsumerDoesNotCountTowardTheLimit() {
        for (int i = 0; i < 9; i++) {
            long lease = lease(ANN, 0);
            assertDone(settle(ANN, 0, lease, new Outcome.NotDelivered()));
        }

        assertEquals(9, message(0).count());
        assertEquals(Message.State.RETURNED, message(0).state());
        assertEquals(Change.Back.AT_ONCE, message(0).readyMs());
    }

    /** The next owner's clock may be far behind. */
    @Test
    void whatComesBackAtOnceIsReadyWhateverTheTime() {
        Duration ahead = Duration.ofHours(1);
        nowMs += ahead.toMillis();
        long lease = lease(ANN, 0, 1);
        lease(BOB, 2);
        settle(ANN, 0, lease, new Outcome.Release(Optional.of(Duration.ZERO), ""));
        machine.endSessions(List.of(BOB), nowMs, log);
        machine.acquire(
                Optional.empty(), OptionalLong.of(nowMs), List.of(3L), List.of(), 4, nowMs, log);
        machine.expire(nowMs, log);
        nowMs -= ahead.toMillis();

        assertEquals(3, machine.backlog(4, false, nowMs).ready());
        lease(ANN, 0, 2, 3);
    }

    @Test
    void aDeadLetterIsDoneOnceItIsBuried() {
        long lease = lease(ANN, 0, 1);
        settle(ANN, 0, lease, new Outcome.Reject("bad"));

        machine.bury(List.of(0L, 1L, 7L), log);

        assertEquals(1, state.floor());
        assertEquals(Message.State.LEASED, message(1).state());
        assertEquals(1, state.settledCount());
    }

    @Test
    void aLeaseEndsAtItsDeadline() {
        machine.acquire(
                Optional.empty(), OptionalLong.of(5_000), List.of(0L), List.of(), 1, nowMs, log);
        assertEquals(0, machine.expire(4_999, log));

        assertEquals(1, machine.expire(5_000, log));

        assertEquals(Why.DEADLINE_PASSED, message(0).why());
    }

    @Test
    void aLeaseWithoutSessionIsSettledByWhoeverKnowsIt() {
        long lease =
                machine.acquire(
                        Optional.empty(),
                        OptionalLong.of(5_000),
                        List.of(0L),
                        List.of(),
                        1,
                        nowMs,
                        log);

        assertDone(settle(BOB, 0, lease, ACK));
    }

    @Test
    void anExtendedLeaseHasALaterDeadline() {
        long lease = lease(ANN, 0);
        assertDone(settle(ANN, 0, lease, new Outcome.Extend(Duration.ofSeconds(30))));

        assertEquals(OptionalLong.of(31_000), state.held().nextDeadlineMs());
        settle(ANN, 0, lease, new Outcome.Extend(Duration.ofSeconds(60)));
        assertEquals(0, machine.expire(60_999, log));
        assertEquals(1, machine.expire(61_000, log));
    }

    @Test
    void anOlderCoordinatorIsRefusedForEver() {
        machine.attach(6, QueuePolicy.DEFAULT, log);

        for (Runnable ask :
                List.<Runnable>of(
                        () -> machine.check(5),
                        () -> machine.attach(5, QueuePolicy.DEFAULT, log))) {
            var error = assertThrows(SluiceException.class, ask::run);
            assertEquals("stale-coordinator", error.code());
            assertEquals(SluiceException.Kind.FENCED, error.kind());
        }
        machine.check(6);
    }

    @Test
    void aCoordinatorThatDidNotAttachIsTold() {
        var error = assertThrows(SluiceException.class, () -> machine.check(6));

        assertEquals("not-attached", error.code());
    }

    @Test
    void aFullQueueHasNoRoom() {
        lease(ANN, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertEquals(0, machine.room());

        machine.endSessions(List.of(ANN), nowMs, log);
        lease(ANN, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19);
        machine.endSessions(List.of(ANN), nowMs, log);

        assertEquals(10, machine.room());
        assertEquals(0, machine.freshRoom());
    }

    @Test
    void aResetEndsLeasesAndBeginsCountsAnewButNotLeaseNumbers() {
        long lease = lease(ANN, 0, 1);
        settle(ANN, 0, lease, ACK);

        machine.reset(0, nowMs, log);

        assertEquals(0, state.cursor());
        assertEquals(0, state.held().inFlight());
        assertTrue(lease(ANN, 0) > lease + 1);
        assertEquals(1, message(0).count());
        assertRefused(Refusal.LEASE_EXPIRED, "", settle(ANN, 1, lease + 1, ACK));
    }

    @Test
    void aPurgeLeavesWhatIsLeasedOrDead() {
        long lease = lease(ANN, 0, 1, 2);
        settle(ANN, 0, lease, new Outcome.Reject(""));
        settle(ANN, 1, lease + 1, release());

        assertEquals(98, machine.purge(100, log));

        assertEquals(List.of(0L, 2L), List.copyOf(state.held().byOffset().keySet()));
        assertEquals(100, state.cursor());
    }

    @Test
    void aLongReasonIsCut() {
        long lease = lease(ANN, 0);

        settle(ANN, 0, lease, new Outcome.Reject("x".repeat(10_000)));

        assertEquals(Attempt.REASON_CHARS_MAX, message(0).reason().length());
    }
}
