package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.Await;
import sluice.gateway.twin.MemoryEngine;

/** Streams that end with a reason. */
@QuarkusTest
final class BadStreamTest {

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
    void recordsThatCannotBeReadEndTheStreamWithAReason() {
        groups.group("");
        groups.produce(0, 1);
        byte[] broken = new byte[100];
        ByteBuffer batch = ByteBuffer.wrap(broken);
        batch.putInt(8, 88).put(16, (byte) 2).putInt(57, 1);
        engine.store(groups.topic, 0, batch);

        StreamClient client = connect().join("");

        assertEquals("corrupt-batch", client.error());
        assertEquals(1011, client.closeCode());
    }

    @Test
    void aGroupThatDoesNotExistIsToldAsSuch() {
        StreamClient client = connect().send("{\"type\":\"join\"}");

        assertEquals("unknown-group", client.error());
        assertEquals(1008, client.closeCode());
    }

    @Test
    void aMemberThatDoesNotExistIsToldAsSuch() {
        groups.group("");
        StreamClient client =
                connect()
                        .send(
                                "{\"type\":\"join\",\"member\":"
                                        + "\"0b2e6d6c-5d0e-4b0e-9c52-6d1d8a1c6d11\","
                                        + "\"epoch\":1}");

        assertEquals("unknown-member", client.error());
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
                    malformed-request | {"type":"credit","bytes":1}
                    bad-parameter     | {"type":"destroy"}
                    bad-parameter     | {"type":"join","member":"me"}
                    bad-parameter     | {"type":"join","format":"xml"}
                    bad-parameter     | {"type":"join","positions":[{"topic":"t","partition":0,"offset":-1}]}
                    malformed-request | {"type":"join","groupe":"g"}
                    """)
    void aFirstFrameThatIsNotUnderstoodEndsTheStream(String code, String frame) {
        groups.group("");
        StreamClient client = connect().send(frame);

        assertEquals(code, client.error());
        assertEquals(1008, client.closeCode());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            textBlock =
                    """
                    malformed-request | {"type":"join"}
                    bad-parameter     | {"type":"credit","bytes":0}
                    bad-parameter     | {"type":"credit","bytes":99999999999999999999}
                    malformed-request | {"type":"commit","epoch":1,"offsets":[]}
                    malformed-request | {"type":"seek","topic":"t","partition":0}
                    """)
    void aLaterFrameThatIsNotUnderstoodEndsTheMemberToo(String code, String frame) {
        groups.group("");
        StreamClient client = connect().join("");

        client.send(frame);

        assertEquals(code, client.error());
        assertEquals(1008, client.closeCode());
        Await.until(() -> groups.members() == 0);
    }

    @Test
    void aFrameOfBytesEndsTheStream() {
        groups.group("");
        StreamClient client = connect().join("");

        client.sendBinary(new byte[10]);

        assertEquals(1008, client.closeCode());
    }

    @Test
    void aFrameThatIsTooLargeEndsTheStream() {
        // Longer than a test waits: silence alone would end it too.
        groups.group(",\"sessionTimeout\":\"5m\"");
        StreamClient client = connect().join("");

        client.sendMuch("{\"type\":\"join\",\"client\":\"" + "x".repeat(2 << 20) + "\"}");

        Await.until(() -> groups.members() == 0);
    }

    @Test
    void aRequestThatIsNoWebSocketIsToldSo() {
        Api.Answer answer = Api.get(groups.path + "/stream");

        assertEquals("426 websocket-expected", answer.status() + " " + answer.problem());
    }

    @Test
    void aNameThatIsNotAllowedIsRefused() {
        assertEquals("bad-group-name", Api.get("/v1/groups/__x/stream").problem());
    }
}
