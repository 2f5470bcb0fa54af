package sluice.client.outbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import sluice.client.outbox.FixedBatch.Position;
import sluice.client.outbox.FixedBatch.Stream;

/**
 * The choices of a relay, without its I/O.
 *
 * <p>A batch is sent again as it is until its outcome is known. Only then is it settled: appended
 * ones are deleted; one that misses its predecessor, or whose epoch is over, is fixed anew under a
 * later epoch, so that no late copy of it can still come; one whose records are refused is fixed
 * anew with half of its rows, until a row alone is refused, which is then set aside.
 */
final class RoundPlan {

    private RoundPlan() {}

    /**
     * The rows of each partition, in the order of the rows.
     *
     * @param partitions how many partitions a topic has
     */
    static Map<Stream, List<OutboxRow>> byPartition(
            List<OutboxRow> rows, ToIntFunction<String> partitions, KeyPartitioner partitioner) {
        var streams = new LinkedHashMap<Stream, List<OutboxRow>>();
        long turn = rows.isEmpty() ? 0 : rows.get(0).id();
        for (OutboxRow row : rows) {
            int count = partitions.applyAsInt(row.topic());
            byte[] key = row.key();
            int partition;
            if (row.partition().isPresent()) {
                partition = row.partition().getAsInt();
            } else if (key != null) {
                partition = partitioner.partition(key, count);
            } else {
                partition =
                        (int) (turn % count); // One partition a round, so that batches are large.
            }
            streams.computeIfAbsent(new Stream(row.topic(), partition), s -> new ArrayList<>())
                    .add(row);
        }
        return streams;
    }

    /** Chooses as the gateways do. */
    interface KeyPartitioner {
        int partition(byte[] key, int partitions);
    }

    /** Gives each partition's rows their sequence. */
    static Round fix(Map<Stream, List<OutboxRow>> streams, Function<Stream, Position> positions) {
        var batches = new ArrayList<FixedBatch>();
        streams.forEach((stream, rows) ->
                batches.add(
                        batch(
                                stream,
                                positions.apply(stream),
                                rows.stream().map(OutboxRow::id).toList())));
        return new Round(batches);
    }

    private static FixedBatch batch(Stream stream, Position at, List<Long> rows) {
        return new FixedBatch(
                stream.topic(),
                stream.partition(),
                at.producerId(),
                at.epoch(),
                at.nextSequence(),
                rows);
    }

    /**
     * What follows from the outcomes of all batches of a round.
     *
     * @param appended rows that are in the log
     * @param refused rows that never will be, and why
     * @param next batches that were fixed anew
     */
    record Settlement(
            List<Long> appended, Map<Long, Sent.Refused> refused, List<FixedBatch> next) {}

    /** Whether {@link #settle} will ask for a new producer id. */
    static boolean needsProducer(Map<FixedBatch, Sent> outcomes) {
        return outcomes.entrySet().stream()
                .anyMatch(each ->
                        each.getValue() instanceof Sent.Fenced
                                || (isFixedAnew(each.getKey(), each.getValue())
                                        && !position(each.getKey()).hasNextEpoch()));
    }

    /**
     * @param outcomes of every batch of the round; none of them {@link Sent.Again}
     * @param present rows that are still in the table
     * @param producerId a new one if {@link #needsProducer}; otherwise not used
     */
    static Settlement settle(Map<FixedBatch, Sent> outcomes, Set<Long> present, long producerId) {
        var appended = new ArrayList<Long>();
        var refused = new LinkedHashMap<Long, Sent.Refused>();
        var next = new ArrayList<FixedBatch>();
        outcomes.forEach((batch, sent) -> {
            List<Long> rows = batch.rows().stream().filter(row -> present.contains(row)).toList();
            if (sent instanceof Sent.Appended) {
                appended.addAll(rows);
            } else if (sent instanceof Sent.Refused why && batch.rows().size() == 1) {
                rows.forEach(row -> refused.put(row, why));
            } else if (!rows.isEmpty()) {
                List<Long> again =
                        sent instanceof Sent.Refused
                                ? rows.subList(0, Math.max(1, rows.size() / 2))
                                : rows;
                next.add(batch(batch.stream(), after(batch, sent, producerId), again));
            }
        });
        return new Settlement(appended, refused, next);
    }

    private static boolean isFixedAnew(FixedBatch batch, Sent sent) {
        assert !(sent instanceof Sent.Again) : "not settled: " + batch;
        return !(sent instanceof Sent.Appended)
                && !(sent instanceof Sent.Refused && batch.rows().size() == 1);
    }

    private static Position after(FixedBatch batch, Sent sent, long producerId) {
        Position at = position(batch);
        return sent instanceof Sent.Fenced || !at.hasNextEpoch()
                ? Position.first(producerId)
                : at.nextEpoch();
    }

    private static Position position(FixedBatch batch) {
        return new Position(batch.producerId(), batch.epoch(), batch.baseSequence());
    }
}
