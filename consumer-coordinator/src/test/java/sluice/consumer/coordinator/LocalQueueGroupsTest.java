package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.Settlement;
import sluice.consumer.queue.Settlement.Outcome.NotDelivered;

/** Sessions of a queue group: what they get, keep, and give back. */
class LocalQueueGroupsTest extends QueuesWorld {

    @Test
    void aMessageIsReceivedAndAcknowledgedOnce() {
        group(2, config());
        queue(1).produce("m");
        UUID session = open(node);
        QueueReply.Message message = receiveOne(node, session);

        assertEquals("m", text(message.record()));
        assertEquals(1, message.count());
        assertInstanceOf(QueueReply.Result.Done.class, settle(node, session, message, ACK));
        assertInstanceOf(QueueReply.Result.Done.class, settle(node, session, message, ACK));
        assertEquals(List.of(), receive(node, session, 1).messages());
        assertEquals(1, queue(1).done.size());
        assertEquals(0, count(node).inFlight());
    }

    @Test
    void whoWaitsGetsWhatComesLater() {
        group(3, config());
        UUID session = open(node);
        var waiting =
                node.ask(CoordinatorWorld.GROUP, take(session, -1, 1, Duration.ofSeconds(20)));
        world.time.runFor(Duration.ofSeconds(5));
        assertFalse(waiting.isDone());
        queue(2).produce("late");
        world.time.runFor(Duration.ofMillis(100));

        assertEquals(List.of("late"), texts((QueueReply.Received) now(waiting)));
    }

    @Test
    void nothingMoreGoesToOneWhoWorksWhileAnotherIsFree() {
        group(1, config());
        UUID busy = open(node);
        UUID free = open(node);
        queue(0).produce("long");
        assertEquals("long", text(receiveOne(node, busy).record()));
        var waits = new ArrayList<CompletableFuture<sluice.log.lane.Outcome<GroupReply>>>();
        for (UUID each : List.of(busy, free)) {
            waits.add(node.ask(CoordinatorWorld.GROUP, take(each, -1, 1, Duration.ofSeconds(9))));
        }
        world.time.runFor(SECOND);
        queue(0).produce("short");
        world.time.runFor(SECOND);

        assertFalse(waits.getFirst().isDone());
        assertEquals(List.of("short"), texts((QueueReply.Received) now(waits.getLast())));
    }

    @Test
    void aBatchIsNoLargerThanWasAskedFor() {
        group(8, config());
        UUID session = open(node);
        receive(node, session, 5); // From now on it is known what each partition has.
        for (int partition = 0; partition < 8; partition++) {
            queue(partition).produce("a");
            queue(partition).produce("b");
        }
        world.time.runFor(SECOND);
        int got = receive(node, session, 5).messages().size();
        int out = 0;
        for (int partition = 0; partition < 8; partition++) {
            out += queue(partition).holders().size();
        }

        assertTrue(got >= 1 && got <= 5 && out == got, "got=" + got + " out=" + out);
    }

    @Test
    void aSessionThatIsClosedGivesBackAtOnce() {
        group(1, config());
        queue(0).produce("m");
        UUID session = open(node);
        receiveOne(node, session);
        world.reply(node, new QueueRequest.Close(session, Optional.empty()));
        world.time.runFor(Duration.ofMillis(100));

        assertEquals(List.of(), List.copyOf(queue(0).holders()));
        assertEquals(2, receiveOne(node, open(node)).count());
        assertEquals("unknown-session", world.refusal(node, take(session, -1, 1, SECOND)));
    }

    @Test
    void aSilentSessionEndsWithinTenSeconds() {
        group(1, config());
        queue(0).produce("m");
        UUID silent = open(node);
        receiveOne(node, silent);
        world.time.runFor(Duration.ofSeconds(7));
        assertEquals(1, queue(0).holders().size());
        world.time.runFor(Duration.ofSeconds(3));

        assertEquals(List.of(), List.copyOf(queue(0).holders()));
    }

    @Test
    void signsOfLifeKeepASession() {
        group(1, config());
        queue(0).produce("m");
        UUID session = open(node);
        QueueReply.Message message = receiveOne(node, session);
        var sign = new QueueRequest.Sign(session, Optional.empty(), -1);
        var gone = new QueueRequest.Sign(new UUID(1, -1), Optional.empty(), -1);
        for (int i = 0; i < 10; i++) {
            world.time.runFor(Duration.ofSeconds(6));
            assertEquals(
                    new QueueReply.Beaten(List.of(gone.session())),
                    world.reply(node, new QueueRequest.Beat(List.of(sign, gone))));
        }

        assertInstanceOf(QueueReply.Result.Done.class, settle(node, session, message, ACK));
    }

    @Test
    void aSessionWhoseGatewayIsGoneHasTheGraceToComeBack() {
        group(1, config());
        queue(0).produce("m");
        UUID session = open(node);
        QueueReply.Message message = receiveOne(node, session);
        world.lostNodes.add(GATEWAY);
        world.time.runFor(Duration.ofSeconds(15));
        open(node, Optional.of(new QueueRequest.Resume(session, List.of(message.delivery()))));
        world.lostNodes.clear();

        assertInstanceOf(QueueReply.Result.Done.class, settle(node, session, message, ACK));
    }

    @Test
    void theGraceEnds() {
        group(1, config());
        queue(0).produce("m");
        receiveOne(node, open(node));
        world.lostNodes.add(GATEWAY);
        world.time.runFor(Duration.ofSeconds(22));

        assertEquals(List.of(), List.copyOf(queue(0).holders()));
    }

    @Test
    void whatAResumedSessionDoesNotHoldGoesBack() {
        group(1, config());
        queue(0).produce("held");
        queue(0).produce("lost");
        UUID session = open(node);
        QueueReply.Message held = receiveOne(node, session);
        receiveOne(node, session);
        open(node, Optional.of(new QueueRequest.Resume(session, List.of(held.delivery()))));
        UUID other = open(node);

        assertEquals("lost", text(receiveOne(node, other).record()));
        assertInstanceOf(QueueReply.Result.Done.class, settle(node, session, held, ACK));
    }

    @Test
    void anAnswerThatWasLostComesAgain() {
        group(2, config());
        queue(0).produce("a");
        queue(1).produce("b");
        UUID session = open(node);
        var first = (QueueReply.Received) world.reply(node, take(session, 0, 1, SECOND));
        var again = (QueueReply.Received) world.reply(node, take(session, 0, 1, SECOND));
        var next = (QueueReply.Received) world.reply(node, take(session, 1, 1, SECOND));

        assertEquals(1, first.number());
        assertEquals(first.number(), again.number());
        assertEquals(
                first.messages().getFirst().delivery(), again.messages().getFirst().delivery());
        assertEquals(texts(first), texts(again));
        assertEquals(2, next.number());
        assertFalse(texts(next).equals(texts(first)));
        assertEquals("unknown-answer", world.refusal(node, take(session, 7, 1, SECOND)));
    }

    @Test
    void aCallThatIsReplacedTakesNothingWithIt() {
        group(1, config());
        UUID session = open(node);
        var gone = node.ask(CoordinatorWorld.GROUP, take(session, -1, 1, Duration.ofSeconds(20)));
        world.time.runFor(SECOND);
        world.reply(node, take(session, -1, 0, SECOND));
        queue(0).produce("m");
        world.time.runFor(SECOND);

        assertEquals(List.of(), texts((QueueReply.Received) now(gone)));
        assertEquals("m", text(receiveOne(node, open(node)).record()));
    }

    @Test
    void withoutSessionAMessageIsLeasedForItsTimeAndSettledByWhoeverKnowsIt() {
        group(1, config());
        queue(0).produce("m");
        var call =
                new QueueRequest.Receive(
                        Optional.empty(),
                        Optional.empty(),
                        -1,
                        1,
                        1 << 20,
                        SECOND,
                        Optional.of(Duration.ofSeconds(30)));
        world.reply(node, call);
        assertEquals(List.of(), texts((QueueReply.Received) world.reply(node, call)));
        world.time.runFor(Duration.ofSeconds(31));
        var second = ((QueueReply.Received) world.reply(node, call)).messages().getFirst();
        assertEquals(2, second.count());
        var settled =
                (QueueReply.Settled)
                        world.reply(node, settling(Optional.empty(), second.delivery(), ACK));

        assertInstanceOf(QueueReply.Result.Done.class, settled.results().getFirst());
        assertEquals(0, count(node).inFlight());
    }

    @Test
    void aDeliveryIsSettledByItsSessionAndOnce() {
        group(1, config());
        queue(0).produce("m");
        UUID session = open(node);
        UUID other = open(node);
        QueueReply.Message message = receiveOne(node, session);

        assertEquals(
                Settlement.Refusal.FOREIGN_SESSION, refusal(settle(node, other, message, ACK)));
        settle(node, session, message, ACK);
        assertEquals(
                Settlement.Refusal.ALREADY_SETTLED,
                refusal(settle(node, session, message, new NotDelivered())));
    }

    private static Settlement.Refusal refusal(QueueReply.Result result) {
        return ((QueueReply.Result.Refused) result).refusal();
    }

    @Test
    void messagesOfManySessionsAreSettledTogether() {
        group(1, config());
        for (int i = 0; i < 1_000; i++) {
            queue(0).produce("m" + i);
        }
        UUID session = open(node);
        QueueReply.Received all = receive(node, session, 1_000);
        assertEquals(1_000, all.messages().size());
        world.queues.calls.clear();
        var answers = new ArrayList<CompletableFuture<sluice.log.lane.Outcome<GroupReply>>>();
        for (QueueReply.Message each : all.messages()) {
            answers.add(
                    node.ask(
                            CoordinatorWorld.GROUP,
                            settling(Optional.of(session), each.delivery(), ACK)));
        }
        world.time.runFor(Duration.ofSeconds(2));

        answers.forEach(QueuesWorld::now);
        assertEquals(1_000, queue(0).done.size());
        int calls = world.queues.calls.getOrDefault("Settle", 0);
        assertTrue(calls <= 20, "calls=" + calls);
    }

    @Test
    void theNextCoordinatorGoesOnWithTheSameSessions() {
        group(1, config());
        queue(0).produce("held");
        queue(0).produce("next");
        UUID session = open(node);
        var first = (QueueReply.Received) world.reply(node, take(session, 0, 1, SECOND));
        Node next = world.node("b");
        next.epoch = 2;
        assertEquals("session-moved", movedTo(next, session));
        QueueReply.Message held = first.messages().getFirst();
        open(next, Optional.of(new QueueRequest.Resume(session, List.of(held.delivery()))));

        assertEquals("next", text(receiveOne(next, session).record()));
        assertInstanceOf(QueueReply.Result.Done.class, settle(next, session, held, ACK));
        assertEquals("group-moved", world.refusal(node, take(session, 1, 1, SECOND)));
    }

    private String movedTo(Node next, UUID session) {
        world.reply(next, new QueueRequest.Count());
        world.time.runFor(SECOND);
        return world.refusal(next, take(session, 1, 1, SECOND));
    }

    @Test
    void aSessionThatWasIdleIsKnownToTheNextCoordinator() {
        group(1, config());
        UUID session = open(node);
        Node next = world.node("b");
        next.epoch = 2;
        queue(0).produce("m");

        assertEquals("m", text(receiveOne(next, session).record()));
    }

    @Test
    void aSessionThatNobodyResumesAfterATakeOverEnds() {
        group(1, config());
        queue(0).produce("m");
        receiveOne(node, open(node));
        Node next = world.node("b");
        next.epoch = 2;
        count(next);
        world.time.runFor(Duration.ofSeconds(15));
        assertEquals(1, queue(0).holders().size());
        world.time.runFor(Duration.ofSeconds(8));

        assertEquals(List.of(), List.copyOf(queue(0).holders()));
    }

    @Test
    void anOwnerThatIsAwayHoldsUpOnlyItself() {
        group(1, config());
        UUID session = open(node);
        queue(0).produce("m");
        QueueReply.Message message = receiveOne(node, session);
        world.queues.isAway = true;
        var settling =
                node.ask(
                        CoordinatorWorld.GROUP,
                        settling(Optional.of(session), message.delivery(), ACK));
        world.time.runFor(Duration.ofSeconds(4));
        assertFalse(settling.isDone());
        world.queues.isAway = false;
        world.time.runFor(Duration.ofSeconds(2));

        assertInstanceOf(
                QueueReply.Result.Done.class,
                ((QueueReply.Settled) now(settling)).results().getFirst());
        queue(0).produce("n");
        assertEquals("n", text(receiveOne(node, session).record()));
    }
}
