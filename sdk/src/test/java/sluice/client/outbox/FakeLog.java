package sluice.client.outbox;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import sluice.client.outbox.FixedBatch.Stream;

/**
 * A log that judges sequences as the gateways do: it keeps the last five batches of each producer
 * in each partition, answers a repeated one as appended, and refuses what does not follow.
 */
class FakeLog implements OutboxLog {

    static final int BATCHES_KEPT = 5;

    private record Range(int first, int last) {}

    private static final class Producer {
        short epoch;
        final Deque<Range> ranges = new ArrayDeque<>();
    }

    private final Map<Stream, List<String>> values = new HashMap<>();
    private final Map<Stream, Map<Long, Producer>> producers = new HashMap<>();
    private final Map<String, Integer> topics = new HashMap<>();
    private final Set<String> invalid = new HashSet<>();
    private long nextProducerId = 1000;
    private int batches;
    private int duplicates;

    FakeLog topic(String name, int partitions) {
        topics.put(name, partitions);
        return this;
    }

    /** No batch with this value is taken. */
    void refuse(String value) {
        invalid.add(value);
    }

    void takeAgain(String value) {
        invalid.remove(value);
    }

    synchronized List<String> values(String topic, int partition) {
        return List.copyOf(values.getOrDefault(new Stream(topic, partition), List.of()));
    }

    synchronized List<String> values() {
        return values.values().stream().flatMap(List::stream).toList();
    }

    int batches() {
        return batches;
    }

    int duplicates() {
        return duplicates;
    }

    /** What an acknowledged tail that is lost by force leaves: the log knows an older past. */
    void forgetLastBatch(String topic, int partition) {
        producers
                .getOrDefault(new Stream(topic, partition), Map.of())
                .values()
                .forEach(p -> p.ranges.removeLast());
    }

    /** As if somebody had gone on under the same producer id. */
    void fence(String topic, int partition) {
        producers
                .getOrDefault(new Stream(topic, partition), Map.of())
                .values()
                .forEach(p -> p.epoch += 5);
    }

    @Override
    public synchronized long newProducerId() {
        return nextProducerId++;
    }

    @Override
    public synchronized int partitionCount(String topic) throws UnknownTopic {
        Integer count = topics.get(topic);
        if (count == null) {
            throw new UnknownTopic(topic);
        }
        return count;
    }

    @Override
    public CompletableFuture<Sent> append(FixedBatch batch, List<OutboxRow> rows) {
        return CompletableFuture.completedFuture(take(batch, rows));
    }

    final synchronized Sent take(FixedBatch batch, List<OutboxRow> rows) {
        if (!batch.rows().equals(rows.stream().map(OutboxRow::id).toList())) {
            throw new IllegalStateException("rows of another batch: " + batch);
        }
        for (OutboxRow row : rows) {
            if (invalid.contains(text(row))) {
                return new Sent.Refused("record-too-large", "a record is too large");
            }
        }
        Map<Long, Producer> known =
                producers.computeIfAbsent(batch.stream(), stream -> new HashMap<>());
        Producer producer = known.get(batch.producerId());
        var range = new Range(batch.baseSequence(), lastSequence(batch));
        if (producer != null && batch.epoch() < producer.epoch) {
            return new Sent.Fenced("epoch=" + producer.epoch);
        }
        if (producer == null || batch.epoch() > producer.epoch) {
            if (producer != null && batch.baseSequence() != 0) {
                return new Sent.OutOfSequence("expected=0 found=" + batch.baseSequence());
            }
            producer = new Producer();
            producer.epoch = batch.epoch();
            known.put(batch.producerId(), producer);
        } else if (producer.ranges.contains(range)) {
            duplicates++;
            return new Sent.Appended();
        } else if (!producer.ranges.isEmpty()) {
            int expected = (producer.ranges.getLast().last() + 1) & Integer.MAX_VALUE;
            if (expected != batch.baseSequence()) {
                return new Sent.OutOfSequence(
                        "expected=" + expected + " found=" + batch.baseSequence());
            }
        }
        producer.ranges.addLast(range);
        if (producer.ranges.size() > BATCHES_KEPT) {
            producer.ranges.removeFirst();
        }
        batches++;
        var log = values.computeIfAbsent(batch.stream(), stream -> new ArrayList<>());
        rows.forEach(row -> log.add(text(row)));
        return new Sent.Appended();
    }

    private static int lastSequence(FixedBatch batch) {
        return (batch.nextSequence() - 1) & Integer.MAX_VALUE;
    }

    private static String text(OutboxRow row) {
        return new String(row.value(), StandardCharsets.UTF_8);
    }
}
