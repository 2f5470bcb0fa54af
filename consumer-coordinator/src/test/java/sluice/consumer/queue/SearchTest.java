package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.TOPIC;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.consumer.queue.QueueWorld.Node;

/** Messages that are looked for, and ended where they are. */
class SearchTest {

    private final QueueWorld world = new QueueWorld(1);

    private PartitionReply.Peeked search(Node node, long from, int max, MessageFilter filter) {
        return (PartitionReply.Peeked)
                world.reply(
                        node,
                        new PartitionRequest.Peek(
                                from,
                                max,
                                1 << 20,
                                Set.of(PartitionRequest.MessageState.READY),
                                filter));
    }

    private static List<Long> offsets(PartitionReply.Peeked page) {
        return page.messages().stream().map(each -> each.record().offset()).toList();
    }

    @Test
    void onlyWhatIsMeantIsShownAndTheNextPageGoesOn() {
        // Record n has the timestamp 1,000 + n.
        world.logs.publish(TOPIC, 20);
        Node node = world.attached("a");
        var later =
                new MessageFilter(
                        Optional.empty(), List.of(), OptionalLong.of(1_010), OptionalLong.empty());

        var page = search(node, 0, 3, later);
        var rest = search(node, page.next(), 100, later);

        assertEquals(List.of(10L, 11L, 12L), offsets(page));
        assertEquals(true, page.more());
        assertEquals(List.of(13L, 14L, 15L, 16L, 17L, 18L, 19L), offsets(rest));
        assertEquals(false, rest.more());
    }

    @Test
    void theAgeOfTheOldestIsKnownThoughNobodyReads() {
        world.logs.publish(TOPIC, 3);
        Node node = world.attached("a");

        var numbers = (PartitionReply.Numbers) world.reply(node, new PartitionRequest.Count());

        assertEquals(OptionalLong.of(1_000), numbers.oldestReadyMs());
    }

    @Test
    void whatIsEndedIsNotShownAndNotGivenOutAlsoByTheNextOwner() {
        world.logs.publish(TOPIC, 4);
        Node node = world.attached("a");

        var finished = world.reply(node, new PartitionRequest.Finish(List.of(1L, 3L, 99L)));

        assertEquals(new PartitionReply.Finished(2), finished);
        node.loses();
        world.time.runFor(Duration.ofMillis(50));
        Node next = world.attached("b");
        assertEquals(List.of(0L, 2L), offsets(search(next, 0, 100, MessageFilter.ALL)));
        assertEquals(List.of(0L, 2L), QueueWorld.offsets(world.take(next, ANN, 9)));
    }
}
