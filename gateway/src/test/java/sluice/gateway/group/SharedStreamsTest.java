package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** Streams that are channels of one connection. */
@QuarkusTest
final class SharedStreamsTest {

    /** Longer than a test waits: what is seen to end does not end by silence. */
    private static final String LONG = "{\"sessionTimeout\":\"5m\"}";

    private final QueueApi queue = new QueueApi();
    private final List<SharedClient> clients = new ArrayList<>();

    @AfterEach
    void close() {
        clients.forEach(SharedClient::close);
    }

    private SharedClient connect() {
        var client = new SharedClient();
        clients.add(client);
        return client;
    }

    private static String acknowledge(int id, JsonNode message) {
        return "{\"type\":\"settle\",\"id\":%d,\"acknowledge\":[%s]}"
                .formatted(id, message.get("delivery"));
    }

    @Test
    void streamsOfSeveralGroupsGoOverOneConnection() {
        queue.make("");
        queue.produce("a", "b");
        var group = new GroupApi();
        group.group("");
        group.produce(0, 2);
        SharedClient shared = connect();
        StreamClient member = shared.open(1, group.name().name());
        StreamClient one = shared.open(2, queue.name).open("");
        StreamClient two = shared.open(7, queue.name).open(",\"format\":\"binary\"");
        member.join("");

        JsonNode message = one.untilMessages(1).getFirst();
        one.send(acknowledge(1, message));
        assertEquals(1, one.settled(1).get("settled").asInt());
        Await.until(() -> !two.binaryFrames().isEmpty());
        assertEquals(1, two.binaryFrames().getFirst()[0], "kind of the frame");
        assertEquals(List.of("0:0", "0:1"), member.untilRecords(2));
        assertEquals(2, queue.sessions());
    }

    @Test
    void aChannelThatIsClosedEndsItsSessionAloneAndAtOnce() {
        queue.make(LONG);
        queue.produce("a");
        SharedClient shared = connect();
        StreamClient one = shared.open(1, queue.name).open("");
        one.untilMessages(1);
        StreamClient two = shared.open(2, queue.name).open("");

        shared.close(1, 1000);

        assertEquals(1000, one.closeCode());
        assertEquals(2, two.untilMessages(1).getFirst().get("deliveries").asInt());
        assertEquals(1, queue.sessions());
        assertTrue(two.isOpen());
    }

    @Test
    void aConnectionThatIsCutEndsAllItsSessionsAtOnce() {
        queue.make(LONG);
        queue.produce("a", "b");
        SharedClient shared = connect();
        shared.open(1, queue.name).open("").untilMessages(1);
        shared.open(2, queue.name).open("").untilMessages(1);

        shared.close();

        StreamClient other = connect().open(1, queue.name).open(",\"credit\":2");
        assertEquals(2, other.untilMessages(2).getFirst().get("deliveries").asInt());
        Await.until(() -> queue.sessions() == 1);
    }

    @Test
    void aSessionThatIsSilentIsEndedAndItsNeighbourIsNot() {
        queue.make("{\"sessionTimeout\":\"1s\"}");
        var calm = new QueueApi();
        calm.make(LONG);
        SharedClient shared = connect();
        StreamClient silent = shared.open(1, queue.name).open("");
        StreamClient other = shared.open(2, calm.name).open("");
        Await.until(() -> {
            // The connection lives; that it does is no sign of the session that is silent.
            other.send("{\"type\":\"heartbeat\"}");
            return !silent.isOpen();
        });

        assertEquals(1008, silent.closeCode());
        assertEquals(1, calm.sessions());
        assertTrue(other.isOpen());
    }

    @Test
    void whatEndsOneStreamEndsNoOther() {
        queue.make("");
        SharedClient shared = connect();
        StreamClient other = shared.open(1, queue.name).open("");
        StreamClient unknown = shared.open(2, "nothing").send("{\"type\":\"open\"}");
        StreamClient bad = shared.open(3, queue.name).open("").send("hello");
        StreamClient nameless = shared.open(4, "no such name!");

        assertEquals("unknown-group 1008", unknown.error() + " " + unknown.closeCode());
        assertEquals("malformed-json 1008", bad.error() + " " + bad.closeCode());
        assertEquals("bad-group-name 1008", nameless.error() + " " + nameless.closeCode());
        queue.produce("a");
        assertEquals(1, other.untilMessages(1).size());
    }

    @Test
    void whatComesForAChannelThatIsClosedIsPassedOver() {
        queue.make("");
        SharedClient shared = connect();
        StreamClient closed = shared.open(1, queue.name).open("").send("hello");
        assertEquals(1008, closed.closeCode());

        closed.send("{\"type\":\"heartbeat\"}");
        shared.close(1, 1000);

        assertTrue(shared.open(2, queue.name).open("").isOpen());
        assertTrue(shared.isOpen());
    }

    @Test
    void whatIsSaidTogetherIsUnderstoodAndAnsweredTogether() {
        queue.make("");
        SharedClient shared = connect();
        StreamClient one = shared.open(1, queue.name).open("");
        StreamClient two = shared.open(2, queue.name).open("");
        String bad = "{\"type\":\"settle\",\"id\":3,\"acknowledge\":[\"x\"]}";

        shared.send(
                SharedClient.chunk(1, SharedClient.TEXT, bad),
                SharedClient.chunk(2, SharedClient.TEXT, bad));

        assertEquals("malformed-delivery", one.error());
        assertEquals("malformed-delivery", two.error());
        assertTrue(shared.chunks.contains(2), () -> "chunks of messages: " + shared.chunks);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    a head that is cut off    | 000000020100
                    a payload that is cut off | 000000020100000005 61626364
                    a negative length         | 0000000201FFFFFFFF
                    a huge length             | 00000002017FFFFFFF 61
                    channel 0                 | 000000000100000001 61
                    a negative channel        | FFFFFFFF0100000001 61
                    a number used twice       | 000000010100000001 61
                    no such channel           | 000000090200000002 7B7D
                    no channel to close       | 000000090300000002 03E8
                    an unknown kind           | 000000010900000000
                    a gateway's kind          | 000000010400000001 61
                    a name that is not UTF-8  | 000000020100000002 C328
                    a frame that is not UTF-8 | 000000010200000002 C328
                    """)
    void aMessageThatIsNoneEndsTheConnectionAndItsSessions(String what, String hex) {
        queue.make(LONG);
        SharedClient shared = connect();
        shared.open(1, queue.name).open("");

        shared.send(HexFormat.of().parseHex(hex.replace(" ", "")));

        assertEquals(1008, shared.closeCode(), what);
        Await.until(() -> queue.sessions() == 0);
    }

    @Test
    void aTextMessageEndsTheConnection() {
        queue.make(LONG);
        SharedClient shared = connect();
        shared.open(1, queue.name).open("");

        shared.sendText("{\"type\":\"heartbeat\"}");

        assertEquals(1008, shared.closeCode());
        Await.until(() -> queue.sessions() == 0);
    }

    @Test
    void aChannelThatIsOneTooManyIsRefusedAndTheOthersGoOn() {
        queue.make("");
        SharedClient shared = connect();
        StreamClient first = shared.open(1, queue.name).open("");
        StreamClient last = first;
        for (int channel = 2; last.isOpen() && channel < 20; channel++) {
            StreamClient next = shared.open(channel, queue.name);
            next.send("{\"type\":\"open\"}");
            next.until(frame -> List.of("opened", "error").contains(frame.get("type").asText()));
            last = next;
            if (next.frames().stream().anyMatch(frame -> frame.has("code"))) {
                break;
            }
        }

        assertEquals("too-many-streams 1013", last.error() + " " + last.closeCode());
        assertTrue(first.isOpen());
    }

    @Test
    void aChannelWithoutAFirstFrameIsClosed() {
        StreamClient mute = connect().open(1, queue.name);

        assertEquals("malformed-request 1008", mute.error() + " " + mute.closeCode());
    }

    @Test
    void aConnectionWithoutChannelsIsClosed() {
        queue.make("");
        SharedClient never = connect();
        SharedClient once = connect();
        once.open(1, queue.name).open("");
        once.close(1, 1000);

        assertEquals(1000, never.closeCode());
        assertEquals(1000, once.closeCode());
        assertFalse(never.isOpen());
    }

    @Test
    void aLargeMessageComesWhole() {
        queue.make("");
        String value = "v".repeat(900_000);
        queue.produce(value);
        StreamClient client = connect().open(1, queue.name).open(",\"format\":\"binary\"");
        Await.until(() -> !client.binaryFrames().isEmpty());

        byte[] frame = client.binaryFrames().getFirst();
        assertTrue(frame.length > value.length());
        assertEquals(0, ByteBuffer.wrap(frame).getInt(frame.length - 4), "no headers, at its end");
    }

    @Test
    void aRequestThatIsNoWebSocketIsToldSo() {
        Api.Answer answer = Api.get("/v1/streams");

        assertEquals(426, answer.status());
    }
}
