package sluice.gateway.group;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.vertx.core.buffer.Buffer;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.gateway.group.ChannelFrames.Chunk;

/** The same bytes are in the SDK's {@code ChunksTest}. */
class ChannelFramesTest {

    private static String hex(byte kind, Buffer payload) {
        Buffer to = Buffer.buffer();
        ChannelFrames.append(to, 7, kind, payload);
        return HexFormat.of().formatHex(to.getBytes());
    }

    @Test
    void theBytesAreAsTheFormatSays() {
        assertEquals(
                "00000007" + "02" + "00000002" + "7b7d",
                hex(ChannelFrames.TEXT, Buffer.buffer("{}")));
        assertEquals(
                "00000007" + "03" + "00000004" + "03f4" + "676f",
                hex(ChannelFrames.CLOSE, ChannelFrames.closing((short) 1012, "go")));
        assertEquals(
                "00000007" + "04" + "00000001" + "01",
                hex(ChannelFrames.BINARY, Buffer.buffer(new byte[] {1})));
    }

    @Test
    void theChunksOfAMessageAreReadInTheirOrder() {
        List<Chunk> chunks =
                ChannelFrames.parse(
                        Buffer.buffer(
                                HexFormat.of()
                                        .parseHex(
                                                "0000000701000000046a6f6273"
                                                        + "00000007020000000000"
                                                        + "00000703000000026d61")));

        assertEquals(3, chunks.size());
        assertEquals("7 1 jobs", told(chunks.get(0)));
        assertEquals("7 2 ", told(chunks.get(1)));
        assertEquals("7 3 ma", told(chunks.get(2)));
        assertEquals(0x6d61, ChannelFrames.codeOf(chunks.get(2)));
        assertEquals(1005, ChannelFrames.codeOf(chunks.get(1)), "none was said");
    }

    private static String told(Chunk chunk) {
        return chunk.channel() + " " + chunk.kind() + " " + chunk.text();
    }
}
