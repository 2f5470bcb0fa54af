package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
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
