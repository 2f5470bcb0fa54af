package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import sluice.consumer.group.GroupName;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** A group of its own and a topic of two partitions, as one test needs them. */
final class GroupApi {

    final String path = "/v1/groups/g." + UUID.randomUUID();
    final String topic = Api.newTopic(2);

    GroupName name() {
        return new GroupName("default", path.substring("/v1/groups/".length()));
    }

    void group(String more) {
        Api.Answer answer =
                Api.call(
                        "PUT",
                        path,
                        "{\"type\":\"stream\",\"topics\":[\"%s\"]%s}".formatted(topic, more));
        assertEquals(201, answer.status(), new String(answer.body()));
    }

    String join() {
        return join("");
    }

    String join(String body) {
        Api.Answer answer = Api.call("POST", path + "/members", body);
        assertEquals(201, answer.status(), new String(answer.body()));
        return answer.json().get("member").asText();
    }

    Api.Answer poll(String member, String query) {
        return Api.get(path + "/members/" + member + "/records" + query);
    }

    void produce(int partition, int count) {
        var records = new ArrayList<String>();
        for (int i = 0; i < count; i++) {
            records.add("{\"value\":\"v%d\",\"partition\":%d}".formatted(i, partition));
        }
        assertEquals(
                200,
                Api.produce(topic, "{\"records\":[" + String.join(",", records) + "]}").status());
    }

    /** Polls until so many records came. */
    List<String> read(String member, int count) {
        var read = new ArrayList<String>();
        long number = 0;
        while (read.size() < count) {
            Api.Answer answer = poll(member, "?wait=5s&received=" + number);
            assertEquals(200, answer.status(), new String(answer.body()));
            answer.json()
                    .get("records")
                    .forEach(record ->
                            read.add(
                                    record.get("partition").asInt()
                                            + ":"
                                            + record.get("offset").asLong()));
            number = answer.json().get("number").asLong();
        }
        return read;
    }

    Api.Answer commit(String member, long epoch, int partition, long offset) {
        return Api.call(
                "POST",
                path + "/offsets",
                ("{\"member\":\"%s\",\"epoch\":%d,\"offsets\":[{\"topic\":\"%s\","
                                + "\"partition\":%d,\"offset\":%d}]}")
                        .formatted(member, epoch, topic, partition, offset));
    }

    static String told(Api.Answer answer) {
        return answer.status() + " " + answer.problem();
    }

    long epoch() {
        return Api.get(path).json().get("epoch").asLong();
    }

    String partition(int index) {
        return "\"topic\":\"%s\",\"partition\":%d".formatted(topic, index);
    }

    int members() {
        return Api.get(path).json().get("members").size();
    }

    Api.Answer reset(String body) {
        return Api.call("POST", path + "/reset", body);
    }

    void untilAssigned(String member) {
        Await.until(() -> poll(member, "?wait=100ms").json().get("assigned").size() > 0);
    }
}
