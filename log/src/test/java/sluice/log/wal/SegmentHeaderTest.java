package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;

class SegmentHeaderTest {

    /** Made by another program from the table in the format's description. */
    private static final String PINNED =
            "534c575300000001000000000000000100000000000000020000000300000000000000000000002a1122"
                    + "3344556677880000019b76daa80000000000b93c81af";

    private static final SegmentHeader HEADER =
            new SegmentHeader(
                    new SegmentId(new UUID(1, 2), 3), 42, 0x1122334455667788L, 1_767_225_600_000L);

    @Test
    void theBytesAreTheOnesOfTheTable() {
        ByteBuffer encoded = HEADER.encode();
        byte[] bytes = new byte[encoded.remaining()];
        encoded.get(bytes);

        assertEquals(PINNED, HexFormat.of().formatHex(bytes));
    }

    @Test
    void itIsReadBackAndThePositionMovesBehindIt() {
        ByteBuffer source = EntryChain.join(EntryChain.bytes("xy"), HEADER.encode()).position(2);

        assertEquals(HEADER, SegmentHeader.decode(source));
        assertEquals(2 + SegmentHeader.BYTES, source.position());
    }

    @Test
    void noHeaderWithAFlippedBitIsRead() {
        for (int bit = 0; bit < SegmentHeader.BYTES * 8; bit++) {
            assertCorrupt(EntryChain.withBitFlipped(HEADER.encode(), bit));
        }
    }

    @Test
    void noTornHeaderIsRead() {
        for (int limit = 0; limit < SegmentHeader.BYTES; limit++) {
            assertCorrupt(HEADER.encode().limit(limit));
        }
    }

    @Test
    void zeroesAreNoHeader() {
        assertCorrupt(ByteBuffer.allocate(SegmentHeader.BYTES));
    }

    @Test
    void anotherVersionIsRefusedAlthoughItsCrcIsRight() {
        ByteBuffer later = EntryChain.join(HEADER.encode()).putInt(4, 2);
        assertCorrupt(withRightCrc(later));
    }

    @Test
    void aSegmentThatCannotBeIsDamageAlthoughItsCrcIsRight() {
        ByteBuffer negative = EntryChain.join(HEADER.encode()).putInt(24, -1);
        assertCorrupt(withRightCrc(negative));
    }

    private static ByteBuffer withRightCrc(ByteBuffer header) {
        var crc = new java.util.zip.CRC32C();
        crc.update(header.duplicate().limit(60));
        return header.putInt(60, (int) crc.getValue());
    }

    private static void assertCorrupt(ByteBuffer bytes) {
        var refused =
                assertThrows(SluiceException.class, () -> SegmentHeader.decode(bytes.duplicate()));
        assertEquals(SluiceException.Kind.DATA, refused.kind());
        assertEquals("corrupt-segment-header", refused.code());
    }
}
