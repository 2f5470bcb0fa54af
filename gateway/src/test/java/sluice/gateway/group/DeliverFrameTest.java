package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.gateway.consume.ValueFormat;
import sluice.log.batch.LogRecord;

/** Messages as frames, of bytes and of text. */
class DeliverFrameTest {

    private static final DeliveryId DELIVERY = new DeliveryId(5, 0, 7, 41);

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static QueueReply.Message message(LogRecord record) {
        return new QueueReply.Message(
                DELIVERY, new TopicPartition("jobs", 3), 2, 4, OptionalLong.empty(), record);
    }

    @Test
    void theBytesOfAFrameAreTheseForEver() {
        var record =
                new LogRecord(
                        7,
                        6,
                        null,
                        bytes("v"),
                        List.of(
                                new LogRecord.Header("a", bytes("b")),
                                new LogRecord.Header("c", null)));

        String text = DELIVERY.toText();
        assertEquals(
                "01"
                        + HexFormat.of().toHexDigits((byte) text.length())
                        + HexFormat.of().formatHex(text.getBytes(StandardCharsets.US_ASCII))
                        + "0004 6a6f6273 00000003 00000002 0000000000000004".replace(" ", "")
                        + "0000000000000007 0000000000000006".replace(" ", "")
                        + "ffffffff 00000001 76 00000002".replace(" ", "")
                        + "00000001 61 00000001 62 00000001 63 ffffffff".replace(" ", ""),
                HexFormat.of().formatHex(DeliverFrame.bytes(List.of(message(record)))));
    }

    @Test
    void aFrameHasMessagesOneBehindTheOther() {
        QueueReply.Message one = message(new LogRecord(7, 6, bytes("k"), null, List.of()));
        int size = DeliverFrame.bytes(List.of(one)).length;

        assertEquals(2 * size - 1, DeliverFrame.bytes(List.of(one, one)).length);
    }

    @Test
    void manyMessagesBecomeSeveralFramesOfText() {
        var value = ByteBuffer.wrap("x".repeat(300 << 10).getBytes(StandardCharsets.UTF_8));
        QueueReply.Message large = message(new LogRecord(7, 6, null, value, List.of()));
        QueueReply.Message small = message(new LogRecord(8, 6, null, bytes("v"), List.of()));
        var counts = new ArrayList<Integer>();
        Optional<StreamWriter.Rendering> rest =
                Optional.of(
                        new DeliverFrames(
                                List.of(large, large, small, small), 0, ValueFormat.TEXT));
        while (rest.isPresent()) {
            StreamWriter.Rendered rendered = rest.get().render();
            assertTrue(rendered.frame().startsWith("{\"type\":\"deliver\",\"messages\":[{"));
            counts.add(rendered.frame().split("\"delivery\":", -1).length - 1);
            rest = rendered.rest();
        }

        assertEquals(List.of(1, 3), counts);
    }
}
