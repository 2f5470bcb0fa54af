package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.twin.MemoryEngine;
import sluice.log.batch.RecordBatch;

/** Members that hold a WebSocket. */
@QuarkusTest
final class StreamTest {

    @Inject MemoryEngine engine;

    private final GroupApi groups = new GroupApi();
    private final List<StreamClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(StreamClient::close);
    }

    private StreamClient connect() {
        var client = new StreamClient(groups.path);
        clients.add(client);
        return client;
    }

    @Test
    void aMemberIsToldWhatItHoldsAndGetsItsRecords() {
        groups.group("");
        groups.produce(0, 2);
        StreamClient client = connect().join("");

        assertEquals(List.of("0:0", "0:1"), client.untilRecords(2));

        JsonNode joined = client.untilType("joined");
        assertEquals("8000 2000", joined.get("sessionTimeoutMs") + " " + joined.get("heartbeatMs"));
        JsonNode records = client.untilType("records");
        assertEquals("2 2", records.get("nextOffset") + " " + records.get("highWatermark"));
    }

    @Test
    void newRecordsFollow() {
        groups.group("");
        StreamClient client = connect().join("");
        client.untilType("assigned");

        groups.produce(1, 1);

        assertEquals(List.of("1:0"), client.untilRecords(1));
    }

    @Test
    void batchesComeAsTheyAreStored() {
        groups.group("");
        groups.produce(0, 3);
        StreamClient client = connect().join(",\"format\":\"binary\"");
        Await.until(() -> !client.binaryFrames().isEmpty());

        ByteBuffer frame = ByteBuffer.wrap(client.binaryFrames().getFirst());
        byte[] header = new byte[frame.getShort()];
        frame.get(header);

        assertEquals(
                "{%s,\"nextOffset\":3,\"highWatermark\":3}".formatted(groups.partition(0)),
                new String(header, StandardCharsets.UTF_8));
        assertEquals(3, RecordBatch.recordCount(frame, frame.position()));
        assertEquals(frame.remaining(), RecordBatch.sizeBytes(frame, frame.position()));
    }

    @Test
    void aCommitIsAnsweredWhenItIsDurable() {
        groups.group("");
        groups.produce(0, 2);
        StreamClient client = connect().join("");
        client.untilRecords(2);

        client.send(
                "{\"type\":\"commit\",\"id\":7,\"epoch\":%d,\"offsets\":[{%s,\"offset\":2}]}"
                        .formatted(client.epoch(), groups.partition(0)));

        assertEquals(7, client.untilType("committed").get("id").asLong());
        assertEquals(2, Api.get(groups.path + "/offsets").json().at("/offsets/0/offset").asLong());
    }

    @Test
    void aCommitThatIsRefusedEndsNothing() {
        groups.group("");
        groups.produce(0, 2);
        StreamClient client = connect().join("");
        client.untilRecords(2);

        client.send(
                "{\"type\":\"commit\",\"id\":8,\"epoch\":0,\"offsets\":[{%s,\"offset\":2}]}"
                        .formatted(groups.partition(0)));

        JsonNode error = client.untilType("error");
        assertEquals(
                "8 stale-epoch 409",
                error.get("id") + " " + client.error() + " " + error.get("status"));
        groups.produce(0, 1);
        client.untilRecords(3);
    }

    @Test
    void whatIsReleasedGoesToTheOther() {
        groups.group("");
        groups.produce(0, 1);
        groups.produce(1, 1);
        StreamClient first = connect().join("");
        first.untilRecords(2);
        StreamClient second = connect().join("");

        JsonNode revoking = first.untilType("revoking");
        int index = revoking.at("/partitions/0/partition").asInt();
        first.send(
                "{\"type\":\"commit\",\"id\":1,\"epoch\":%d,\"offsets\":[{%s,\"offset\":1}]}"
                        .formatted(revoking.get("epoch").asLong(), groups.partition(index)));
        first.untilType("committed");
        first.send(
                "{\"type\":\"release\",\"epoch\":%d,\"partitions\":[{%s}]}"
                        .formatted(revoking.get("epoch").asLong(), groups.partition(index)));

        JsonNode assigned = second.untilType("assigned");
        assertEquals(
                index + " 1",
                assigned.at("/partitions/0/partition")
                        + " "
                        + assigned.at("/partitions/0/position"));
        assertEquals("released", first.untilType("lost").get("reason").asText());
    }

    @Test
    void aConnectionThatIsCutEndsTheMemberAtOnce() {
        groups.group(",\"sessionTimeout\":\"60s\"");
        StreamClient first = connect().join("");
        first.untilType("assigned");
        StreamClient second = connect().join("");

        first.abort();

        Await.until(() -> groups.members() == 1);
        Await.until(() ->
                second.frames().stream()
                                .filter(frame -> StreamClient.type(frame).equals("assigned"))
                                .mapToInt(frame -> frame.get("partitions").size())
                                .sum()
                        == 2);
    }

    @Test
    void whoLeavesIsNoMember() {
        groups.group("");
        StreamClient client = connect().join("");

        client.send("{\"type\":\"leave\"}");

        assertEquals(1000, client.closeCode());
        Await.until(() -> groups.members() == 0);
    }

    @Test
    void whoIsSilentIsEnded() {
        groups.group(",\"sessionTimeout\":\"1s\"");
        StreamClient client = connect().join("");

        assertEquals(1008, client.closeCode());
        Await.until(() -> groups.members() == 0);
    }

    @Test
    void whoSendsHeartbeatsIsNot() {
        groups.group(",\"sessionTimeout\":\"2s\"");
        StreamClient client = connect().join("");
        // Four of the server's heartbeats are more than it waits for a sign of life.
        for (int beats = 1; beats <= 4; beats++) {
            int count = beats;
            Await.until(() ->
                    client.frames().stream()
                                    .filter(frame -> StreamClient.type(frame).equals("heartbeat"))
                                    .count()
                            >= count);
            client.send("{\"type\":\"heartbeat\"}");
        }

        assertTrue(client.isOpen());
        assertEquals(1, groups.members());
    }

    @Test
    void whoComesBackKeepsWhatItHoldsAndGoesOnWhereItSays() {
        groups.group(",\"sessionTimeout\":\"60s\"");
        groups.produce(0, 3);
        StreamClient client = connect().join(",\"instance\":\"a\"");
        client.untilRecords(3);
        long epoch = client.epoch();
        client.abort();

        StreamClient again =
                connect()
                        .join(
                                (",\"member\":\"%s\",\"epoch\":%d,\"positions\":"
                                                + "[{%s,\"offset\":2}]")
                                        .formatted(client.member(), epoch, groups.partition(0)));

        assertEquals(client.member(), again.member());
        assertEquals(List.of("0:2"), again.untilRecords(1));
    }

    @Test
    void aSecondConnectionFencesTheFirst() {
        groups.group(",\"sessionTimeout\":\"5m\"");
        StreamClient client = connect().join("");
        client.untilType("assigned");

        connect()
                .join(",\"member\":\"%s\",\"epoch\":%d".formatted(client.member(), client.epoch()));

        assertEquals("member-fenced", client.error());
        assertEquals(1008, client.closeCode());
    }

    @Test
    void nothingComesWithoutCredit() {
        groups.group("");
        groups.produce(0, 1);
        StreamClient client = connect();
        client.send("{\"type\":\"join\"}");
        client.untilType("assigned");
        untilFramesAreTaken(client);
        assertEquals(List.of(), client.records());

        client.send("{\"type\":\"credit\",\"bytes\":1}");

        client.untilRecords(1);
    }

    @Test
    void aReaderThatDoesNotReadIsNotSentWithoutEnd() {
        groups.group("");
        String value = "x".repeat(100_000);
        StreamClient client = connect().join("");
        client.untilType("assigned");
        client.stopReading();
        int sent = 0;
        for (; sent < 100; sent++) {
            Api.produce(
                    groups.topic,
                    "{\"records\":[{\"value\":\"%s\",\"partition\":0}]}".formatted(value));
        }

        client.readAgain();

        assertEquals(sent, client.untilRecords(sent).size());
    }

    @Test
    void aPausedPartitionWaits() {
        groups.group("");
        StreamClient client = connect().join("");
        client.untilType("assigned");
        client.send("{\"type\":\"pause\",\"partitions\":[{%s}]}".formatted(groups.partition(0)));
        untilFramesAreTaken(client);
        groups.produce(0, 1);
        groups.produce(1, 1);
        assertEquals(List.of("1:0"), client.untilRecords(1));

        client.send("{\"type\":\"resume\",\"partitions\":[{%s}]}".formatted(groups.partition(0)));

        assertEquals(List.of("1:0", "0:0"), client.untilRecords(2));
    }

    @Test
    void aSeekGoesBack() {
        groups.group("");
        groups.produce(0, 2);
        StreamClient client = connect().join("");
        client.untilRecords(2);

        client.send("{\"type\":\"seek\",%s,\"offset\":1}".formatted(groups.partition(0)));

        assertEquals(List.of("0:0", "0:1", "0:1"), client.untilRecords(3));
    }

    @Test
    void aSeekOfWhatIsNotHeldIsAnError() {
        groups.group("");
        StreamClient client = connect().join("");
        client.untilType("assigned");

        client.send("{\"type\":\"seek\",\"topic\":\"other\",\"partition\":0,\"offset\":1}");

        assertEquals("not-assigned", client.error());
        assertTrue(client.isOpen());
    }

    @Test
    void whatRetentionTookIsTold() {
        groups.group("");
        groups.produce(0, 5);
        Api.call(
                "POST",
                groups.path + "/offsets",
                "{\"offsets\":[{%s,\"offset\":1}]}".formatted(groups.partition(0)));
        engine.trim(groups.topic, 0, 5);

        StreamClient client = connect().join("");

        JsonNode skipped = client.untilType("skipped");
        assertEquals("1 5", skipped.get("from") + " " + skipped.get("to"));
    }

    @Test
    void aResetMovesAMemberAtOnce() {
        groups.group("");
        groups.produce(0, 3);
        StreamClient client = connect().join("");
        client.untilRecords(3);

        Api.call("POST", groups.path + "/reset", "{\"to\":{\"offset\":2},\"partitions\":[0]}");

        assertEquals("reset", client.untilType("lost").get("reason").asText());
        assertEquals("0:2", client.untilRecords(4).getLast());
    }

    @Test
    void atMostOnceIsCommittedBeforeItIsSent() {
        groups.group(",\"delivery\":\"at-most-once\"");
        groups.produce(0, 3);

        connect().join("").untilRecords(3);

        assertEquals(3, Api.get(groups.path + "/offsets").json().at("/offsets/0/offset").asLong());
    }

    /** Frames are taken in order, and a commit is answered. */
    private static void untilFramesAreTaken(StreamClient client) {
        client.send(
                "{\"type\":\"commit\",\"id\":1,\"epoch\":%d,\"offsets\":[]}"
                        .formatted(client.epoch()));
        client.untilType("committed");
    }
}
