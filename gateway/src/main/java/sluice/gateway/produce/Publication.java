package sluice.gateway.produce;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import sluice.metadata.TopicRecord;

/**
 * The records of a request to an exchange as batches, one for each partition of each topic that
 * they go to. With a key, it is the same however often it is made. Owned by one thread.
 */
final class Publication {

    /** A batch, by its topic's placement. */
    private record Batch(Placement of, int index) {}

    /**
     * Where one copy of a record is.
     *
     * @param batch of all batches
     */
    record Copy(TopicRecord topic, int partition, int batch, int indexInBatch) {}

    /**
     * @param key that was given, or that was made for the request
     * @param fingerprint of the body
     */
    record Identity(String key, int fingerprint) {
        IdempotencyKey of(TopicRecord topic) {
            return IdempotencyKey.of(key, topic.id(), fingerprint);
        }
    }

    private final List<Batch> batches = new ArrayList<>();
    private final List<List<Copy>> copies;

    /**
     * @throws sluice.gateway.problem.ProblemException {@code record-too-large} for one of the
     *     topics
     */
    Publication(
            RoutedRecords records,
            Optional<Identity> identity,
            StickyPartitions sticky,
            long nowNs) {
        Map<Long, Placement> byTopic = new HashMap<>();
        var order = new ArrayList<Placement>();
        for (int i = 0; i < records.recordCount(); i++) {
            List<TopicRecord> topics = records.route(i).topics();
            if (topics.isEmpty()) {
                continue;
            }
            RecordFields record = records.record(i);
            for (TopicRecord topic : topics) {
                Placement placement =
                        byTopic.computeIfAbsent(
                                topic.id(),
                                _ -> {
                                    var key = identity.map(each -> each.of(topic));
                                    var made =
                                            new Placement(
                                                    topic, sticky, key, records.nowMs(), nowNs);
                                    order.add(made);
                                    return made;
                                });
                placement.add(record, i);
            }
        }
        Map<Placement, Integer> firstBatch = new HashMap<>();
        for (Placement placement : order) {
            firstBatch.put(placement, batches.size());
            for (int batch = 0; batch < placement.batchCount(); batch++) {
                batches.add(new Batch(placement, batch));
            }
        }
        copies = copies(records, byTopic, firstBatch);
    }

    private static List<List<Copy>> copies(
            RoutedRecords records,
            Map<Long, Placement> byTopic,
            Map<Placement, Integer> firstBatch) {
        var copies = new ArrayList<List<Copy>>(records.recordCount());
        Map<Placement, Integer> taken = new HashMap<>();
        for (int i = 0; i < records.recordCount(); i++) {
            List<TopicRecord> topics = records.route(i).topics();
            var ofRecord = new ArrayList<Copy>(topics.size());
            for (TopicRecord topic : topics) {
                Placement placement = Objects.requireNonNull(byTopic.get(topic.id()));
                int number = taken.merge(placement, 1, Integer::sum) - 1;
                int batch = placement.batchOfRecord(number);
                ofRecord.add(
                        new Copy(
                                topic,
                                placement.partitionOfBatch(batch),
                                firstBatch.getOrDefault(placement, 0) + batch,
                                placement.indexInBatch(number)));
            }
            copies.add(ofRecord);
        }
        return copies;
    }

    int batchCount() {
        return batches.size();
    }

    TopicRecord topic(int batch) {
        return batches.get(batch).of().topic();
    }

    int partition(int batch) {
        return batches.get(batch).of().partitionOfBatch(batches.get(batch).index());
    }

    /** The batch's bytes; called once for each. */
    ByteBuffer build(int batch) {
        return batches.get(batch).of().batch(batches.get(batch).index()).build();
    }

    /** Where the copies of a record are, by name of their topics. */
    List<Copy> copies(int record) {
        return copies.get(record);
    }
}
