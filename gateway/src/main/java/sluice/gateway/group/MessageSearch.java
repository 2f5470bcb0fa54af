package sluice.gateway.group;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.MessageFilter;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Peeked;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.log.batch.LogRecord;

/**
 * One page of messages that are not done, over all partitions of a group. Changes nothing; what one
 * page costs is bounded, and it says how far it got. On the event loop of its request.
 */
final class MessageSearch {

    /** Records of a page, roughly; the first is there however large it is. */
    private static final int BYTES_MAX = 1 << 20;

    private static final int LOOKED_MAX = 100_000;
    private static final int CALLS_MAX = 16;

    /** Places looked at together, going backwards: owners look forward only. */
    private static final int WINDOW = 500;

    /** What is looked for. */
    record Query(
            Set<MessageState> states, MessageFilter filter, int max, Optional<MessagePlace> after) {
        Query {
            states = Set.copyOf(states);
        }
    }

    /** A message, and where it is. */
    record Found(TopicPartition at, Peeked.Message message) {}

    /**
     * @param looked places that were passed
     * @param next where the next page goes on; empty if all was seen
     */
    record Page(List<Found> messages, long looked, Optional<MessagePlace> next) {
        Page {
            messages = List.copyOf(messages);
        }
    }

    /** A part of a partition that is still to be looked at. */
    private record Span(TopicPartition at, long from, long to) {}

    private final GroupCalls calls;
    private final GroupName group;
    private final Query query;
    private final Deque<Span> spans = new ArrayDeque<>();
    private final List<Found> messages = new ArrayList<>();
    private long bytes;
    private long looked;
    private int callCount;

    private MessageSearch(GroupCalls calls, GroupName group, Query query) {
        this.calls = calls;
        this.group = group;
        this.query = query;
    }

    /** Partitions by name, offsets from the first on. */
    static CompletionStage<Page> forward(
            GroupCalls calls,
            GroupName group,
            Collection<QueueReply.Partition> partitions,
            Query query) {
        var search = new MessageSearch(calls, group, query);
        for (Span each : spans(partitions, Comparator.naturalOrder())) {
            int order = query.after().map(place -> each.at().compareTo(place.at())).orElse(1);
            if (order > 0) {
                search.spans.add(each);
            } else if (order == 0) {
                long from = query.after().orElseThrow().offset();
                search.spans.add(new Span(each.at(), Math.max(each.from(), from), each.to()));
            }
        }
        return search.forward();
    }

    /** Partitions from the last name on, offsets from the last on. */
    static CompletionStage<Page> backward(
            GroupCalls calls,
            GroupName group,
            Collection<QueueReply.Partition> partitions,
            Query query) {
        var search = new MessageSearch(calls, group, query);
        for (Span each : spans(partitions, Comparator.reverseOrder())) {
            int order = query.after().map(place -> each.at().compareTo(place.at())).orElse(-1);
            if (order < 0) {
                search.spans.add(each);
            } else if (order == 0) {
                long to = query.after().orElseThrow().offset();
                search.spans.add(new Span(each.at(), each.from(), Math.min(each.to(), to)));
            }
        }
        return search.backward();
    }

    /** Of a partition of which nothing is known, all; whoever asks its owner then is told why. */
    private static List<Span> spans(
            Collection<QueueReply.Partition> partitions, Comparator<TopicPartition> order) {
        return partitions.stream()
                .map(each ->
                        new Span(
                                each.partition(),
                                each.numbers().map(PartitionReply.Numbers::floor).orElse(0L),
                                each.numbers()
                                        .map(PartitionReply.Numbers::highWatermark)
                                        .orElse(Long.MAX_VALUE)))
                .sorted(Comparator.comparing(Span::at, order))
                .toList();
    }

    private boolean isFull() {
        return messages.size() >= query.max()
                || bytes >= BYTES_MAX
                || looked >= LOOKED_MAX
                || callCount >= CALLS_MAX;
    }

    private CompletionStage<Peeked> peek(TopicPartition at, long from, int max, long bytesMax) {
        callCount++;
        return calls.call(
                        group,
                        new QueueRequest.Peek(
                                at,
                                from,
                                max,
                                (int) Math.max(1, bytesMax),
                                query.states(),
                                query.filter()),
                        QueueReply.Peeked.class)
                .thenApply(QueueReply.Peeked::page);
    }

    private CompletionStage<Page> forward() {
        while (!spans.isEmpty() && spans.getFirst().from() >= spans.getFirst().to()) {
            spans.removeFirst();
        }
        if (spans.isEmpty() || isFull()) {
            return CompletableFuture.completedStage(page(Span::from));
        }
        Span span = spans.getFirst();
        return peek(span.at(), span.from(), query.max() - messages.size(), BYTES_MAX - bytes)
                .thenCompose(found -> {
                    looked += Math.max(0, found.next() - span.from());
                    found.messages().forEach(each -> add(span.at(), each));
                    spans.removeFirst();
                    if (found.more()) {
                        spans.addFirst(new Span(span.at(), found.next(), span.to()));
                    }
                    return forward();
                });
    }

    private void add(TopicPartition at, Peeked.Message message) {
        messages.add(new Found(at, message));
        bytes += size(message.record());
    }

    private static long size(LogRecord record) {
        long size = size(record.key()) + size(record.value());
        for (LogRecord.Header each : record.headers()) {
            size += each.name().length() + size(each.value());
        }
        return size;
    }

    private static long size(@Nullable ByteBuffer buffer) {
        return buffer == null ? 0 : buffer.remaining();
    }

    /** Where a span goes on. */
    private interface Edge {
        long of(Span span);
    }

    private Page page(Edge edge) {
        Span next = spans.peekFirst();
        return new Page(
                messages,
                looked,
                next == null
                        ? Optional.empty()
                        : Optional.of(new MessagePlace(next.at(), edge.of(next))));
    }

    private CompletionStage<Page> backward() {
        while (!spans.isEmpty() && spans.getFirst().from() >= spans.getFirst().to()) {
            spans.removeFirst();
        }
        if (spans.isEmpty() || isFull()) {
            return CompletableFuture.completedStage(page(Span::to));
        }
        Span span = spans.removeFirst();
        if (span.to() == Long.MAX_VALUE) {
            throw QueueTotals.incomplete(span.at());
        }
        long from = Math.max(span.from(), span.to() - WINDOW);
        return new Window(span, from).look(from).thenCompose(_ -> backward());
    }

    /** The last places of a span, of which the last messages are kept. */
    private final class Window {
        private final Span span;
        private final long from;
        private final Deque<Peeked.Message> last = new ArrayDeque<>();
        private long lastBytes;
        private boolean isCut;

        Window(Span span, long from) {
            this.span = span;
            this.from = from;
        }

        CompletionStage<Void> look(long at) {
            return peek(span.at(), at, WINDOW, BYTES_MAX)
                    .thenCompose(found -> {
                        for (Peeked.Message each : found.messages()) {
                            if (each.record().offset() < span.to()) {
                                keep(each);
                            }
                        }
                        if (found.more() && found.next() < span.to()) {
                            return look(found.next());
                        }
                        close();
                        return CompletableFuture.<Void>completedStage(null);
                    });
        }

        private void keep(Peeked.Message message) {
            last.addLast(message);
            lastBytes += size(message.record());
            while (last.size() > query.max() - messages.size()
                    || (lastBytes + bytes > BYTES_MAX && last.size() > 1)) {
                lastBytes -= size(last.removeFirst().record());
                isCut = true;
            }
        }

        private void close() {
            long rest = isCut ? last.getFirst().record().offset() : from;
            looked += span.to() - rest;
            last.descendingIterator().forEachRemaining(each -> add(span.at(), each));
            spans.addFirst(new Span(span.at(), span.from(), rest));
            if (isCut) {
                // What did not fit is on the next page.
                callCount = CALLS_MAX;
            }
        }
    }
}
