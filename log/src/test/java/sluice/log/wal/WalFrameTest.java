package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.log.SluiceException;
import sluice.log.wal.WalFrame.Append;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Open;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;

class WalFrameTest {

    private static final SegmentId SEGMENT = new SegmentId(new UUID(1, 2), 3);
    private static final String WAL_AND_INDEX = "0000000000000001000000000000000200000003";
    private static final String SEQUENCE_42 = "000000000000002a";

    private static final List<WalFrame> ONE_OF_EACH =
            List.of(
                    new Open(SEGMENT, 1, 2, 3),
                    new Append(SEGMENT, 1, ByteBuffer.allocate(0)),
                    new Durable(SEGMENT, 1),
                    new Refused(SEGMENT, Reason.GAP, 1));

    private static ByteBuffer whole(ByteBuffer[] frame) {
        return EntryChain.join(frame);
    }

    private static String hex(WalFrame frame) {
        return HexFormat.of().formatHex(whole(frame.encode()).array());
    }

    private static WalFrame roundTrip(WalFrame frame) {
        return WalFrame.decode(whole(frame.encode()));
    }

    @Test
    void theBytesAreTheOnesOfTheTable() {
        assertEquals(
                "01"
                        + WAL_AND_INDEX
                        + "0f413ff0"
                        + SEQUENCE_42
                        + "1122334455667788000000000000ffff",
                hex(new Open(SEGMENT, 42, 0x1122334455667788L, 0xffff)));
        assertEquals(
                "02" + WAL_AND_INDEX + "9ffb956b" + SEQUENCE_42 + "616263",
                hex(new Append(SEGMENT, 42, EntryChain.bytes("abc"))));
        assertEquals(
                "03" + WAL_AND_INDEX + "68205e4e" + SEQUENCE_42, hex(new Durable(SEGMENT, 42)));
        assertEquals(
                "04" + WAL_AND_INDEX + "ad8d7651" + "01" + SEQUENCE_42,
                hex(new Refused(SEGMENT, Reason.FENCED, 42)));
    }

    @Test
    void theNumbersOfReasonsArePinned() {
        String ids = "";
        for (Reason reason : Reason.values()) {
            ids += reason + "=" + hex(new Refused(SEGMENT, reason, 0)).substring(50, 52) + " ";
        }
        assertEquals("FENCED=01 UNKNOWN=02 GAP=03 CORRUPT=04 NO_SPACE=05 DISK_FAILED=06 ", ids);
    }

    @Test
    void openAppendAndDurableAreReadBack() {
        var open = new Open(SEGMENT, 42, -7, 1);
        assertEquals(open, roundTrip(open));
        var append = new Append(SEGMENT, 42, EntryChain.bytes("abc"));
        assertEquals(append, roundTrip(append));
        var durable = new Durable(SEGMENT, Long.MAX_VALUE);
        assertEquals(durable, roundTrip(durable));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void everyRefusalIsReadBack(Reason reason) {
        var refused = new Refused(SEGMENT, reason, 42);
        assertEquals(refused, roundTrip(refused));
    }

    @Test
    void anAppendOfManyBuffersIsOneRunOfBytes() {
        ByteBuffer[] frame =
                WalFrame.append(
                        SEGMENT, 42, List.of(EntryChain.bytes("ab"), EntryChain.bytes("c")));

        assertEquals(
                new Append(SEGMENT, 42, EntryChain.bytes("abc")), WalFrame.decode(whole(frame)));
    }

    @Test
    void encodingDoesNotMoveTheEntries() {
        ByteBuffer entries = EntryChain.bytes("abc");

        whole(new Append(SEGMENT, 42, entries).encode());
        for (ByteBuffer part : WalFrame.append(SEGMENT, 42, List.of(entries))) {
            part.position(part.limit());
        }

        assertEquals(3, entries.remaining());
    }

    @Test
    void tornFramesAreRefused() {
        for (WalFrame frame : ONE_OF_EACH) {
            ByteBuffer bytes = whole(frame.encode());
            for (int limit = 0; limit < bytes.capacity(); limit++) {
                assertMalformed(bytes.duplicate().limit(limit));
            }
        }
    }

    @Test
    void noFrameWithAFlippedBitIsTaken() {
        for (WalFrame frame : ONE_OF_EACH) {
            ByteBuffer bytes = whole(frame.encode());
            for (int bit = 0; bit < bytes.limit() * 8; bit++) {
                assertMalformed(EntryChain.withBitFlipped(bytes, bit));
            }
        }
    }

    @Test
    void aFrameNeedNotBeginAtTheStartOfItsBuffer() {
        for (WalFrame frame : ONE_OF_EACH) {
            ByteBuffer framed = EntryChain.join(EntryChain.bytes("xyz"), whole(frame.encode()));
            assertEquals(frame, WalFrame.decode(framed.position(3)));
            assertEquals(3, framed.position());
        }
    }

    @Test
    void framesLongerThanTheirTypeAreRefused() {
        for (WalFrame frame :
                List.of(
                        new Open(SEGMENT, 1, 2, 3),
                        new Durable(SEGMENT, 1),
                        new Refused(SEGMENT, Reason.GAP, 1))) {
            assertMalformed(EntryChain.join(whole(frame.encode()), EntryChain.bytes("x")));
        }
    }

    @Test
    void unknownTypesReasonsAndSegmentsAreRefused() {
        ByteBuffer refused = whole(new Refused(SEGMENT, Reason.GAP, 1).encode());
        for (int type : new int[] {0, 5, 127, 255}) {
            assertMalformed(withRightCrc(EntryChain.join(refused).put(0, (byte) type)));
        }
        for (int reason : new int[] {0, 7, 255}) {
            assertMalformed(withRightCrc(EntryChain.join(refused).put(25, (byte) reason)));
        }
        assertMalformed(withRightCrc(EntryChain.join(refused).putInt(17, -1)));
    }

    @Test
    void sequencesBelowZeroAreRefused() {
        assertMalformed(whole(new Open(SEGMENT, -1, 2, 3).encode()));
        assertMalformed(whole(new Append(SEGMENT, -1, ByteBuffer.allocate(0)).encode()));
        assertMalformed(whole(new Durable(SEGMENT, -1).encode()));
        assertMalformed(whole(new Refused(SEGMENT, Reason.GAP, -1).encode()));
    }

    private static ByteBuffer withRightCrc(ByteBuffer frame) {
        var crc = new CRC32C();
        crc.update(frame.duplicate().limit(21));
        crc.update(frame.duplicate().position(25));
        return frame.putInt(21, (int) crc.getValue());
    }

    private static void assertMalformed(ByteBuffer bytes) {
        var refused = assertThrows(SluiceException.class, () -> WalFrame.decode(bytes.duplicate()));
        assertEquals(SluiceException.Kind.INVALID, refused.kind());
        assertEquals("malformed-frame", refused.code());
    }
}
