package sluice.gateway.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;

/**
 * Chunks of a connection that several streams share: channel int32, kind int8, length int32, and so
 * many bytes, one behind the other in a binary message of the WebSocket. docs/formats/channels.md.
 */
final class ChannelFrames {

    static final int HEADER_BYTES = 9;

    /** Of a client: a group's name. */
    static final byte OPEN = 1;

    /** A text frame of the stream. */
    static final byte TEXT = 2;

    /** A code, int16, and why. */
    static final byte CLOSE = 3;

    /** Of a gateway: a binary frame of the stream. */
    static final byte BINARY = 4;

    private static final short NO_CODE = 1005;

    private ChannelFrames() {}

    /**
     * @param payload a view of the message
     */
    record Chunk(int channel, byte kind, Buffer payload) {

        /**
         * @throws IllegalArgumentException if it is not UTF-8
         */
        String text() {
            try {
                return UTF_8.newDecoder()
                        .decode(java.nio.ByteBuffer.wrap(payload.getBytes()))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IllegalArgumentException("a text that is not UTF-8", e);
            }
        }
    }

    /**
     * @throws IllegalArgumentException if the message does not consist of chunks
     */
    static List<Chunk> parse(Buffer message) {
        var chunks = new ArrayList<Chunk>();
        int at = 0;
        while (at < message.length()) {
            if (message.length() - at < HEADER_BYTES) {
                throw new IllegalArgumentException("a chunk's head is cut off at byte " + at);
            }
            int channel = message.getInt(at);
            byte kind = message.getByte(at + 4);
            int length = message.getInt(at + 5);
            int from = at + HEADER_BYTES;
            if (channel < 1 || length < 0 || length > message.length() - from) {
                throw new IllegalArgumentException(
                        "expected channel>0 and length=0..%d, found channel=%d length=%d at byte %d"
                                .formatted(message.length() - from, channel, length, at));
            }
            chunks.add(new Chunk(channel, kind, message.slice(from, from + length)));
            at = from + length;
        }
        return chunks;
    }

    static void append(Buffer to, int channel, byte kind, Buffer payload) {
        to.appendInt(channel).appendByte(kind).appendInt(payload.length()).appendBuffer(payload);
    }

    static Buffer closing(short code, String why) {
        return Buffer.buffer().appendShort(code).appendString(why);
    }

    static short codeOf(Chunk close) {
        return close.payload().length() < Short.BYTES ? NO_CODE : close.payload().getShort(0);
    }
}
