package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.gateway.Api;

/** Commits and resets by HTTP. */
@QuarkusTest
final class OffsetsTest {

    private static final String NOBODY = "0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11";

    private final GroupApi groups = new GroupApi();

    @Test
    void aCommitOfAnUnknownMemberIsRefused() {
        groups.group("");

        assertEquals("404 unknown-member", GroupApi.told(groups.commit(NOBODY, 1, 0, 0)));
    }

    @Test
    void aCommitOfAnEarlierEpochIsRefused() {
        groups.group("");
        groups.produce(0, 3);
        String member = groups.join();
        groups.read(member, 3);

        assertEquals("409 stale-epoch", GroupApi.told(groups.commit(member, 0, 0, 1)));
    }

    @Test
    void aCommitOfWhatIsNotAssignedIsRefused() {
        groups.group("");
        groups.produce(0, 1);
        groups.produce(1, 1);
        String first = groups.join();
        groups.read(first, 2);
        String second = groups.join();

        assertEquals(
                "409 not-assigned", GroupApi.told(groups.commit(second, groups.epoch(), 0, 1)));
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, 4})
    void aCommitOutOfRangeIsRefused(long offset) {
        groups.group("");
        groups.produce(0, 3);
        String member = groups.join();
        groups.read(member, 3);

        assertEquals(
                "416 offset-out-of-range",
                GroupApi.told(groups.commit(member, groups.epoch(), 0, offset)));
    }

    @Test
    void aCommitWithOneMistakeCommitsNothing() {
        groups.group("");
        groups.produce(0, 3);
        String member = groups.join();
        groups.read(member, 3);

        Api.Answer answer =
                Api.call(
                        "POST",
                        groups.path + "/offsets",
                        ("{\"member\":\"%s\",\"epoch\":%d,\"offsets\":[{\"topic\":\"%s\","
                                        + "\"partition\":0,\"offset\":1},{\"topic\":\"%s\","
                                        + "\"partition\":1,\"offset\":99}]}")
                                .formatted(member, groups.epoch(), groups.topic, groups.topic));

        assertEquals("416 offset-out-of-range", GroupApi.told(answer));
        assertEquals(0, Api.get(groups.path + "/offsets").json().get("offsets").size());
    }

    @Test
    void aCommitWithoutAMemberNeedsAGroupWithoutMembers() {
        groups.group("");
        groups.join();

        Api.Answer answer =
                Api.call(
                        "POST",
                        groups.path + "/offsets",
                        "{\"offsets\":[{\"topic\":\"%s\",\"partition\":0,\"offset\":0}]}"
                                .formatted(groups.topic));

        assertEquals("409 group-has-members", GroupApi.told(answer));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    bad-parameter     | {"offsets":[]}
                    bad-parameter     | {}
                    bad-parameter     | {"member":"me","epoch":1,"offsets":[]}
                    malformed-request | {"member":"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11","offsets":[]}
                    malformed-request | {"offsets":[{"topic":"t","partition":0}]}
                    bad-parameter     | {"offsets":[{"topic":"t","partition":-1,"offset":1}]}
                    bad-parameter     | {"offsets":[{"topic":"t","partition":0,"offset":1.5}]}
                    bad-parameter     | {"offsets":[1]}
                    malformed-request | {"offsets":[{"topic":"t","partition":0,"offset":1,"x":1}]}
                    malformed-json    | {"offsets"
                    """)
    void aCommitThatIsNotUnderstoodIsRefused(String expected, String body) {
        groups.group("");

        assertEquals(
                "400 " + expected, GroupApi.told(Api.call("POST", groups.path + "/offsets", body)));
    }

    @Test
    void aDryRunTellsAndMovesNothing() {
        groups.group("");
        groups.produce(0, 5);

        Api.Answer answer = groups.reset("{\"to\":\"latest\",\"partitions\":[0],\"dryRun\":true}");

        assertEquals(
                ("{\"dryRun\":true,\"partitions\":[{\"topic\":\"%s\",\"partition\":0,"
                                + "\"from\":null,\"to\":5,\"skipped\":5,\"repeated\":0,"
                                + "\"clamped\":false}]}")
                        .formatted(groups.topic),
                answer.json().toString());
        assertEquals(0, Api.get(groups.path + "/offsets").json().get("offsets").size());
    }

    @Test
    void aResetMovesAMemberAtOnce() {
        groups.group("");
        groups.produce(0, 5);
        String member = groups.join();
        groups.read(member, 5);
        assertEquals(200, groups.commit(member, groups.epoch(), 0, 5).status());
        long before = groups.epoch();

        JsonNode moved = groups.reset("{\"to\":{\"offset\":3}}").json();

        assertEquals(2, moved.at("/partitions/0/repeated").asLong());
        assertEquals("409 stale-epoch", GroupApi.told(groups.commit(member, before, 0, 5)));
        assertEquals(List.of("0:3", "0:4"), groups.read(member, 2));
    }

    @Test
    void aResetOutsideOfTheLogIsClampedAndSaysSo() {
        groups.group("");
        groups.produce(0, 5);

        JsonNode moved = groups.reset("{\"to\":{\"offset\":99},\"partitions\":[0]}").json();

        assertEquals(
                "5 true", moved.at("/partitions/0/to") + " " + moved.at("/partitions/0/clamped"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"timestamp\":0}", "{\"back\":\"1h\"}", "{\"back\":\"PT1H\"}"})
    void aResetMayNameATime(String to) {
        groups.group("");
        groups.produce(0, 5);

        JsonNode moved = groups.reset("{\"to\":" + to + ",\"partitions\":[0]}").json();

        assertEquals(0, moved.at("/partitions/0/to").asLong());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    400 malformed-request | {}
                    400 bad-parameter     | {"to":"yesterday"}
                    400 bad-parameter     | {"to":{}}
                    400 bad-parameter     | {"to":{"offset":1,"timestamp":2}}
                    400 bad-parameter     | {"to":{"offset":-1}}
                    400 bad-parameter     | {"to":{"back":"soon"}}
                    400 bad-parameter     | {"to":"latest","partitions":["0"]}
                    404 unknown-topic     | {"to":"latest","topics":["nobody"]}
                    404 unknown-partition | {"to":"latest","partitions":[7]}
                    """)
    void aResetThatIsNotUnderstoodIsRefused(String expected, String body) {
        groups.group("");

        assertEquals(expected, GroupApi.told(groups.reset(body)));
    }
}
