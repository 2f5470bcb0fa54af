package sluice.engine;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import sluice.consumer.coordinator.DeadLetterTopics;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.LogRecord;
import sluice.log.batch.Partitioner;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;

/**
 * Dead letters as records of their topic. Each is a batch of a producer that writes once:
 *
 * <pre>
 *   producer id     bit 62 set; below it 62 bits of SHA-256(topic id, 8 bytes big-endian;
 *                   "dead-letter/queue/partition/offset", ASCII)
 *   producer epoch  0
 *   base sequence   0
 * </pre>
 *
 * <p>as for an idempotency key, so that one that is appended again after a failover is found to be
 * there. What is redriven is written the same way, with "redrive/topic/partition/offset" of its
 * place among the dead letters.
 */
final class DeadLetterAppends implements DeadLetterTopics {

    private static final long FIRST_PRODUCER_ID = 1L << 62;

    /** Longer than most messages wait to be looked at. */
    private static final Duration RETENTION = Duration.ofDays(30);

    private static final int RECORD_BYTES_MAX = 1 << 20;

    private final Engine engine;
    private final Executor blocking;

    DeadLetterAppends(Engine engine, Executor blocking) {
        this.engine = engine;
        this.blocking = blocking;
    }

    @Override
    public CompletionStage<Void> append(String namespace, String topic, List<Letter> letters) {
        return engine.topics()
                .find(namespace, topic)
                .thenCompose(found ->
                        found.map(CompletableFuture::completedStage)
                                .orElseGet(() -> made(namespace, topic)))
                .thenCompose(found ->
                        CompletableFuture.allOf(
                                letters.stream()
                                        .map(each -> append(found, each).toCompletableFuture())
                                        .toArray(CompletableFuture[]::new)));
    }

    private CompletionStage<TopicRecord> made(String namespace, String topic) {
        var config =
                new TopicConfig(
                        Optional.of(RETENTION), TopicConfig.Profile.LATENCY, RECORD_BYTES_MAX);
        return CompletableFuture.supplyAsync(
                () -> engine.topics().create(namespace, topic, 1, config).topic(), blocking);
    }

    @Override
    public CompletionStage<Void> redrive(String namespace, Redriven letter) {
        PartitionId place = letter.place().partition().id();
        byte[] origin = origin("redrive", place.topicId(), place.index(), letter.record().offset());
        return engine.topics()
                .find(namespace, letter.topic())
                .thenCompose(found -> {
                    TopicRecord topic = found.orElseThrow(() -> unknown(letter.topic()));
                    boolean isThere =
                            letter.partition() >= 0 && letter.partition() < topic.partitions();
                    return append(
                            topic,
                            isThere ? letter.partition() : byKey(topic, letter.record(), origin),
                            origin,
                            letter.record());
                })
                .thenApply(_ -> null);
    }

    private static SluiceException unknown(String topic) {
        return new SluiceException(
                SluiceException.Kind.NOT_FOUND,
                "unknown-topic",
                "the topic that the message came from is no more: topic=" + topic);
    }

    private CompletionStage<Engine.Appended> append(TopicRecord topic, Letter letter) {
        byte[] origin =
                origin(
                        "dead-letter",
                        letter.origin().queue(),
                        letter.origin().partition().id().index(),
                        letter.record().offset());
        return append(topic, byKey(topic, letter.record(), origin), origin, letter.record());
    }

    private static byte[] origin(String what, long id, int partition, long offset) {
        return "%s/%d/%d/%d"
                .formatted(what, id, partition, offset)
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static int byKey(TopicRecord topic, LogRecord record, byte[] otherwise) {
        byte[] key = bytes(record.key());
        return Partitioner.forKey(key == null ? otherwise : key, topic.partitions());
    }

    private CompletionStage<Engine.Appended> append(
            TopicRecord topic, int partition, byte[] origin, LogRecord record) {
        var builder = new BatchBuilder(1024).producer(producerId(topic, origin), (short) 0, 0);
        builder.append(
                record.timestampMs(),
                bytes(record.key()),
                bytes(record.value()),
                record.headers().stream()
                        .map(each -> new BatchBuilder.Header(each.name(), bytes(each.value())))
                        .toList());
        return engine.append(topic, partition, Engine.Acks.ALL, builder.build());
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
        if (buffer == null) {
            return null;
        }
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    private static long producerId(TopicRecord topic, byte[] origin) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-256");
            sha.update(ByteBuffer.allocate(Long.BYTES).putLong(topic.id()).flip());
            long hash = ByteBuffer.wrap(sha.digest(origin)).getLong();
            return FIRST_PRODUCER_ID | hash & (FIRST_PRODUCER_ID - 1);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has SHA-256", e);
        }
    }
}
