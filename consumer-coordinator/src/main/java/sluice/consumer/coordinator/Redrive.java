package sluice.consumer.coordinator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import sluice.consumer.coordinator.DeadLetterTopics.Redriven;
import sluice.consumer.group.DeadLetterHeaders;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueReply.Redriving.State;
import sluice.consumer.group.RedriveOrder;
import sluice.consumer.group.RedriveOrder.Target;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionReply.Peeked;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;

/**
 * Messages leave a queue: looked up some at a time, appended where they are to go, and only then
 * ended here. What breaks off is done again; where a message went knows one that it has already.
 *
 * <p>What comes into the queue after the beginning stays, so that a message that fails once more
 * does not go round. Owned by the groups' lane.
 */
final class Redrive {

    private static final int AT_ONCE = 100;
    private static final Duration AGAIN = Duration.ofSeconds(1);
    private static final Set<MessageState> FREE =
            EnumSet.of(MessageState.READY, MessageState.DELAYED);

    /**
     * A part of a partition.
     *
     * @param to offset before which it ends; −1 while that is not known
     */
    private record Span(TopicPartition at, long from, long to) {
        Span from(long next) {
            return new Span(at, next, to);
        }

        Span to(long end) {
            return new Span(at, from, end);
        }
    }

    private final Lane lane;
    private final QueueGroupPorts ports;
    private final GroupName group;
    private final QueuePartitions partitions;
    private final RedriveOrder order;
    private final long startedAtMs;
    private final Deque<Span> spans = new ArrayDeque<>();
    private State state = State.RUNNING;
    private OptionalLong endedAtMs = OptionalLong.empty();
    private long moved;
    private long kept;
    private String lastError = "";

    Redrive(
            Lane lane,
            QueueGroupPorts ports,
            GroupName group,
            QueuePartitions partitions,
            RedriveOrder order) {
        this.lane = lane;
        this.ports = ports;
        this.group = group;
        this.partitions = partitions;
        this.order = order;
        this.startedAtMs = lane.wallMs();
        for (TopicPartition each : partitions.names()) {
            if (order.places().isEmpty()) {
                spans.add(new Span(each, 0, -1));
            }
            for (RedriveOrder.Place place : order.places()) {
                if (place.partition() == each.partition()) {
                    spans.add(new Span(each, place.offset(), place.offset() + 1));
                }
            }
        }
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    QueueReply.Redriving status() {
        return new QueueReply.Redriving(state, moved, kept, startedAtMs, endedAtMs, lastError);
    }

    void start() {
        step();
    }

    void stop() {
        end(State.STOPPED);
    }

    private void end(State how) {
        if (isRunning()) {
            state = how;
            endedAtMs = OptionalLong.of(lane.wallMs());
        }
    }

    private long left() {
        return order.max().orElse(Long.MAX_VALUE) - moved;
    }

    private void step() {
        if (!isRunning()) {
            return;
        }
        Span span = spans.peekFirst();
        if (span == null || left() <= 0) {
            end(State.DONE);
            return;
        }
        QueuePartition partition = partitions.get(span.at());
        if (partition == null) {
            spans.removeFirst();
            step();
        } else if (span.to() < 0) {
            this.<PartitionReply.Numbers>ask(
                    partition,
                    new PartitionRequest.Count(),
                    PartitionReply.Numbers.class,
                    numbers -> {
                        spans.removeFirst();
                        spans.addFirst(span.to(numbers.highWatermark()));
                        step();
                    });
        } else {
            look(partition, span);
        }
    }

    /** A failure is waited out, unless the coordinator is no longer this one. */
    private <T extends PartitionReply> void ask(
            QueuePartition partition, PartitionRequest request, Class<T> kind, Consumer<T> then) {
        partition.call(
                request,
                kind,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<T>(var reply) -> then.accept(reply);
                        case Outcome.Failure<T>(var error) -> failed(error);
                    }
                });
    }

    private void failed(SluiceException error) {
        lastError = error.code() + ": " + error.getMessage();
        if (error.code().equals("too-far-ahead")) {
            end(State.FAILED);
        } else {
            lane.schedule(AGAIN, this::step);
        }
    }

    private void look(QueuePartition partition, Span span) {
        int most = order.perSecond() > 0 ? Math.min(AT_ONCE, order.perSecond()) : AT_ONCE;
        this.<Peeked>ask(
                partition,
                new PartitionRequest.Peek(
                        span.from(),
                        (int) Math.min(most, left()),
                        PartitionReply.BYTES_MAX,
                        FREE,
                        order.filter()),
                Peeked.class,
                page -> found(partition, span, page));
    }

    private void found(QueuePartition partition, Span span, Peeked page) {
        if (!isRunning()) {
            return;
        }
        List<LogRecord> letters =
                page.messages().stream()
                        .map(Peeked.Message::record)
                        .filter(each -> each.offset() < span.to())
                        .toList();
        if (letters.isEmpty()) {
            goOn(span, page, 0);
        } else if (order.target() instanceof Target.Nowhere) {
            finish(partition, span, page, letters.stream().map(LogRecord::offset).toList());
        } else {
            append(partition, span, page, letters);
        }
    }

    private void append(QueuePartition partition, Span span, Peeked page, List<LogRecord> letters) {
        var there = new ArrayList<Long>();
        var again = new ArrayList<SluiceException>();
        int[] left = {letters.size()};
        int[] refused = {0};
        for (LogRecord letter : letters) {
            append(
                    partition,
                    letter,
                    failure -> {
                        if (failure.isEmpty()) {
                            there.add(letter.offset());
                        } else if (mayWork(failure.get())) {
                            again.add(failure.get());
                        } else {
                            refused[0]++;
                            lastError = failure.get().code() + ": " + failure.get().getMessage();
                        }
                        if (--left[0] > 0) {
                            return;
                        }
                        if (again.isEmpty()) {
                            kept += refused[0];
                            finish(partition, span, page, there);
                        } else {
                            retry(partition, there, again.getFirst());
                        }
                    });
        }
    }

    /** What is there is ended; the others, and those that were kept, are looked up once more. */
    private void retry(QueuePartition partition, List<Long> there, SluiceException failure) {
        this.<PartitionReply.Finished>ask(
                partition,
                new PartitionRequest.Finish(there),
                PartitionReply.Finished.class,
                _ -> {
                    moved += there.size();
                    failed(failure);
                });
    }

    private void append(
            QueuePartition partition, LogRecord letter, Consumer<Optional<SluiceException>> then) {
        Redriven redriven;
        try {
            redriven = addressed(partition, letter);
        } catch (SluiceException e) {
            then.accept(Optional.of(e));
            return;
        }
        Asks.answered(
                ports.deadLetters().redrive(group.namespace(), redriven),
                lane,
                outcome ->
                        then.accept(
                                outcome instanceof Outcome.Failure<Void>(var error)
                                        ? Optional.of(error)
                                        : Optional.empty()));
    }

    private static boolean mayWork(SluiceException failure) {
        return switch (failure.kind()) {
            case UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED, FENCED -> true;
            case INVALID, NOT_FOUND, CONFLICT, DATA -> false;
        };
    }

    private Redriven addressed(QueuePartition partition, LogRecord letter) {
        var headers = new ArrayList<LogRecord.Header>();
        String place =
                "%s/%d/%d"
                        .formatted(
                                partition.partition.topic(),
                                partition.partition.partition(),
                                letter.offset());
        switch (order.target()) {
            case Target.Topic(var name) -> {
                headers.addAll(letter.headers());
                return new Redriven(partition.queue(), name, -1, marked(letter, headers, place));
            }
            case Target.Origin() -> {
                headers.addAll(DeadLetterHeaders.own(letter));
                DeadLetterHeaders.Origin origin = DeadLetterHeaders.origin(letter);
                return new Redriven(
                        partition.queue(),
                        origin.topic(),
                        origin.partition(),
                        marked(letter, headers, place));
            }
            case Target.Nowhere() -> throw new AssertionError("nothing is appended");
        }
    }

    private static LogRecord marked(
            LogRecord letter, List<LogRecord.Header> headers, String place) {
        headers.removeIf(each -> each.name().equals(DeadLetterHeaders.REDRIVEN_FROM));
        headers.add(
                new LogRecord.Header(
                        DeadLetterHeaders.REDRIVEN_FROM,
                        ByteBuffer.wrap(place.getBytes(StandardCharsets.UTF_8))));
        return new LogRecord(
                letter.offset(), letter.timestampMs(), letter.key(), letter.value(), headers);
    }

    private void finish(QueuePartition partition, Span span, Peeked page, List<Long> there) {
        if (there.isEmpty()) {
            goOn(span, page, 0);
            return;
        }
        this.<PartitionReply.Finished>ask(
                partition,
                new PartitionRequest.Finish(there),
                PartitionReply.Finished.class,
                _ -> {
                    moved += there.size();
                    goOn(span, page, there.size());
                });
    }

    private void goOn(Span span, Peeked page, int count) {
        spans.removeFirst();
        if (page.more() && page.next() < span.to()) {
            spans.addFirst(span.from(page.next()));
        }
        if (order.perSecond() > 0 && count > 0) {
            lane.schedule(Duration.ofNanos(1_000_000_000L * count / order.perSecond()), this::step);
        } else {
            step();
        }
    }
}
