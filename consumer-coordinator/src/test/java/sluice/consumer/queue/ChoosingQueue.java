package sluice.consumer.queue;

import static sluice.consumer.queue.QueueWorld.ANN;
import static sluice.consumer.queue.QueueWorld.offsets;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import sluice.consumer.queue.PartitionReply.Peeked;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.QueueWorld.Node;

/** A queue, and short words for what tests of its choice ask of it. */
abstract class ChoosingQueue {

    static final QueueChoice BY_KEY = new QueueChoice(true, false, false, Optional.empty());
    static final QueueChoice BY_PRIORITY = new QueueChoice(false, true, false, Optional.empty());
    static final Settlement.Outcome ACK = new Settlement.Outcome.Acknowledge();

    final QueueWorld world = new QueueWorld(7);

    static QueueChoice tenants(int inFlightMax, Map<String, Integer> weights) {
        return new QueueChoice(
                false,
                false,
                false,
                Optional.of(new QueueChoice.Tenants("tenant", inFlightMax, weights)));
    }

    String inMs(long ms) {
        return Long.toString(world.time.wallMs() + ms);
    }

    Node next(Node before, QueueChoice choice) {
        before.loses();
        world.time.runFor(Duration.ofMillis(50));
        return world.attached("next", choice);
    }

    List<Long> take(Node node, int max) {
        return offsets(world.take(node, ANN, max));
    }

    /** As one that is free asks again. */
    List<Long> takeAll(Node node, int count) {
        var all = new ArrayList<Long>();
        for (int i = 0; i < 5 && all.size() < count; i++) {
            all.addAll(take(node, 9));
        }
        return all;
    }

    Peeked peek(Node node, Set<MessageState> states) {
        return (Peeked)
                world.reply(
                        node,
                        new PartitionRequest.Peek(0, 100, 1 << 20, states, MessageFilter.ALL));
    }

    static List<String> told(Peeked page) {
        return page.messages().stream()
                .map(each -> each.record().offset() + " " + each.state())
                .toList();
    }
}
