package sluice.engine;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import sluice.consumer.Watermarks;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.session.PartitionSource;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/** The topics of a namespace as members of groups read them, whoever owns their partitions. */
public final class TopicSource implements PartitionSource {

    private final Engine engine;
    private final String namespace;

    public TopicSource(Engine engine, String namespace) {
        this.engine = engine;
        this.namespace = namespace;
    }

    @Override
    public CompletionStage<Records> fetch(
            TopicPartition partition, long offset, int maxBytes, Duration wait) {
        return topic(partition)
                .thenCompose(
                        topic -> engine.fetch(topic, partition.partition(), offset, maxBytes, wait))
                .thenApply(found -> {
                    if (offset > found.highWatermark()) {
                        throw new SluiceException(
                                SluiceException.Kind.INVALID,
                                "offset-out-of-range",
                                "partition=%s offset=%d highWatermark=%d"
                                        .formatted(partition, offset, found.highWatermark()));
                    }
                    return new Records(
                            found.batches(),
                            new Watermarks(found.logStart(), found.highWatermark()));
                });
    }

    @Override
    public CompletionStage<Watermarks> range(TopicPartition partition) {
        return topic(partition)
                .thenCompose(topic -> engine.status(topic, partition.partition()))
                .thenApply(status -> new Watermarks(status.logStart(), status.highWatermark()));
    }

    private CompletionStage<TopicRecord> topic(TopicPartition partition) {
        return engine.topics()
                .find(namespace, partition.topic())
                .thenApply(found ->
                        found.filter(topic ->
                                        topic.state() == TopicRecord.State.ACTIVE
                                                && partition.partition() < topic.partitions())
                                .orElseThrow(() ->
                                        new SluiceException(
                                                SluiceException.Kind.NOT_FOUND,
                                                "unknown-topic",
                                                "there is no partition %s".formatted(partition))));
    }
}
