package sluice.metadata;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import sluice.metadata.GroupConfig.Start;
import sluice.metadata.QueueConfig.Choice;

/**
 * The body of an item in {@code groups}, whose key is {@code namespace/name}:
 *
 * <pre>
 *   f                    1
 *   id                   group UUID
 *   type                 STREAM, QUEUE
 *   topics               [name or pattern, ...]
 *   start                EARLIEST, LATEST, TIMESTAMP, OFFSET
 *   startMs              number, only with TIMESTAMP
 *   startOffset          number, only with OFFSET
 *   sessionTimeoutMs     number
 *   createdAtMs          number
 *
 *   of a STREAM:
 *   delivery             AT_LEAST_ONCE, AT_MOST_ONCE
 *   revocationTimeoutMs  number
 *
 *   of a QUEUE:
 *   reconnectGraceMs     number
 *   prefetch             number
 *   inFlightMax          number
 *   deliveryLimit        number, 0 for none
 *   backoff              {growth: FIXED or EXPONENTIAL, delayMs, delayMaxMs, jitterPercent}
 *   deadLetters          name of a topic, absent for none
 *   onReject             DEAD_LETTER, DROP
 *   activeConsumer       ALL, SINGLE
 *   paused               true, false
 *   choice               absent for a plain queue: {byKey, byPriority: true or false,
 *                        onExpiry: DROP or DEAD_LETTER, tenants: absent for none, or
 *                        {header, inFlightMax, weights: [{tenant, weight}, ...]}}
 * </pre>
 */
final class GroupCodec {

    private enum StartWord {
        EARLIEST,
        LATEST,
        TIMESTAMP,
        OFFSET
    }

    private GroupCodec() {}

    static String encode(GroupRecord group) {
        GroupConfig config = group.config();
        var json =
                StoredJson.write()
                        .put("id", group.id().toString())
                        .put("type", config.type().name());
        var topics = json.putArray("topics");
        config.topics().forEach(topics::add);
        switch (config.start()) {
            case Start.Earliest() -> json.put("start", StartWord.EARLIEST.name());
            case Start.Latest() -> json.put("start", StartWord.LATEST.name());
            case Start.Timestamp(long ms) ->
                    json.put("start", StartWord.TIMESTAMP.name()).put("startMs", ms);
            case Start.Offset(long offset) ->
                    json.put("start", StartWord.OFFSET.name()).put("startOffset", offset);
        }
        switch (config) {
            case StreamConfig stream ->
                    json.put("delivery", stream.delivery().name())
                            .put("sessionTimeoutMs", stream.sessionTimeout().toMillis())
                            .put("revocationTimeoutMs", stream.revocationTimeout().toMillis());
            case QueueConfig queue -> put(json, queue);
        }
        return json.put("createdAtMs", group.createdAtMs()).toString();
    }

    private static void put(ObjectNode json, QueueConfig config) {
        json.put("sessionTimeoutMs", config.sessionTimeout().toMillis())
                .put("reconnectGraceMs", config.reconnectGrace().toMillis())
                .put("prefetch", config.prefetch())
                .put("inFlightMax", config.inFlightMax())
                .put("deliveryLimit", config.deliveryLimit());
        json.putObject("backoff")
                .put("growth", config.backoff().growth().name())
                .put("delayMs", config.backoff().delay().toMillis())
                .put("delayMaxMs", config.backoff().delayMax().toMillis())
                .put("jitterPercent", config.backoff().jitterPercent());
        config.deadLetters().ifPresent(topic -> json.put("deadLetters", topic));
        json.put("onReject", config.onReject().name())
                .put("activeConsumer", config.activeConsumer().name())
                .put("paused", config.isPaused());
        if (!config.choice().equals(Choice.PLAIN)) {
            put(json.putObject("choice"), config.choice());
        }
    }

    private static void put(ObjectNode json, Choice choice) {
        json.put("byKey", choice.isByKey())
                .put("byPriority", choice.isByPriority())
                .put("onExpiry", choice.onExpiry().name());
        choice.tenants()
                .ifPresent(tenants -> {
                    var object =
                            json.putObject("tenants")
                                    .put("header", tenants.header())
                                    .put("inFlightMax", tenants.inFlightMax());
                    var weights = object.putArray("weights");
                    new TreeMap<>(tenants.weights())
                            .forEach((tenant, weight) ->
                                    weights.addObject()
                                            .put("tenant", tenant)
                                            .put("weight", weight));
                });
    }

    static GroupRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.GROUPS, key, body);
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw json.unreadable("not a group's key: expected=namespace/name");
        }
        List<String> topics = json.list("topics", StoredJson::asText);
        Start start =
                switch (json.word(StartWord.class, "start")) {
                    case EARLIEST -> new Start.Earliest();
                    case LATEST -> new Start.Latest();
                    case TIMESTAMP -> new Start.Timestamp(json.number("startMs"));
                    case OFFSET -> new Start.Offset(json.number("startOffset"));
                };
        GroupConfig config =
                switch (json.word(GroupConfig.Type.class, "type")) {
                    case STREAM ->
                            new StreamConfig(
                                    topics,
                                    start,
                                    json.word(GroupConfig.Delivery.class, "delivery"),
                                    duration(json, "sessionTimeoutMs"),
                                    duration(json, "revocationTimeoutMs"));
                    case QUEUE -> queue(json, topics, start);
                };
        return new GroupRecord(
                key.substring(0, slash),
                key.substring(slash + 1),
                json.uuid("id"),
                config,
                json.number("createdAtMs"));
    }

    private static QueueConfig queue(StoredJson json, List<String> topics, Start start) {
        StoredJson backoff = json.object("backoff");
        var plain =
                new QueueConfig(
                        topics,
                        start,
                        duration(json, "sessionTimeoutMs"),
                        duration(json, "reconnectGraceMs"),
                        json.integer("prefetch"),
                        json.integer("inFlightMax"),
                        json.integer("deliveryLimit"),
                        new QueueConfig.Backoff(
                                backoff.word(QueueConfig.Backoff.Growth.class, "growth"),
                                duration(backoff, "delayMs"),
                                duration(backoff, "delayMaxMs"),
                                backoff.integer("jitterPercent")),
                        json.optional("deadLetters").map(StoredJson::asText),
                        json.word(QueueConfig.OnReject.class, "onReject"),
                        json.word(QueueConfig.ActiveConsumer.class, "activeConsumer"),
                        json.flag("paused"));
        return json.optional("choice").map(each -> plain.withChoice(choice(each))).orElse(plain);
    }

    private static Choice choice(StoredJson json) {
        return new Choice(
                json.flag("byKey"),
                json.flag("byPriority"),
                json.word(QueueConfig.OnExpiry.class, "onExpiry"),
                json.optional("tenants").map(GroupCodec::tenants));
    }

    private static QueueConfig.Tenants tenants(StoredJson json) {
        var weights = new HashMap<String, Integer>();
        json.list("weights", each -> Map.entry(each.text("tenant"), each.integer("weight")))
                .forEach(each -> weights.put(each.getKey(), each.getValue()));
        return new QueueConfig.Tenants(json.text("header"), json.integer("inFlightMax"), weights);
    }

    private static Duration duration(StoredJson json, String name) {
        return Duration.ofMillis(json.number(name));
    }
}
