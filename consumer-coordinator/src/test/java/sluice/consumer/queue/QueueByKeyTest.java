package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.SECOND;
import static sluice.consumer.queue.QueueWorld.TOPIC;
import static sluice.consumer.queue.QueueWorld.offsets;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.MemoryLogs.Sent;
import sluice.consumer.queue.PartitionReply.Peeked;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.QueueWorld.Node;

/** One message of a key at a time. */
class QueueByKeyTest extends ChoosingQueue {

    private void send(String... keys) {
        for (String each : keys) {
            world.send(each);
        }
    }

    @Test
    void oneOfAKeyIsInFlightAndOthersPassBy() {
        send("a", "a", "b", "a", "", "");
        Node node = world.attached("a", BY_KEY);

        List<Delivery> first = world.take(node, ANN, 9);
        assertEquals(List.of(0L, 2L, 4L, 5L), offsets(first));
        assertEquals(List.of(), take(node, 9));
        world.acknowledged(node, ANN, first.subList(0, 1));

        assertEquals(List.of(1L), take(node, 9));
    }

    @Test
    void aReleasedMessageKeepsItsPlaceForAsLongAsItIsDelayed() {
        send("a", "a");
        Node node = world.attached("a", BY_KEY);
        var later = new Settlement.Outcome.Release(Optional.of(SECOND), "");
        world.settled(node, ANN, world.take(node, ANN, 9), later);
        assertEquals(List.of(), take(node, 9));

        world.time.runFor(SECOND);

        assertEquals(List.of(0L), take(node, 9));
    }

    @Test
    void aDeadLetterLetsTheNextOneGo() {
        send("a", "a");
        Node node = world.attached("a", BY_KEY);

        world.settled(node, ANN, world.take(node, ANN, 9), new Settlement.Outcome.Reject(""));

        assertEquals(List.of(1L), take(node, 9));
    }

    @Test
    void theNextOwnerKnowsWhoWaitsForWhom() {
        send("a", "a", "a", "b");
        Node node = world.attached("a", BY_KEY);
        List<Delivery> first = world.take(node, ANN, 1);

        Node next = next(node, BY_KEY);

        assertEquals(List.of(3L), take(next, 9));
        world.acknowledged(next, ANN, first);
        assertEquals(List.of(1L), take(next, 9));
    }

    @Test
    void itIsSeenForWhomAMessageWaits() {
        send("a", "b", "a");
        Node node = world.attached("a", BY_KEY);
        List<Delivery> first = world.take(node, ANN, 1);

        var page = peek(node, Set.of(MessageState.BEHIND));

        assertEquals(List.of("2 BEHIND"), told(page));
        Peeked.Head head = page.messages().getFirst().before().orElseThrow();
        assertEquals(0, head.offset());
        assertEquals(first.getFirst().lease(), head.lease().orElseThrow());
        assertEquals(Optional.of(ANN), head.session());
        assertEquals(1, world.numbers(node).backlog().behind());
    }

    @Test
    void manyBehindOneKeyHoldNoOtherUpAndComeInTheirOrder() {
        int many = 100_000;
        int every = 500;
        var batch = new ArrayList<Sent>();
        for (int i = 0; i < many; i++) {
            batch.add(Sent.of(i % every == every - 1 ? "other-" + i : "a"));
            if (batch.size() == every) {
                world.logs.publish(TOPIC, batch);
                batch.clear();
            }
        }
        Node node = world.attached("a", BY_KEY);
        List<Delivery> blocked = world.take(node, ANN, 1);
        assertEquals(List.of(0L), offsets(blocked));
        world.time.runFor(SECOND);

        var others = new ArrayList<Long>();
        for (int i = 0; i < many / every / 10; i++) {
            List<Delivery> taken = world.take(node, ANN, 10);
            others.addAll(offsets(taken));
            world.acknowledged(node, ANN, taken);
        }

        assertEquals(
                LongStream.range(0, many / every).mapToObj(i -> i * every + every - 1).toList(),
                others);
        assertEquals(many - many / every - 1, world.numbers(node).backlog().behind());
        world.acknowledged(node, ANN, blocked);
        assertEquals(List.of(1L), take(node, 9));
    }

    @Test
    void whatIsGoneFromTheTopicHoldsNobodyUp() {
        world.logs.publish(TOPIC, List.of(Sent.of("x"), Sent.of("a")));
        world.logs.publish(TOPIC, List.of(Sent.of("a")));
        Node node = world.attached("a", BY_KEY);
        take(node, 1);
        Node next = next(node, BY_KEY);
        world.logs.expire(TOPIC, 2);
        Node third = next(next, BY_KEY);

        assertEquals(List.of(2L), take(third, 9));
    }

    @Test
    void anExpiredOneHoldsNobodyUp() {
        world.send("a", MessageAttributes.EXPIRES_AT, inMs(1_000));
        world.send("a");
        world.send("b");
        Node node = world.attached("a", BY_KEY);
        assertEquals(List.of(0L), take(node, 1));
        world.reply(node, new PartitionRequest.EndSessions(List.of(ANN)));

        world.time.runFor(SECOND);

        assertEquals(Set.of(1L, 2L), Set.copyOf(takeAll(node, 2)));
    }

    @Test
    void whenTheOrderIsGivenUpAllAreReady() {
        send("a", "a", "a");
        Node node = world.attached("a", BY_KEY);
        take(node, 9);

        world.attach(node, QueueChoice.PLAIN);

        assertEquals(List.of(1L, 2L), take(node, 9));
    }

    @Test
    void aMillionBehindOneKeyTakeLittleMemoryAndHoldNoOtherUp() {
        var waiting = new MessagesThatWait();
        waiting.byKey(true);
        waiting.place(new Spot.Heads(Line.PLAIN, List.of(new Spot.Head(0, 5))));
        for (long offset = 1; offset < 10_000_000; offset += 10) {
            waiting.place(new Spot.Behind(Line.PLAIN, 5, List.of(new Spot.Run(offset, 1))));
        }

        assertEquals(1_000_000, waiting.behindCount());
        assertTrue(waiting.bytes() < 6_000_000, () -> "bytes=" + waiting.bytes());
        waiting.take(Line.PLAIN, 0);
        waiting.free(5, 0);
        assertEquals(1, waiting.head(5));
    }
}
