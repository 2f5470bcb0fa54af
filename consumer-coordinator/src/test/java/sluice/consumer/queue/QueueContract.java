package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.BOB;
import static sluice.consumer.queue.QueueWorld.NO_WAIT;
import static sluice.consumer.queue.QueueWorld.POLICY;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.failure;
import static sluice.consumer.queue.QueueWorld.grant;
import static sluice.consumer.queue.QueueWorld.offsets;
import static sluice.consumer.queue.QueueWorld.settle;
import static sluice.consumer.queue.QueueWorld.success;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.PartitionRequest.Grant;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Refusal;
import sluice.consumer.queue.Settlement.Result;

/** What coordinators rely on, whoever keeps the queue: its owner, or the twin in memory. */
abstract class QueueContract extends PriorityContract {

    private static final Outcome ACK = new Outcome.Acknowledge();
    private static final Outcome AT_ONCE = new Outcome.Release(Optional.of(Duration.ZERO), "busy");

    @Test
    void messagesAreGivenInTheirOrderWithTheirBytes() {
        attached(5);

        List<Delivery> first = take(ANN, 3);
        List<Delivery> second = take(BOB, 10);

        assertEquals(List.of(0L, 1L, 2L), offsets(first));
        assertEquals(List.of(3L, 4L), offsets(second));
        var record = second.getFirst().record();
        assertEquals("3", text(record.value()));
        assertEquals("3", text(record.key()));
        assertEquals(1_003, record.timestampMs());
        assertEquals(1, second.getFirst().count());
    }

    @Test
    void severalGrantsAreServedAtOnceInTheirOrder() {
        attached(3);

        var acquired = (Acquired) reply(acquire(NO_WAIT, grant(ANN, 2), grant(BOB, 2)));

        assertEquals(
                List.of(List.of(0L, 1L), List.of(2L)),
                acquired.granted().stream().map(QueueWorld::offsets).toList());
        assertEquals(0, acquired.backlog().ready());
        assertEquals(3, acquired.backlog().inFlight());
    }

    @Test
    void theFirstMessageIsGivenHoweverLargeItIsAndOthersIfThereIsRoom() {
        attached(2);
        var small = new Grant(Optional.of(ANN), 5, 1, Optional.empty());

        var acquired = (Acquired) reply(acquire(NO_WAIT, small));

        assertEquals(List.of(0L), offsets(acquired.granted().getFirst()));
        assertEquals(1, acquired.backlog().ready());
    }

    @Test
    void whoWaitsIsServedWhenAMessageIsWritten() {
        attached(0);
        var answers = ask(1, acquire(SECOND.multipliedBy(5), grant(ANN, 2)));
        time().runFor(SECOND);
        assertTrue(answers.isEmpty());

        publish(1);
        time().runFor(Duration.ofMillis(20));

        var acquired = (Acquired) success(answers.getFirst());
        assertEquals(List.of(0L), offsets(acquired.granted().getFirst()));
    }

    @Test
    void whoWaitsIsAnsweredWithNothingAtLast() {
        attached(0);
        var answers = ask(1, acquire(SECOND, grant(ANN, 2)));

        time().runFor(SECOND.plusMillis(20));

        assertEquals(List.of(List.of()), ((Acquired) success(answers.getFirst())).granted());
    }

    @Test
    void whoWaitsIsServedWithWhatComesBack() {
        attached(1);
        take(ANN, 1);
        var answers = ask(1, acquire(SECOND, grant(BOB, 1)));
        time().runFor(Duration.ofMillis(50));
        assertTrue(answers.isEmpty());

        var ended = (PartitionReply.Ended) reply(new PartitionRequest.EndSessions(List.of(ANN)));
        time().runFor(Duration.ofMillis(50));

        assertEquals(1, ended.leases());
        Delivery again = ((Acquired) success(answers.getFirst())).granted().getFirst().getFirst();
        assertEquals(2, again.count());
    }

    @Test
    void aWatchIsToldOfAMessageAndTakesNone() {
        attached(0);
        var answers = ask(1, acquire(SECOND.multipliedBy(9)));
        time().runFor(SECOND);
        assertTrue(answers.isEmpty());

        publish(1);
        time().runFor(Duration.ofMillis(20));

        var acquired = (Acquired) success(answers.getFirst());
        assertEquals(List.of(), acquired.granted());
        assertEquals(1, acquired.backlog().ready());
        assertEquals(0, acquired.backlog().inFlight());
    }

    @Test
    void aReleasedMessageIsReadyAgainWhenItsDelayIsOver() {
        attached(1);
        var later = new Outcome.Release(Optional.of(SECOND.multipliedBy(3)), "");
        settled(ANN, take(ANN, 1), later);
        assertEquals(List.of(), take(ANN, 1));
        assertEquals(1, numbers().backlog().delayed());
        long fromNs = time().nowNs();

        var acquired = (Acquired) reply(acquire(SECOND.multipliedBy(9), grant(BOB, 1)));

        assertEquals(List.of(0L), offsets(acquired.granted().getFirst()));
        long waitedMs = (time().nowNs() - fromNs) / 1_000_000;
        assertTrue(waitedMs > 2_500 && waitedMs < 3_100, () -> "waitedMs=" + waitedMs);
    }

    @Test
    void aLeaseWithADeadlineEndsByItselfUnlessItIsExtended() {
        attached(2);
        var visible = new Grant(Optional.empty(), 2, 100_000, Optional.of(SECOND.multipliedBy(2)));
        List<Delivery> taken = ((Acquired) reply(acquire(NO_WAIT, visible))).granted().getFirst();
        settled(BOB, taken.subList(1, 2), new Outcome.Extend(SECOND.multipliedBy(60)));
        time().runFor(SECOND.multipliedBy(3));

        List<Delivery> again = take(BOB, 5);

        assertEquals(List.of(0L), offsets(again));
        assertEquals(2, again.getFirst().count());
        assertRefused(Refusal.LEASE_EXPIRED, BOB, taken.subList(0, 1), ACK);
        assertEquals(List.of(new Result.Done(false)), settled(BOB, taken.subList(1, 2), ACK));
    }

    @Test
    void whatIsDoneIsNotGivenAgain() {
        attached(2);
        List<Delivery> taken = take(ANN, 2);

        assertEquals(List.of(new Result.Done(false)), settled(ANN, taken.subList(0, 1), ACK));
        reply(new PartitionRequest.EndSessions(List.of(ANN)));

        assertEquals(List.of(1L), offsets(take(BOB, 5)));
        assertEquals(1, numbers().floor());
        assertEquals(1, numbers().settled());
    }

    @Test
    void theSameSettlementAgainIsDoneAndAnotherIsRefused() {
        attached(4);
        List<Delivery> taken = take(ANN, 4);
        for (Outcome each :
                List.of(
                        ACK,
                        new Outcome.Release(Optional.of(SECOND.multipliedBy(99)), ""),
                        new Outcome.Reject("bad"),
                        new Outcome.NotDelivered())) {
            List<Delivery> one = taken.subList(0, 1);
            List<Result> first = settled(ANN, one, each);

            assertEquals(
                    List.of(new Result.Done(each instanceof Outcome.Reject)), first, "" + each);
            assertEquals(first, settled(ANN, one, each), "" + each);
            assertRefused(
                    Refusal.ALREADY_SETTLED,
                    ANN,
                    one,
                    each.equals(ACK) ? new Outcome.Reject("") : ACK);
            taken = taken.subList(1, taken.size());
        }
    }

    @Test
    void aDeliveryIsSettledOnlyByWhomItWasGivenTo() {
        attached(2);
        List<Delivery> taken = take(ANN, 1);

        assertRefused(Refusal.FOREIGN_SESSION, BOB, taken, ACK);
        var unknown =
                new PartitionRequest.Settle(List.of(new Settlement(0, 99, Optional.of(ANN), ACK)));
        var result = ((PartitionReply.Settled) reply(unknown)).results().getFirst();
        assertTrue(
                result instanceof Result.Refused(Refusal refusal, _)
                        && refusal == Refusal.UNKNOWN_DELIVERY);
        reply(new PartitionRequest.EndSessions(List.of(ANN)));
        assertRefused(Refusal.LEASE_EXPIRED, ANN, taken, ACK);
        take(BOB, 1);
        assertRefused(Refusal.LEASE_EXPIRED, ANN, taken, ACK);
    }

    /** The policy allows three deliveries. */
    @Test
    void whatComesBackTooOftenIsADeadLetterUntilItIsBuried() {
        attached(2);
        settled(ANN, take(ANN, 1), new Outcome.NotDelivered());
        for (int i = 1; i <= 3; i++) {
            List<Delivery> taken = take(ANN, 1);
            assertEquals(List.of(0L), offsets(taken));
            assertEquals(i + 1, taken.getFirst().count());
            assertEquals(List.of(new Result.Done(i == 3)), settled(ANN, taken, AT_ONCE));
        }
        assertEquals(1, numbers().backlog().dead());

        var letters =
                ((PartitionReply.DeadLetters) reply(new PartitionRequest.DeadLetters(10)))
                        .letters();
        assertEquals(1, letters.size());
        assertEquals(0, letters.getFirst().record().offset());
        assertEquals(4, letters.getFirst().count());
        assertEquals("busy", letters.getFirst().reason());
        assertEquals(Attempt.Why.RELEASED, letters.getFirst().why());
        reply(new PartitionRequest.Bury(List.of(0L, 1L)));

        assertEquals(
                new PartitionReply.DeadLetters(List.of()),
                reply(new PartitionRequest.DeadLetters(10)));
        assertEquals(List.of(1L), offsets(take(ANN, 5)));
    }

    @Test
    void leasesAreToldByOffsetPageByPage() {
        attached(5);
        take(ANN, 2);
        take(BOB, 2);

        var first = (PartitionReply.Leases) reply(new PartitionRequest.Leases(0, 3));
        var second = (PartitionReply.Leases) reply(new PartitionRequest.Leases(3, 3));

        assertTrue(first.more());
        assertEquals(
                List.of(Optional.of(ANN), Optional.of(ANN), Optional.of(BOB)),
                first.leases().stream().map(PartitionReply.Lease::session).toList());
        assertEquals(
                List.of(3L), second.leases().stream().map(PartitionReply.Lease::offset).toList());
        assertTrue(!second.more());
    }

    @Test
    void recordsAreReadWhateverTheirStateAndThoseThatAreNotThereAreLeftOut() {
        attached(3);
        take(ANN, 1);

        var records =
                ((PartitionReply.Records) reply(new PartitionRequest.Read(List.of(2L, 0L, 99L))))
                        .records();

        assertEquals(List.of("2", "0"), records.stream().map(each -> text(each.value())).toList());
    }

    @Test
    void peekShowsHowEachMessageStandsAndChangesNothing() {
        attached(5);
        List<Delivery> taken = take(ANN, 4);
        settled(ANN, taken.subList(0, 1), ACK);
        settled(ANN, taken.subList(1, 2), new Outcome.Reject(""));
        settled(ANN, taken.subList(2, 3), new Outcome.Release(Optional.of(SECOND), "busy"));

        PartitionReply.Peeked all = peek(Set.of());

        assertEquals(
                List.of("1 DEAD", "2 DELAYED", "3 LEASED", "4 READY"),
                all.messages().stream()
                        .map(each -> each.record().offset() + " " + each.state())
                        .toList());
        assertEquals("busy", all.messages().get(1).attempts().getFirst().reason());
        assertEquals(1, peek(Set.of(MessageState.DEAD)).messages().size());
        assertEquals(4, peek(Set.of()).messages().size());
    }

    private PartitionReply.Peeked peek(Set<MessageState> states) {
        return (PartitionReply.Peeked)
                reply(new PartitionRequest.Peek(0, 100, 1 << 20, states, MessageFilter.ALL));
    }

    @Test
    void aResetBeginsAnewAndAPurgeLeavesNothing() {
        attached(4);
        List<Delivery> taken = take(ANN, 4);
        settled(ANN, taken, ACK);

        reply(new PartitionRequest.Reset(new QueueStart.Offset(2)));
        List<Delivery> again = take(ANN, 1);
        assertEquals(List.of(2L), offsets(again));
        assertEquals(1, again.getFirst().count());
        assertEquals(new PartitionReply.Purged(1), reply(new PartitionRequest.Purge()));

        assertEquals(List.of(), take(ANN, 9));
        assertEquals(List.of(new Result.Done(false)), settled(ANN, again, ACK));
    }

    @Test
    void aGroupMayBeginAtTheEndAtAnOffsetOrAtATime() {
        publish(5);
        attach(1, new QueueStart.Latest());
        publish(1);

        assertEquals(List.of(5L), offsets(take(ANN, 9)));
        for (QueueStart each : List.of(new QueueStart.Offset(4), new QueueStart.Timestamp(1_004))) {
            reply(new PartitionRequest.Reset(each));
            assertEquals(4L, offsets(take(ANN, 1)).getFirst(), "" + each);
        }
        attach(1, new QueueStart.Earliest());
        assertEquals(List.of(5L), offsets(take(ANN, 1)), "it has begun already");
    }

    @Test
    void onlyTheLatestCoordinatorIsServedAndOnlyOnceItHasAttached() {
        publish(1);
        assertEquals("not-attached", failure(outcome(1, new PartitionRequest.Count())).code());
        attach(1, new QueueStart.Earliest());
        List<Delivery> taken = take(ANN, 1);
        assertEquals("not-attached", failure(outcome(2, new PartitionRequest.Count())).code());
        attach(2, new QueueStart.Earliest());

        for (PartitionRequest each :
                List.of(
                        settle(ANN, taken, ACK),
                        acquire(NO_WAIT, grant(ANN, 1)),
                        new PartitionRequest.Attach(POLICY, new QueueStart.Earliest()))) {
            assertEquals("stale-coordinator", failure(outcome(1, each)).code(), "" + each);
        }
        success(outcome(2, settle(ANN, taken, ACK)));
    }
}
