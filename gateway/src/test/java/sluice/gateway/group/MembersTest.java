package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.twin.MemoryEngine;

/** Members that join, poll and leave by HTTP alone. */
@QuarkusTest
final class MembersTest {

    private static final String NOBODY = "0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11";

    @Inject MemoryEngine engine;

    private final GroupApi groups = new GroupApi();

    @Test
    void aMemberReadsAllPartitions() {
        groups.group("");
        groups.produce(0, 2);
        groups.produce(1, 1);

        List<String> read = groups.read(groups.join(), 3);

        read.sort(null);
        assertEquals(List.of("0:0", "0:1", "1:0"), read);
    }

    @Test
    void anAnswerHasRecordsAsAFetchHasThemAndWhatToCommit() {
        groups.group("");
        Api.produce(
                groups.topic,
                "{\"records\":[{\"key\":\"k\",\"valueJson\":{\"n\":1},\"partition\":1,"
                        + "\"timestamp\":17,\"headers\":{\"h\":\"x\"}}]}");
        String member = groups.join();

        JsonNode answer = groups.poll(member, "?wait=5s&format=json").json();

        assertEquals(
                ("[{\"topic\":\"%s\",\"partition\":1,\"offset\":0,\"timestamp\":17,\"key\":\"k\","
                                + "\"valueJson\":{\"n\":1},\"headers\":{\"h\":\"x\"}}]")
                        .formatted(groups.topic),
                answer.get("records").toString());
        assertEquals(
                "[{\"topic\":\"%s\",\"partition\":1,\"offset\":1}]".formatted(groups.topic),
                answer.get("next").toString());
        assertEquals(
                "[{\"topic\":\"%s\",\"partitions\":[0,1]}]".formatted(groups.topic),
                answer.get("assigned").toString());
    }

    @Test
    void anAnswerThatWasLostComesAgain() {
        groups.group("");
        groups.produce(0, 2);
        String member = groups.join();
        JsonNode first = groups.poll(member, "?wait=5s&max=1&received=0").json();

        JsonNode again = groups.poll(member, "?wait=5s&max=1&received=0").json();

        assertEquals(first.get("records"), again.get("records"));
        assertEquals(1, first.get("records").size());
    }

    @Test
    void whatWasCommittedIsWhereTheNextMemberBegins() {
        groups.group("");
        groups.produce(0, 3);
        String member = groups.join();
        groups.read(member, 3);
        assertEquals(200, groups.commit(member, groups.epoch(), 0, 2).status());
        Api.call("DELETE", groups.path + "/members/" + member, "");

        assertEquals(List.of("0:2"), groups.read(groups.join(), 1));
        assertEquals(
                "{\"offsets\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":2}]}"
                        .formatted(groups.topic),
                Api.get(groups.path + "/offsets").json().toString());
    }

    @Test
    void membersAreShownWithWhatTheyHold() {
        groups.group("");
        String member = groups.join("{\"instance\":\"worker-1\",\"client\":\"billing\"}");
        groups.untilAssigned(member);

        JsonNode shown = Api.get(groups.path).json().at("/members/0");

        assertEquals(
                member
                        + " worker-1 billing [{\"topic\":\""
                        + groups.topic
                        + "\",\"partitions\":[0,1]}]",
                shown.get("member").asText()
                        + " "
                        + shown.get("instance").asText()
                        + " "
                        + shown.get("client").asText()
                        + " "
                        + shown.get("assigned"));
    }

    @Test
    void aPartitionMovesWhenTheOtherPollsAgain() {
        groups.group("");
        groups.produce(0, 1);
        groups.produce(1, 1);
        String first = groups.join();
        groups.read(first, 2);
        String second = groups.join();

        Await.until(() ->
                groups.poll(first, "?wait=50ms").json().get("assigned").toString().length() > 2
                        && groups.poll(second, "?wait=50ms").json().get("assigned").size() > 0);

        assertEquals(1, groups.poll(first, "").json().at("/assigned/0/partitions").size());
    }

    @Test
    void aHeartbeatReleasesWhatIsRevoking() {
        groups.group("");
        groups.produce(0, 1);
        groups.produce(1, 1);
        String first = groups.join();
        groups.read(first, 2);
        String second = groups.join();
        String beat = groups.path + "/members/" + first + "/heartbeat";
        Await.until(() -> Api.call("POST", beat, "").json().get("revoking").size() > 0);
        JsonNode told = Api.call("POST", beat, "").json();

        Api.call(
                "POST",
                beat,
                "{\"epoch\":%d,\"released\":[{\"topic\":\"%s\",\"partition\":%d}]}"
                        .formatted(
                                told.get("epoch").asLong(),
                                groups.topic,
                                told.at("/revoking/0/partitions/0").asInt()));

        Await.until(() -> groups.poll(second, "").json().get("assigned").size() > 0);
    }

    @Test
    void whoReleasesSaysOfWhichEpoch() {
        groups.group("");

        Api.Answer answer =
                Api.call(
                        "POST",
                        groups.path + "/members/" + groups.join() + "/heartbeat",
                        "{\"released\":[{\"topic\":\"t\",\"partition\":0}]}");

        assertEquals("400 malformed-request", GroupApi.told(answer));
    }

    @Test
    void atMostOnceIsCommittedBeforeItIsAnswered() {
        groups.group(",\"delivery\":\"at-most-once\"");
        groups.produce(0, 2);
        String member = groups.join();

        assertEquals(2, groups.read(member, 2).size());

        assertEquals(2, Api.get(groups.path + "/offsets").json().at("/offsets/0/offset").asLong());
    }

    @Test
    void aPollWaitsForRecords() {
        groups.group("");
        String member = groups.join();
        groups.untilAssigned(member);
        var poll = CompletableFuture.supplyAsync(() -> groups.poll(member, "?wait=20s"));
        Await.until(() -> engine.polls(groups.topic, 0) + engine.polls(groups.topic, 1) > 0);

        groups.produce(0, 1);

        assertEquals(1, poll.join().json().get("records").size());
    }

    @Test
    void aMemberThatLeftIsNone() {
        groups.group("");
        String member = groups.join();

        assertEquals(204, Api.call("DELETE", groups.path + "/members/" + member, "").status());
        assertEquals("404 unknown-member", GroupApi.told(groups.poll(member, "")));
        assertEquals(204, Api.call("DELETE", groups.path + "/members/" + member, "").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {NOBODY, "me"})
    void whoIsNoMemberIsToldSo(String member) {
        groups.group("");

        assertEquals("404 unknown-member", GroupApi.told(groups.poll(member, "")));
        assertEquals(
                "404 unknown-member",
                GroupApi.told(
                        Api.call("POST", groups.path + "/members/" + member + "/heartbeat", "")));
    }

    @Test
    void anInstanceThatJoinsAgainFencesTheOneBefore() {
        groups.group("");
        String first = groups.join("{\"instance\":\"a\"}");
        groups.untilAssigned(first);

        String second = groups.join("{\"instance\":\"a\"}");

        assertEquals("409 member-fenced", GroupApi.told(groups.poll(first, "")));
        assertEquals(2, groups.poll(second, "?wait=1s").json().at("/assigned/0/partitions").size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "?wait=1h",
                "?wait=31s",
                "?max=0",
                "?maxBytes=0",
                "?format=binary",
                "?format=x",
                "?epoch=x",
                "?received=-5"
            })
    void aPollOutOfBoundsIsRefused(String query) {
        groups.group("");

        assertEquals("400 bad-parameter", GroupApi.told(groups.poll(groups.join(), query)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"instance\":\"\"}", "{\"instance\":1}", "{\"client\":\"a\\u0007\"}"})
    void aLabelThatNobodyCouldReadIsRefused(String body) {
        groups.group("");

        assertEquals(
                "400 bad-parameter",
                GroupApi.told(Api.call("POST", groups.path + "/members", body)));
    }

    @Test
    void commitsAndRecordsAreCounted() {
        groups.group("");
        groups.produce(0, 1);
        String member = groups.join();
        groups.read(member, 1);
        groups.commit(member, groups.epoch(), 0, 1);

        String metrics = new String(Api.get("/q/metrics").body());

        assertTrue(metrics.contains("sluice_group_members"), metrics);
        assertTrue(metrics.contains("sluice_group_records_total"), metrics);
        assertTrue(metrics.contains("sluice_group_commits_total"), metrics);
    }
}
