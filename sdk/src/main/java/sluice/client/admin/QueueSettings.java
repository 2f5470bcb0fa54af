package sluice.client.admin;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a queue is to be like; what is not said is the cluster's default.
 *
 * <pre>{@code
 * client.admin().putQueue("jobs", QueueSettings.defaults().deliveryLimit(5).orderByKey());
 * client.admin().putQueueGroup("mails", QueueSettings.reading("orders").from(Start.LATEST));
 * }</pre>
 */
public final class QueueSettings {

    private final List<String> topics;
    private final Start start;

    /**
     * Texts, numbers, truths, nothing, and more of the same, by the names that the API has for
     * them.
     */
    private final Map<String, @Nullable Object> fields;

    private QueueSettings(List<String> topics, Start start, Map<String, @Nullable Object> fields) {
        this.topics = List.copyOf(topics);
        this.start = start;
        this.fields = fields;
    }

    /** Those of a queue with a topic of its own. */
    public static QueueSettings defaults() {
        return reading();
    }

    /**
     * Those of a queue group that reads topics which are there.
     *
     * @param topics names, or patterns with {@code *} for any characters and {@code ?} for one
     */
    public static QueueSettings reading(String... topics) {
        return new QueueSettings(List.of(topics), Start.EARLIEST, Map.of());
    }

    private QueueSettings with(String name, @Nullable Object value) {
        Map<String, @Nullable Object> more = new LinkedHashMap<>(fields);
        more.put(name, value);
        return new QueueSettings(topics, start, Collections.unmodifiableMap(more));
    }

    /** Where the group begins in topics that it did not read before. */
    public QueueSettings from(Start where) {
        return new QueueSettings(topics, where, fields);
    }

    /** A session that is silent for so long has ended, and its messages go to others. */
    public QueueSettings sessionTimeout(Duration timeout) {
        return with("sessionTimeout", timeout.toString());
    }

    /** So long a session is waited for whose gateway was lost. */
    public QueueSettings reconnectGrace(Duration grace) {
        return with("reconnectGrace", grace.toString());
    }

    /** Messages that a session has at one time whose consumer does not say so itself. */
    public QueueSettings prefetch(int messages) {
        return with("prefetch", messages);
    }

    /** Messages that all consumers together have at one time. */
    public QueueSettings maxInFlight(int messages) {
        return with("maxInFlight", messages);
    }

    /** A message that comes back after so many deliveries is a dead letter; 0 for no limit. */
    public QueueSettings deliveryLimit(int deliveries) {
        return with("deliveryLimit", deliveries);
    }

    /**
     * How long a message rests that was released without a delay: each time twice as long, and up
     * to a fifth less by chance, so that those that failed together do not come back together.
     *
     * @param first after its first delivery
     * @param max however often it comes back
     */
    public QueueSettings backoff(Duration first, Duration max) {
        return with(
                "backoff",
                Map.of(
                        "type",
                        "exponential",
                        "delay",
                        first.toString(),
                        "maxDelay",
                        max.toString(),
                        "jitter",
                        20));
    }

    /** A message that was released without a delay rests so long each time. */
    public QueueSettings fixedBackoff(Duration delay) {
        return with("backoff", Map.of("type", "fixed", "delay", delay.toString(), "jitter", 0));
    }

    /** Where dead letters go; made when it is first needed. */
    public QueueSettings deadLetterTopic(String topic) {
        return with("deadLetterTopic", topic);
    }

    /** Dead letters go nowhere; they are counted. */
    public QueueSettings dropDeadLetters() {
        return with("deadLetterTopic", null);
    }

    /** What a consumer rejects is gone, and is no dead letter. */
    public QueueSettings dropRejected() {
        return with("onReject", "drop");
    }

    /** One message of a key at a time, in the order of their offsets; others pass by. */
    public QueueSettings orderByKey() {
        return with("order", "key");
    }

    /** Messages with a higher priority first. */
    public QueueSettings byPriority() {
        return with("priority", true);
    }

    /** Messages whose header names different tenants get equal shares of the consumers' time. */
    public QueueSettings tenants(String header) {
        return tenants(header, 0, Map.of());
    }

    /**
     * As {@link #tenants(String)}, not all alike.
     *
     * @param maxInFlight messages of one tenant in one partition that consumers have at one time; 0
     *     for no limit
     * @param weights the shares of those that are named, 1 to 1,000; 1 for others
     */
    public QueueSettings tenants(String header, int maxInFlight, Map<String, Integer> weights) {
        return with(
                "tenants",
                Map.of(
                        "header",
                        header,
                        "maxInFlight",
                        maxInFlight,
                        "weights",
                        Map.copyOf(weights)));
    }

    /** Messages that nobody took before they expired are dead letters. */
    public QueueSettings keepExpired() {
        return with("onExpiry", "dead-letter");
    }

    /** One session at a time is given messages. */
    public QueueSettings singleActiveConsumer() {
        return with("activeConsumer", "single");
    }

    List<String> topics() {
        return topics;
    }

    Start start() {
        return start;
    }

    Map<String, @Nullable Object> fields() {
        return fields;
    }
}
