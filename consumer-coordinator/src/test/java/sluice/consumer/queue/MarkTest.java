package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import org.junit.jupiter.api.Test;

class MarkTest {

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void keysThatDifferHaveOtherHashes() {
        var hashes = new HashSet<Long>();
        for (int i = 0; i < 200_000; i++) {
            hashes.add(Mark.hash(bytes("order-" + i), 7));
        }
        for (int length = 0; length < 40; length++) {
            hashes.add(Mark.hash(ByteBuffer.allocate(length), 7));
        }

        assertEquals(200_040, hashes.size());
    }

    /** It is stored. */
    @Test
    void theHashOfAKeyStandsStill() {
        assertEquals(Mark.hash(bytes("order-17"), 7), Mark.hash(bytes("order-17"), 7));
        assertNotEquals(Mark.hash(bytes("order-17"), 7), Mark.hash(bytes("order-17"), 8));
        assertEquals("5a73a6b37d1bf968", Long.toHexString(Mark.hash(bytes("some longer key"), 77)));
    }

    @Test
    void aRecordWithoutKeyHasNone() {
        assertEquals(Mark.NO_KEY, Mark.hash(null, 7));
        assertNotEquals(Mark.NO_KEY, Mark.hash(bytes(""), 0));
    }
}
