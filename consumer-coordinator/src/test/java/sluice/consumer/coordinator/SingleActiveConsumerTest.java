package sluice.consumer.coordinator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.consumer.coordinator.CoordinatorWorld.Node;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.log.lane.Outcome;
import sluice.metadata.QueueConfig;

/** A group of which one session at a time is given messages. */
class SingleActiveConsumerTest extends QueuesWorld {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static QueueConfig config(QueueConfig.ActiveConsumer active) {
        QueueConfig usual = config();
        return new QueueConfig(
                usual.topics(),
                usual.start(),
                usual.sessionTimeout(),
                usual.reconnectGrace(),
                usual.prefetch(),
                usual.inFlightMax(),
                usual.deliveryLimit(),
                usual.backoff(),
                usual.deadLetters(),
                usual.onReject(),
                active,
                false);
    }

    private void single(int partitions) {
        group(partitions, config(QueueConfig.ActiveConsumer.SINGLE));
    }

    private CompletableFuture<Outcome<GroupReply>> waiting(Node at, UUID session) {
        return at.ask(CoordinatorWorld.GROUP, take(session, -1, 1, LONG));
    }

    @Test
    void onlyTheFirstSessionIsGivenMessages() {
        single(4);
        UUID first = open(node);
        UUID second = open(node);
        var standby = waiting(node, second);
        for (int i = 0; i < 4; i++) {
            queue(i).produce("m" + i);
        }
        world.time.runFor(SECOND);
        assertFalse(standby.isDone());

        for (int i = 0; i < 4; i++) {
            receiveOne(node, first);
        }

        world.time.runFor(SECOND);
        assertFalse(standby.isDone());
        List<UUID> active =
                count(node).sessions().stream()
                        .filter(QueueReply.Session::isActive)
                        .map(QueueReply.Session::id)
                        .toList();
        assertEquals(List.of(first), active);
    }

    @Test
    void theNextTakesOverAtOnceWithWhatTheFirstHad() {
        single(1);
        queue(0).produce("m");
        UUID first = open(node);
        UUID second = open(node);
        UUID third = open(node);
        receiveOne(node, first);
        var last = waiting(node, third);
        var next = waiting(node, second);
        world.time.runFor(SECOND);
        long closedNs = world.time.nowNs();

        world.reply(node, new QueueRequest.Close(first, Optional.empty()));
        var received = (QueueReply.Received) CoordinatorWorld.reply(world.await(next));

        assertEquals(2, received.messages().getFirst().count());
        long tookMs = (world.time.nowNs() - closedNs) / 1_000_000;
        assertTrue(tookMs < 100, () -> "tookMs=" + tookMs);
        assertFalse(last.isDone());
    }

    /** The second is heard of before the partitions' owners tell whose messages are out. */
    @Test
    void theNextCoordinatorKeepsTheOneThatHasMessages() {
        single(3);
        UUID first = open(node);
        UUID second = open(node);
        queue(2).produce("held");
        queue(2).produce("next");
        QueueReply.Message held = receiveOne(node, first);
        Node next = world.node("b");
        next.epoch = 2;
        var standby = waiting(next, second);
        world.time.runFor(SECOND);
        assertFalse(standby.isDone());

        settle(next, first, held, ACK);
        assertEquals("next", text(receiveOne(next, first).record()));
        assertFalse(standby.isDone());
    }

    @Test
    void aCallWithoutSessionIsRefused() {
        single(1);
        var call =
                new QueueRequest.Receive(
                        Optional.empty(),
                        Optional.empty(),
                        -1,
                        1,
                        1 << 20,
                        SECOND,
                        Optional.of(SECOND));

        assertEquals("session-needed", world.refusal(node, call));
    }

    @Test
    void allAreGivenMessagesOnceTheSettingsSaySo() {
        single(1);
        open(node);
        var standby = waiting(node, open(node));
        queue(0).produce("m");
        world.time.runFor(SECOND);
        assertFalse(standby.isDone());

        world.reply(node, new GroupRequest.Put(config(QueueConfig.ActiveConsumer.ALL), false));

        var received = (QueueReply.Received) CoordinatorWorld.reply(world.await(standby));
        assertEquals(List.of("m"), texts(received));
    }
}
