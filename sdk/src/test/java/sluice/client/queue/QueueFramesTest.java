package sluice.client.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sluice.client.json.JsonException;
import sluice.client.record.RecordHeader;

/** Messages in their binary form, also such as no gateway sends. */
class QueueFramesTest {

    /** As docs/formats/queue-stream.md has it; the gateway's own test has the same bytes. */
    private static final String ONE =
            "02 6964 0004 6a6f6273 00000003 00000002 0000000000000004"
                    + "0000000000000007 0000000000000006"
                    + "ffffffff 00000001 76 00000002"
                    + "00000001 61 00000001 62 00000001 63 ffffffff";

    private static ByteBuffer frame(String hex) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")));
    }

    private static List<QueueMessage> read(ByteBuffer frame) {
        return QueueFrames.messages(frame, (message, outcome) -> new CompletableFuture<>());
    }

    @Test
    void aFrameHasMessagesOneBehindTheOther() {
        List<QueueMessage> messages = read(frame("01" + ONE + ONE));

        assertEquals(2, messages.size());
        QueueMessage message = messages.get(1);
        assertEquals(
                "id jobs/3@7 2 4 6 null v",
                message.delivery()
                        + " "
                        + message.record()
                        + " "
                        + message.deliveries()
                        + " "
                        + message.firstDeliveredAtMs()
                        + " "
                        + message.record().timestampMs()
                        + " "
                        + message.keyText()
                        + " "
                        + message.valueText());
        List<RecordHeader> headers = message.record().headers();
        assertEquals(2, headers.size());
        assertEquals(RecordHeader.of("a", "b"), headers.get(0));
        assertEquals("c null", headers.get(1).name() + " " + headers.get(1).text());
    }

    @Test
    void aKindThatIsNotKnownIsPassedOver() {
        assertEquals(List.of(), read(frame("07 1234")));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''        |
                    01 ff     | a delivery longer than the frame
                    01 02 6964 0004 6a6f6273 00000003 00000002 0000000000000004 0000000000000007 0000000000000006 7fffffff | a key
                    01 02 6964 0004 6a6f6273 00000003 00000002 0000000000000004 0000000000000007 0000000000000006 fffffffe | a key
                    01 02 6964 0004 6a6f6273 00000003 00000002 0000000000000004 0000000000000007 0000000000000006 ffffffff ffffffff 7fffffff | headers
                    01 02 6964 0004 6a6f6273 00000003 00000002 0000000000000004 0000000000000007 0000000000000006 ffffffff ffffffff ffffffff | headers
                    """)
    void whatDoesNotFitIsNoFrame(String hex, String what) {
        assertThrows(JsonException.class, () -> read(frame(hex)), what);
    }

    @Test
    void whateverTheBytesAreTheyAreReadOrRefused() {
        byte[] good = frame("01" + ONE + ONE).array();
        var random = new SplittableRandom(7);
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = Arrays.copyOf(good, random.nextInt(1, good.length + 1));
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            try {
                assertTrue(read(ByteBuffer.wrap(bytes)).size() <= 2);
            } catch (JsonException | IllegalArgumentException e) {
                refused++;
            }
        }
        assertTrue(refused > 1_000, "refused=" + refused);
    }
}
