package sluice.metadata;

import java.time.Duration;

/**
 * The body of an item in {@code groups}, whose key is {@code namespace/name}:
 *
 * <pre>
 *   f                    1
 *   id                   group UUID
 *   type                 STREAM, QUEUE
 *   topics               [name or pattern, ...]
 *   start                EARLIEST, LATEST, TIMESTAMP
 *   startMs              number, only with TIMESTAMP
 *   delivery             AT_LEAST_ONCE, AT_MOST_ONCE
 *   sessionTimeoutMs     number
 *   revocationTimeoutMs  number
 *   createdAtMs          number
 * </pre>
 */
final class GroupCodec {

    private enum StartWord {
        EARLIEST,
        LATEST,
        TIMESTAMP
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
            case GroupConfig.Start.Earliest() -> json.put("start", StartWord.EARLIEST.name());
            case GroupConfig.Start.Latest() -> json.put("start", StartWord.LATEST.name());
            case GroupConfig.Start.Timestamp(long ms) ->
                    json.put("start", StartWord.TIMESTAMP.name()).put("startMs", ms);
        }
        return json.put("delivery", config.delivery().name())
                .put("sessionTimeoutMs", config.sessionTimeout().toMillis())
                .put("revocationTimeoutMs", config.revocationTimeout().toMillis())
                .put("createdAtMs", group.createdAtMs())
                .toString();
    }

    static GroupRecord decode(String key, String body) {
        var json = StoredJson.read(ItemStore.Table.GROUPS, key, body);
        int slash = key.indexOf('/');
        if (slash < 0) {
            throw json.unreadable("not a group's key: expected=namespace/name");
        }
        GroupConfig.Start start =
                switch (json.word(StartWord.class, "start")) {
                    case EARLIEST -> new GroupConfig.Start.Earliest();
                    case LATEST -> new GroupConfig.Start.Latest();
                    case TIMESTAMP -> new GroupConfig.Start.Timestamp(json.number("startMs"));
                };
        return new GroupRecord(
                key.substring(0, slash),
                key.substring(slash + 1),
                json.uuid("id"),
                new GroupConfig(
                        json.word(GroupConfig.Type.class, "type"),
                        json.list("topics", StoredJson::asText),
                        start,
                        json.word(GroupConfig.Delivery.class, "delivery"),
                        Duration.ofMillis(json.number("sessionTimeoutMs")),
                        Duration.ofMillis(json.number("revocationTimeoutMs"))),
                json.number("createdAtMs"));
    }
}
