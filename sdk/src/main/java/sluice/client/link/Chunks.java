package sluice.client.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * The pieces of which messages of a connection with channels are made: channel int32, kind int8,
 * length int32, and so many bytes. docs/formats/channels.md.
 */
final class Chunks {

    /** Of a client: a group's name. */
    static final byte OPEN = 1;

    /** A text frame of the stream. */
    static final byte TEXT = 2;

    /** A code, int16, and why. */
    static final byte CLOSE = 3;

    /** Of a gateway: a binary frame of the stream. */
    static final byte BINARY = 4;

    private static final int HEADER_BYTES = 9;

    private Chunks() {}

    static ByteBuffer of(int channel, byte kind, byte[] payload) {
        return ByteBuffer.allocate(HEADER_BYTES + payload.length)
                .putInt(channel)
                .put(kind)
                .putInt(payload.length)
                .put(payload)
                .flip();
    }

    static byte[] closing(int code, String reason) {
        byte[] text = reason.getBytes(UTF_8);
        return ByteBuffer.allocate(Short.BYTES + text.length)
                .putShort((short) code)
                .put(text)
                .array();
    }

    /**
     * What follows channel and kind, as bytes of its own: a message that is held for long must not
     * keep those that came with it.
     *
     * @throws IllegalArgumentException if it is cut off
     */
    static ByteBuffer payload(ByteBuffer message) {
        int length = message.getInt();
        if (length < 0 || length > message.remaining()) {
            throw new IllegalArgumentException(
                    "expected length=0..%d, found %d".formatted(message.remaining(), length));
        }
        byte[] payload = new byte[length];
        message.get(payload);
        return ByteBuffer.wrap(payload);
    }

    /** Takes chunks, at least one, as long as all of them together are not longer than that. */
    static ByteBuffer join(ArrayDeque<ByteBuffer> waiting, int bytesMax) {
        List<ByteBuffer> taken = new ArrayList<>();
        int bytes = 0;
        do {
            ByteBuffer next = waiting.removeFirst();
            bytes += next.remaining();
            taken.add(next);
        } while (!waiting.isEmpty() && bytes + waiting.getFirst().remaining() <= bytesMax);
        if (taken.size() == 1) {
            return taken.get(0);
        }
        ByteBuffer message = ByteBuffer.allocate(bytes);
        taken.forEach(message::put);
        return message.flip();
    }
}
