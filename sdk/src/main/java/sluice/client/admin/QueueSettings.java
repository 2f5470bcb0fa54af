package sluice.client.admin;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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

    /** Texts, numbers and truths, by the names that the API has for them. */
    private final Map<String, Object> fields;

    private QueueSettings(List<String> topics, Start start, Map<String, Object> fields) {
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

    private QueueSettings with(String name, Object value) {
        var more = new LinkedHashMap<>(fields);
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

    /** Messages that all consumers together have at one time. */
    public QueueSettings maxInFlight(int messages) {
        return with("maxInFlight", messages);
    }

    /** A message that comes back after so many deliveries is a dead letter; 0 for no limit. */
    public QueueSettings deliveryLimit(int deliveries) {
        return with("deliveryLimit", deliveries);
    }

    /** Where dead letters go; made when it is first needed. */
    public QueueSettings deadLetterTopic(String topic) {
        return with("deadLetterTopic", topic);
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

    Map<String, Object> fields() {
        return fields;
    }
}
