package sluice.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;
import sluice.metadata.TopicRecord;

/** An idempotent producer that numbers its batches, and sends them as often as it is told to. */
final class SimulatedProducer {

    private static final int RECORD_BYTES_MAX = 1 << 20;

    private final SimulatedCluster cluster;
    private final long id;
    private final Map<Integer, Integer> nextSequence = new HashMap<>();

    SimulatedProducer(SimulatedCluster cluster, long id) {
        this.cluster = cluster;
        this.id = id;
    }

    /** A batch with its place in the producer's sequence. */
    record Numbered(int partition, long producerId, int sequence, List<String> values) {}

    /** Gives the values the next place in this producer's sequence for the partition. */
    Numbered next(int partition, String... values) {
        int sequence = nextSequence.merge(partition, values.length, Integer::sum) - values.length;
        return new Numbered(partition, id, sequence, List.of(values));
    }

    /** Sends a batch that was numbered, for the first time or again. */
    CompletionStage<Appended> send(
            SimulatedGateway via, TopicRecord topic, Acks acks, Numbered numbered) {
        ByteBuffer batch =
                batch(
                        cluster.time.wallMs(),
                        numbered.producerId(),
                        numbered.sequence(),
                        numbered.values());
        return via.engine().append(topic, numbered.partition(), acks, batch);
    }

    CompletionStage<Appended> send(
            SimulatedGateway via, TopicRecord topic, int partition, String... values) {
        return send(via, topic, Acks.ALL, next(partition, values));
    }

    /** Sends and waits; returns the offset of the first value. */
    long append(SimulatedGateway via, TopicRecord topic, int partition, String... values) {
        return cluster.await(send(via, topic, partition, values)).baseOffset();
    }

    static ByteBuffer batch(long timestampMs, long producerId, int sequence, List<String> values) {
        var builder = new BatchBuilder(256);
        if (producerId != RecordBatch.NO_PRODUCER_ID) {
            builder.producer(producerId, (short) 0, sequence);
        }
        for (String value : values) {
            builder.append(timestampMs, null, value.getBytes(UTF_8), List.of());
        }
        ByteBuffer batch = builder.build();
        RecordBatch.check(batch, 0, batch.limit(), RECORD_BYTES_MAX);
        return batch;
    }

    /** A value and where it was found. */
    record Found(long offset, String value) {}

    /** All records of the batches, also those before the offset that was asked for. */
    static List<Found> records(List<ByteBuffer> batches) {
        var found = new ArrayList<Found>();
        for (ByteBuffer buffer : batches) {
            int at = buffer.position();
            while (at < buffer.limit()) {
                BatchReader.forEach(
                        buffer,
                        at,
                        each -> {
                            ByteBuffer value = each.value();
                            found.add(
                                    new Found(
                                            each.offset(),
                                            value == null
                                                    ? ""
                                                    : UTF_8.decode(value.duplicate()).toString()));
                            return true;
                        });
                at += RecordBatch.sizeBytes(buffer, at);
            }
        }
        return found;
    }
}
