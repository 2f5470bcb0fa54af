package sluice.consumer.queue.memory;

import java.util.List;
import java.util.TreeMap;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.PartitionRequest.MessageState;

/** What a {@link MemoryQueue} shows of its messages, page by page. */
final class MemoryPages {

    private final MemoryRecords log;
    private final TreeMap<Long, MemoryMessage> open;

    MemoryPages(MemoryRecords log, TreeMap<Long, MemoryMessage> open) {
        this.log = log;
        this.open = open;
    }

    PartitionReply leases(long from, int max) {
        List<PartitionReply.Lease> all =
                open.tailMap(from).values().stream()
                        .filter(each -> each.state == MessageState.LEASED)
                        .map(MemoryMessage::toLease)
                        .toList();
        return new PartitionReply.Leases(
                all.subList(0, Math.min(max, all.size())), all.size() > max);
    }

    PartitionReply deadLetters(int max) {
        return new PartitionReply.DeadLetters(
                open.values().stream()
                        .filter(each -> each.state == MessageState.DEAD)
                        .limit(max)
                        .map(each -> each.toDeadLetter(log.get(each.offset)))
                        .toList());
    }

    PartitionReply peeked(PartitionRequest.Peek request, long highWatermark) {
        List<PartitionReply.Peeked.Message> messages =
                open.tailMap(request.from()).values().stream()
                        .filter(each ->
                                request.states().isEmpty() || request.states().contains(each.state))
                        .filter(each -> request.filter().matches(log.get(each.offset)))
                        .limit(request.max())
                        .map(each -> each.toPeeked(log.get(each.offset)))
                        .toList();
        long next = messages.isEmpty() ? highWatermark : messages.getLast().record().offset() + 1;
        return new PartitionReply.Peeked(messages, next, open.ceilingKey(next) != null);
    }
}
