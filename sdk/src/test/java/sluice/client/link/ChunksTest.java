package sluice.client.link;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The same bytes are in the gateway's {@code ChannelFramesTest}. */
class ChunksTest {

    @Test
    void theBytesAreAsTheFormatSays() {
        assertEquals(
                "00000007" + "01" + "00000004" + "6a6f6273",
                HexFormat.of()
                        .formatHex(Chunks.of(7, Chunks.OPEN, "jobs".getBytes(UTF_8)).array()));
        assertEquals(
                "00000007" + "02" + "00000002" + "7b7d",
                HexFormat.of().formatHex(Chunks.of(7, Chunks.TEXT, "{}".getBytes(UTF_8)).array()));
        assertEquals(
                "00000007" + "03" + "00000004" + "03f4" + "676f",
                HexFormat.of()
                        .formatHex(Chunks.of(7, Chunks.CLOSE, Chunks.closing(1012, "go")).array()));
        assertEquals(
                "00000007" + "04" + "00000001" + "01",
                HexFormat.of().formatHex(Chunks.of(7, Chunks.BINARY, new byte[] {1}).array()));
    }
}
