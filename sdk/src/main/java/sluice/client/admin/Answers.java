package sluice.client.admin;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import sluice.client.json.Json;
import sluice.client.record.TopicPartition;

/** What gateways answer, out of the JSON of the API. */
final class Answers {

    private Answers() {}

    static TopicInfo topic(Json topic) {
        return new TopicInfo(
                topic.text("name"),
                topic.integer("partitionCount"),
                topic.text("retention"),
                Profile.valueOf(topic.text("profile").toUpperCase(Locale.ROOT)),
                topic.integer("recordBytesMax"),
                Instant.parse(topic.text("createdAt")));
    }

    static TopicDescription topicDescription(Json topic) {
        return new TopicDescription(
                topic(topic),
                topic.list("partitions").stream()
                        .map(each ->
                                new TopicDescription.Partition(
                                        each.integer("partition"),
                                        each.number("logStart"),
                                        each.number("highWatermark"),
                                        each.integer("slot"),
                                        each.field("owner")
                                                .map(owner ->
                                                        new TopicDescription.Owner(
                                                                owner.text("node"),
                                                                owner.text("httpAddress")))))
                        .toList());
    }

    static ClusterDescription cluster(Json cluster) {
        return new ClusterDescription(
                cluster.text("clusterId"),
                cluster.text("self"),
                cluster.integer("slots"),
                cluster.isTrue("ready"),
                cluster.list("gateways").stream()
                        .map(each ->
                                new ClusterDescription.Gateway(
                                        each.text("node"),
                                        each.text("httpAddress"),
                                        each.text("zone"),
                                        each.isTrue("alive"),
                                        each.isTrue("draining"),
                                        each.integer("slots")))
                        .toList(),
                cluster.list("wals").stream()
                        .map(each ->
                                new ClusterDescription.Wal(
                                        each.text("wal"),
                                        each.text("node"),
                                        each.text("state"),
                                        each.number("epoch")))
                        .toList());
    }

    static GroupInfo group(Json group) {
        return new GroupInfo(
                group.text("name"),
                group.text("type"),
                group.list("topics").stream().map(Json::toString).toList(),
                group.text("delivery", ""),
                Instant.parse(group.text("createdAt")));
    }

    static QueueNumbers queueNumbers(Json stats) {
        return new QueueNumbers(
                stats.isTrue("complete"),
                stats.number("ready"),
                stats.number("inFlight"),
                stats.number("delayed"),
                stats.number("behind"),
                stats.number("dead"),
                stats.number("settled"),
                stats.field("oldestReadyAt").isPresent()
                        ? Optional.of(Instant.ofEpochMilli(stats.number("oldestReadyAt")))
                        : Optional.empty(),
                stats.list("sessions").size());
    }

    static GroupDescription groupDescription(Json group) {
        return new GroupDescription(
                group(group),
                group.number("epoch"),
                group.list("members").stream().map(Answers::member).toList(),
                group.list("partitions").stream()
                        .map(each ->
                                new GroupDescription.Partition(
                                        id(each),
                                        optional(each, "committed"),
                                        optional(each, "logStart"),
                                        optional(each, "highWatermark"),
                                        optional(each, "lag"),
                                        each.field("member").map(Json::toString)))
                        .toList(),
                optional(group, "totalLag"));
    }

    private static GroupDescription.Member member(Json member) {
        return new GroupDescription.Member(
                member.text("member"),
                Optional.of(member.text("instance", "")).filter(name -> !name.isEmpty()),
                member.text("client"),
                member.text("gateway"),
                Instant.parse(member.text("joinedAt")),
                Duration.ofMillis(member.number("heardMsAgo")),
                byTopic(member.list("assigned")),
                byTopic(member.list("revoking")));
    }

    /** From {@code [{"topic", "partitions": […]}, …]}. */
    private static List<TopicPartition> byTopic(List<Json> topics) {
        var partitions = new ArrayList<TopicPartition>();
        for (Json topic : topics) {
            for (Json partition : topic.list("partitions")) {
                if (partition.value() instanceof Long number) {
                    partitions.add(
                            new TopicPartition(topic.text("topic"), Math.toIntExact(number)));
                }
            }
        }
        return partitions;
    }

    static Map<TopicPartition, Long> offsets(Json document) {
        var offsets = new TreeMap<TopicPartition, Long>();
        for (Json each : document.list("offsets")) {
            offsets.put(id(each), each.number("offset"));
        }
        return offsets;
    }

    static List<ResetMove> moves(Json document) {
        return document.list("partitions").stream()
                .map(each ->
                        new ResetMove(
                                id(each),
                                optional(each, "from"),
                                each.number("to"),
                                each.number("skipped"),
                                each.number("repeated"),
                                each.isTrue("clamped")))
                .toList();
    }

    private static TopicPartition id(Json json) {
        return new TopicPartition(json.text("topic"), json.integer("partition"));
    }

    private static OptionalLong optional(Json json, String field) {
        return json.field(field).isPresent()
                ? OptionalLong.of(json.number(field))
                : OptionalLong.empty();
    }
}
