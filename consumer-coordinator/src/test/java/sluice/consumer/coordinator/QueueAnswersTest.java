package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.metadata.GroupConfig;

/** Answers for which a queue group's coordinator asks partitions' owners. */
class QueueAnswersTest extends QueuesWorld {

    private static final int LARGE = 1 << 20;

    @Test
    void anAnswerThatWasLostComesAgainHoweverLargeItIs() {
        group(1, config());
        for (int i = 0; i < 6; i++) {
            queue(0).produce("x".repeat(LARGE) + i);
        }
        UUID session = open(node);
        var call =
                new QueueRequest.Receive(
                        Optional.of(session),
                        Optional.empty(),
                        0,
                        6,
                        16 << 20,
                        SECOND,
                        Optional.empty());
        List<DeliveryId> first = deliveries(world.reply(node, call));
        assertTrue(first.size() > 4, "more than an owner reads at once: " + first.size());

        assertEquals(first, deliveries(world.reply(node, call)));
    }

    private static List<DeliveryId> deliveries(GroupReply reply) {
        return ((QueueReply.Received) reply)
                .messages().stream().map(QueueReply.Message::delivery).toList();
    }

    @Test
    void whoWantsNoMoreGetsWhatIsOnItsWay() {
        group(2, config());
        UUID session = open(node);
        var waiting = node.ask(CoordinatorWorld.GROUP, take(session, 0, 4, SECOND.multipliedBy(9)));
        world.time.runFor(SECOND);
        queue(0).produce("a");
        queue(1).produce("b");
        assertTrue(
                world.time.runUntil(() -> isLeased(0) && isLeased(1), SECOND),
                "both are asked for");
        assertFalse(waiting.isDone(), "nothing of it has arrived");
        var last = (QueueReply.Received) world.reply(node, take(session, 0, 0, SECOND));

        assertEquals(Set.of("a", "b"), Set.copyOf(texts(last)));
        assertEquals(List.of(), texts((QueueReply.Received) now(waiting)));
        world.time.runFor(SECOND);
        assertTrue(isLeased(0) && isLeased(1), "nothing came back");
    }

    private boolean isLeased(int partition) {
        String state = queue(partition).state(0);
        return state != null && state.startsWith("LEASED");
    }

    @Test
    void whileTopicsAreTakenUpASessionIsNotToldThatItLostAnything() {
        group(1, GroupConfig.queue(List.of("t*")));
        queue(0).produce("m");
        UUID session = open(node);
        QueueReply.Message message = receiveOne(node, session);
        world.topic("tx", 1);
        Node next = world.node("b");
        next.epoch = 2;
        var resume = new QueueRequest.Resume(session, List.of(message.delivery()));
        var opened =
                (QueueReply.Opened)
                        world.reply(
                                next,
                                new QueueRequest.Open(
                                        Optional.of(resume),
                                        Optional.empty(),
                                        0,
                                        "c",
                                        GATEWAY,
                                        "g"));

        assertEquals(List.of(), opened.lost());
        world.time.runFor(SECOND);
        assertInstanceOf(QueueReply.Result.Done.class, settle(next, session, message, ACK));
    }

    @Test
    void whileTopicsAreTakenUpASettlementIsToBeRepeated() {
        group(1, GroupConfig.queue(List.of("t*")));
        queue(0).produce("m");
        UUID session = open(node);
        QueueReply.Message message = receiveOne(node, session);
        world.topic("tx", 1);
        Node next = world.node("b");
        next.epoch = 2;

        QueueReply.Result early = settle(next, session, message, ACK);
        world.time.runFor(SECOND);

        assertEquals("group-starting", ((QueueReply.Result.Failed) early).code());
        assertInstanceOf(QueueReply.Result.Done.class, settle(next, session, message, ACK));
    }

    @Test
    void partitionsThatHaveNothingAreAskedMoreAndMoreSeldom() {
        group(1, config());
        UUID session = open(node);
        world.queues.calls.clear();
        for (int i = 0; i < 6; i++) {
            world.reply(node, take(session, -1, 1, Duration.ofSeconds(50)));
        }
        int first = world.queues.calls.getOrDefault("Acquire", 0);
        for (int i = 0; i < 12; i++) {
            world.reply(node, take(session, -1, 1, Duration.ofSeconds(50)));
        }
        int all = world.queues.calls.getOrDefault("Acquire", 0);

        assertTrue(first >= 2 && all - first <= 3, "first=" + first + " all=" + all);
        queue(0).produce("m");
        assertEquals("m", text(receiveOne(node, session).record()));
    }

    /** The owners are away, so that the next coordinator has not heard of the session. */
    @Test
    void aSessionThatIsClosedRightAfterATakeOverGivesBackAtOnce() {
        group(2, config());
        queue(0).produce("m");
        UUID session = open(node);
        receiveOne(node, session);
        Node next = world.node("b");
        next.epoch = 2;
        world.queues.isAway = true;
        world.reply(next, new QueueRequest.Close(session, Optional.empty()));
        world.queues.isAway = false;

        assertEquals(2, receiveOne(next, open(next)).count());
    }

    @Test
    void aConnectionThatTheNextCoordinatorDoesNotKnowEndsItsSession() {
        group(1, config());
        queue(0).produce("m");
        var connection = Optional.of(new UUID(7, 7));
        var opened =
                (QueueReply.Opened)
                        world.reply(
                                node,
                                new QueueRequest.Open(
                                        Optional.empty(), connection, 1, "c", GATEWAY, "g"));
        world.reply(
                node,
                new QueueRequest.Receive(
                        Optional.of(opened.session()),
                        connection,
                        0,
                        1,
                        1 << 20,
                        SECOND,
                        Optional.empty()));
        Node next = world.node("b");
        next.epoch = 2;
        count(next);
        world.time.runFor(SECOND);
        world.reply(next, new QueueRequest.Close(opened.session(), connection));

        assertEquals(2, receiveOne(next, open(next)).count());
    }

    @Test
    void aSessionThatSaysItHoldsTooMuchIsRefused() {
        group(1, config());
        UUID session = open(node);
        var held = Collections.nCopies(30_001, new DeliveryId(1, 0, 0, 1));
        var resume = Optional.of(new QueueRequest.Resume(session, held));

        assertEquals(
                "bad-queue-request",
                world.refusal(
                        node,
                        new QueueRequest.Open(resume, Optional.empty(), 0, "c", GATEWAY, "g")));
    }

    @Test
    void aQueueGroupThatWasJustMadeCanBeDeleted() {
        world.topic("t", 3);
        var made = node.ask(CoordinatorWorld.GROUP, new GroupRequest.Put(config(), false));
        var deleted = node.ask(CoordinatorWorld.GROUP, new GroupRequest.Delete(false));

        assertEquals(new GroupReply.Done(), CoordinatorWorld.reply(world.await(deleted)));
        assertEquals(
                new GroupReply.Stored(true, config()), CoordinatorWorld.reply(world.await(made)));
        assertEquals("unknown-group", world.refusal(node, new QueueRequest.Count()));
    }
}
