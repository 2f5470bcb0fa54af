package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Refusal;
import sluice.log.SluiceException;
import sluice.metadata.QueueConfig;

/** What sessions of a queue group notice when gateways are lost. */
class QueueGroupFailoverTest extends QueueGroupWorld {

    @Test
    void everyGatewayReachesTheOneGroup() {
        messages(12);
        UUID session = open(any());

        List<QueueReply.Message> taken = take(session, 12);

        assertEquals(12, ids(taken).stream().distinct().count());
        assertTrue(taken.stream().allMatch(each -> each.count() == 1));
        assertNothingIsReady();
        acknowledged(session, taken);
        assertAllDone(12);
    }

    @Test
    void messagesGoToAnotherAtOnceWhenASessionIsClosed() {
        messages(1);
        UUID holder = open(any());
        List<QueueReply.Message> held = take(holder, 1);
        SimulatedGateway elsewhere = other(any());
        UUID next = open(elsewhere);
        CompletionStage<GroupReply> waiting = call(elsewhere, receive(next, -1, 1));
        cluster.runFor(Duration.ofMillis(500));
        assertFalse(waiting.toCompletableFuture().isDone());
        long closedNs = cluster.time.nowNs();

        ask(any(), new QueueRequest.Close(holder, Optional.empty()));
        List<QueueReply.Message> again = ((QueueReply.Received) cluster.await(waiting)).messages();

        long tookMs = (cluster.time.nowNs() - closedNs) / 1_000_000;
        assertTrue(tookMs < 300, () -> "tookMs=" + tookMs);
        assertEquals(2, again.getFirst().count());
        assertEquals(held.getFirst().delivery().offset(), again.getFirst().delivery().offset());
        assertEquals("unknown-session", refusal(any(), receive(holder, -1, 1)));
    }

    private String refusal(SimulatedGateway via, GroupRequest request) {
        return assertThrows(SluiceException.class, () -> ask(via, request)).code();
    }

    @Test
    void theNextActiveConsumerBeginsWithWhatTheFirstDidNotSettle() {
        messages(12, QueueConfig.ActiveConsumer.SINGLE);
        UUID first = open(any());
        DeliveryId held = take(first, 1).getFirst().delivery();
        SimulatedGateway elsewhere = other(any());
        UUID next = open(elsewhere);
        CompletionStage<GroupReply> waiting = call(elsewhere, receive(next, -1, 12));
        cluster.runFor(Duration.ofMillis(500));
        assertFalse(waiting.toCompletableFuture().isDone());

        ask(any(), new QueueRequest.Close(first, Optional.empty()));
        var taken = new ArrayList<>(((QueueReply.Received) cluster.await(waiting)).messages());
        taken.addAll(take(next, 12 - taken.size()));

        List<Long> ofThatPartition =
                ids(taken).stream()
                        .filter(each -> each.partition() == held.partition())
                        .map(DeliveryId::offset)
                        .toList();
        assertEquals(List.of(0L, 1L, 2L), ofThatPartition);
    }

    @Test
    void messagesWaitForTheSessionsOfAGatewayThatIsKilled() {
        messages(6);
        SimulatedGateway front = other(coordinator());
        UUID session = open(front);
        List<QueueReply.Message> held = take(session, 6);

        front.crash();
        cluster.runFor(Duration.ofSeconds(12));
        assertNothingIsReady();
        QueueReply.Opened resumed = resumed(any(), session, held);

        assertEquals(List.of(), resumed.lost());
        acknowledged(session, held);
        assertAllDone(6);
    }

    @Test
    void aSilentSessionOfAGatewayThatLivesLosesItsMessages() {
        messages(1);
        UUID session = open(any());
        List<QueueReply.Message> held = take(session, 1);

        cluster.runFor(Duration.ofSeconds(10));
        UUID next = open(any());
        assertEquals(2, take(next, 1).getFirst().count());

        assertEquals("unknown-session", refusal(any(), receive(session, -1, 1)));
        assertEquals("unknown-session", refusal(any(), acknowledgement(session, held)));
    }

    @Test
    void sessionsGoOnWithTheirMessagesWhenTheCoordinatorIsKilled() {
        messages(6);
        SimulatedGateway coordinator = coordinator();
        SimulatedGateway front = other(coordinator);
        UUID session = open(front);
        var first = (QueueReply.Received) ask(front, receive(session, 0, 3));
        assertEquals(1, first.number());

        coordinator.crash();
        assertEquals("session-moved", refusal(front, receive(session, 1, 3)));
        assertEquals(List.of(), resumed(front, session, first.messages()).lost());

        acknowledged(session, first.messages());
        List<QueueReply.Message> rest = take(session, 6 - first.messages().size());
        assertTrue(rest.stream().allMatch(each -> each.count() == 1), rest::toString);
        acknowledged(session, rest);
        assertAllDone(6);
    }

    @Test
    void leasesOutliveTheOwnersOfTheirPartitions() {
        messages(12);
        UUID session = open(any());
        List<QueueReply.Message> taken = take(session, 12);
        acknowledged(session, taken.subList(0, 4));

        int partition = taken.getLast().delivery().partition();
        cluster.ownerOf(topic, partition).crash();

        acknowledged(session, taken.subList(4, 12));
        assertNothingIsReady();
        assertAllDone(12);
    }

    /** It slept while another took its place, and still believes that it coordinates. */
    @Test
    void aCoordinatorThatSleptGivesNothingOutAndSettlesNothing() {
        messages(4);
        SimulatedGateway sleeper = coordinator();
        SimulatedGateway front = other(sleeper);
        UUID session = open(front);
        List<QueueReply.Message> held = take(session, 1);
        sleeper.restartsWhenLost = false;
        sleeper.pause(Duration.ofSeconds(40));
        asleep = Optional.of(sleeper);
        cluster.runFor(Duration.ofSeconds(8));
        // The grace of the next coordinator passes, and the message is another's.
        ask(front, new QueueRequest.Count());
        cluster.runFor(Duration.ofSeconds(24));
        UUID next = open(front);
        List<QueueReply.Message> all = take(next, 4);
        assertEquals(2, all.stream().mapToInt(QueueReply.Message::count).max().orElse(0));

        var late = call(sleeper, acknowledgement(session, held)).toCompletableFuture();
        cluster.await("an answer, or its end", () -> late.isDone() || !sleeper.isUp());

        if (late.isDone() && !late.isCompletedExceptionally()) {
            var result = ((QueueReply.Settled) late.join()).results();
            assertFalse(result.getFirst() instanceof QueueReply.Result.Done, result::toString);
        }
        acknowledged(next, all);
        assertAllDone(4);
    }

    private static QueueRequest.Settle acknowledgement(
            UUID session, List<QueueReply.Message> held) {
        return new QueueRequest.Settle(
                Optional.of(session),
                Optional.empty(),
                held.stream().map(each -> new QueueRequest.Item(each.delivery(), ACK)).toList());
    }

    @Test
    void aLateSettlementIsRefusedAndSaysWhy() {
        messages(1);
        UUID session = open(any());
        List<QueueReply.Message> held = take(session, 1);
        ask(any(), new QueueRequest.Close(session, Optional.empty()));
        take(open(any()), 1);

        var request =
                new QueueRequest.Settle(
                        Optional.empty(),
                        Optional.empty(),
                        List.of(new QueueRequest.Item(held.getFirst().delivery(), ACK)));
        var result = ((QueueReply.Settled) ask(any(), request)).results().getFirst();

        assertTrue(
                result instanceof QueueReply.Result.Refused(Refusal refusal, String why)
                        && refusal == Refusal.LEASE_EXPIRED
                        && why.contains("session-ended"),
                result::toString);
    }

    @Test
    void eachDeadLetterIsInItsTopicOnceAlsoWhenCoordinatorAndOwnerAreKilled() {
        messages(8);
        UUID session = open(other(coordinator()));
        List<QueueReply.Message> taken = take(session, 8);
        var reject = new Outcome.Reject("no order");
        settle(any(), session, taken.subList(0, 4), reject);
        SimulatedGateway coordinator = coordinator();
        coordinator.crash();
        settle(any(), session, taken.subList(4, 8), reject);
        coordinator.start();
        cluster.runFor(Duration.ofSeconds(1));
        cluster.ownerOf(topic, 0).crash();
        counted();
        cluster.runFor(Duration.ofSeconds(20));

        assertAllDone(8);
        assertEquals(
                List.of("v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7"),
                letters().stream().sorted().toList());
    }
}
