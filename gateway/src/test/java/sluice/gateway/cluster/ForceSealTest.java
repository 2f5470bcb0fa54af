package sluice.gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;

@QuarkusTest
final class ForceSealTest {

    private static final String DEAD = "00000000-0000-0000-0000-000000000003";
    private static final String ALIVE = "00000000-0000-0000-0000-000000000002";

    private static Api.Answer forceSeal(String wal, String json) {
        return Api.call("POST", "/v1/cluster/wals/" + wal + "/force-seal", json);
    }

    @Test
    void theAnswerSaysWhatWasGivenUp() {
        var answer = forceSeal(DEAD, "{\"reason\":\"disks gone\",\"acceptLoss\":true}");

        assertEquals(200, answer.status());
        assertEquals(
                "{\"wal\":\"%s\",\"sealed\":true,\"end\":7,\"committedEnd\":10,".formatted(DEAD)
                        + "\"batchesKnownLost\":3,\"silentMembers\":[\"00000000-0000-0000-0000-000000000009\"]}",
                answer.json().toString());
    }

    @Test
    void withoutAcceptLossNothingIsSealed() {
        var answer = forceSeal(DEAD, "{\"reason\":\"to see\"}");

        assertEquals("false", answer.json().get("sealed").toString());
    }

    @Test
    void aLivingWalIsRefused() {
        var answer = forceSeal(ALIVE, "{\"reason\":\"impatience\",\"acceptLoss\":true}");

        assertEquals(409, answer.status());
        assertEquals("wal-alive", answer.json().get("code").asText());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{}|bad-parameter",
                "{\"reason\":\" \"}|bad-parameter",
                "{\"reason\":7}|malformed-request",
                "{\"acceptLoss\":\"yes\"}|malformed-request",
                "[]|malformed-request",
                "{\"reason\"|malformed-json"
            })
    void aRequestThatIsNotUnderstoodIsRefused(String body, String code) {
        var answer = forceSeal(DEAD, body);

        assertEquals(400, answer.status());
        assertEquals(code, answer.json().get("code").asText());
    }

    @Test
    void whatIsNoWalsIdIsRefused() {
        var answer = forceSeal("mine", "{\"reason\":\"x\"}");

        assertEquals("bad-parameter", answer.json().get("code").asText());
    }
}
