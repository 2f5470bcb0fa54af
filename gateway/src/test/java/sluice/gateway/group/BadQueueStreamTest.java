package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Await;

/** Streams of queue groups that end with a reason, and mistakes that end nothing. */
@QuarkusTest
final class BadQueueStreamTest {

    private final QueueApi queue = new QueueApi();
    private final List<StreamClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(StreamClient::close);
    }

    private StreamClient connect(String path) {
        var client = new StreamClient(path);
        clients.add(client);
        return client;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    bad-parameter      | {"type":"open","credit":-1}
                    bad-parameter      | {"type":"open","credit":10001}
                    bad-parameter      | {"type":"open","credit":1.5}
                    bad-parameter      | {"type":"open","format":"xml"}
                    bad-parameter      | {"type":"open","client":7}
                    unknown-session    | {"type":"open","session":"me"}
                    unknown-session    | {"type":"open","session":"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11"}
                    malformed-delivery | {"type":"open","session":"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11","held":["x"]}
                    malformed-request  | {"type":"open","prefetch":1}
                    bad-parameter      | {"type":"settle","id":1,"acknowledge":[]}
                    malformed-request  | {"type":"heartbeat"}
                    wrong-group-type   | {"type":"join"}
                    """)
    void aFirstFrameThatIsNotUnderstoodEndsTheStream(String code, String frame) {
        queue.make("");
        StreamClient client = connect(queue.path).send(frame);

        assertEquals(code, client.error());
        assertEquals(1008, client.closeCode());
        assertEquals(0, queue.sessions());
    }

    @Test
    void aStreamGroupHasNoSessions() {
        var group = new GroupApi();
        group.group("");
        StreamClient client = connect(group.path).send("{\"type\":\"open\"}");

        assertEquals("wrong-group-type", client.error());
    }

    @Test
    void aGroupThatIsNotThereIsToldAsSuch() {
        StreamClient client = connect(queue.path).send("{\"type\":\"open\"}");

        assertEquals("unknown-group", client.error());
        assertEquals(1008, client.closeCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    malformed-json    | {"type":
                    malformed-json    | hello
                    malformed-request | []
                    malformed-request | {}
                    bad-parameter     | {"type":"open"}
                    bad-parameter     | {"type":"commit"}
                    bad-parameter     | {"type":"credit","messages":-1}
                    bad-parameter     | {"type":"credit","messages":99999999999999999999}
                    malformed-request | {"type":"credit"}
                    malformed-request | {"type":"credit","messages":1,"bytes":1}
                    malformed-request | {"type":"settle","acknowledge":["x"]}
                    bad-parameter     | {"type":"settle","id":-1,"acknowledge":["x"]}
                    malformed-request | {"type":"leave","why":"so"}
                    """)
    void aLaterFrameThatIsNotUnderstoodEndsTheSession(String code, String frame) {
        queue.make("");
        StreamClient client = connect(queue.path).open("");

        client.send(frame);

        assertEquals(code, client.error());
        assertEquals(1008, client.closeCode());
        Await.until(() -> queue.sessions() == 0);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    malformed-delivery | "acknowledge":["x"]
                    malformed-delivery | "return":["AAAAAAAAAAUABykxcw"]
                    bad-parameter      | "acknowledge":"x"
                    bad-parameter      | "acknowledge":[]
                    malformed-request  | "release":[{}]
                    malformed-request  | "acknowlege":["x"]
                    bad-parameter      | "release":[{"delivery":"x","delay":"8d"}]
                    bad-parameter      | "extend":[{"delivery":"x","visibility":"13h"}]
                    malformed-request  | "extend":[{"delivery":"x"}]
                    """)
    void aSettlementThatCannotBeReadIsToldByItsIdAndEndsNothing(String code, String what) {
        queue.make("");
        queue.produce("a");
        StreamClient client = connect(queue.path).open("");
        client.send("{\"type\":\"settle\",\"id\":3," + what + "}");

        JsonNode error = client.untilType("error");
        assertEquals("3 " + code, error.get("id") + " " + client.error());
        assertEquals(1, client.untilMessages(1).size());
        assertTrue(client.isOpen());
    }

    @Test
    void aFrameOfBytesEndsTheStream() {
        queue.make("");
        StreamClient client = connect(queue.path).open("");

        client.sendBinary(new byte[10]);

        assertEquals(1008, client.closeCode());
    }

    @Test
    void aFrameThatIsTooLargeEndsTheSession() {
        // Longer than a test waits: silence alone would end it too.
        queue.make("{\"sessionTimeout\":\"5m\"}");
        StreamClient client = connect(queue.path).open("");

        client.sendMuch("{\"type\":\"leave\",\"why\":\"" + "x".repeat(2 << 20) + "\"}");

        Await.until(() -> queue.sessions() == 0);
    }
}
