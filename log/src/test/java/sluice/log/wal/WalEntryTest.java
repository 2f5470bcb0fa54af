package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;

class WalEntryTest {

    private static final long PREVIOUS = 0x1122334455667788L;

    /** Made by another program from the table in the format's description. */
    private static final String PINNED =
            "0000004d8a8c88b7010603ff00000007000000000000002a112233445566778800000000000000280000"
                    + "019b76daa8000000000000000009000000030000000200000000000003e8736576656e";

    private static final long PINNED_HASH = 0xc35b881fd844714cL;

    private static ByteBuffer pinned() {
        ByteBuffer payload = EntryChain.bytes("seven");
        ByteBuffer header =
                WalEntry.header(
                        WalEntry.BATCH,
                        (byte) 6,
                        0x3ff,
                        7,
                        42,
                        PREVIOUS,
                        40,
                        1_767_225_600_000L,
                        9,
                        3,
                        2,
                        1000,
                        payload);
        return EntryChain.join(header, payload);
    }

    @Test
    void theBytesAreTheOnesOfTheTable() {
        assertEquals(PINNED, HexFormat.of().formatHex(pinned().array()));
    }

    @Test
    void theChainHashIsPinned() {
        assertEquals(PINNED_HASH, WalEntry.hashOf(pinned(), 0));
    }

    @Test
    void everyFieldIsReadBack() {
        ByteBuffer entry = EntryChain.join(EntryChain.bytes("other bytes before"), pinned());
        int at = entry.limit() - pinned().limit();

        assertTrue(WalEntry.isWhole(entry, at, entry.limit()));
        assertEquals(77, WalEntry.length(entry, at));
        assertEquals(WalEntry.BATCH, WalEntry.type(entry, at));
        assertEquals(6, WalEntry.retention(entry, at));
        assertEquals(0x3ff, WalEntry.slot(entry, at));
        assertEquals(7, WalEntry.slotEpoch(entry, at));
        assertEquals(42, WalEntry.sequence(entry, at));
        assertEquals(40, WalEntry.hwm(entry, at));
        assertEquals(1_767_225_600_000L, WalEntry.appendedAtMs(entry, at));
        assertEquals(9, WalEntry.topicId(entry, at));
        assertEquals(3, WalEntry.partition(entry, at));
        assertEquals(2, WalEntry.offsets(entry, at));
        assertEquals(1000, WalEntry.baseOffset(entry, at));
        assertEquals(EntryChain.bytes("seven"), WalEntry.payload(entry, at));
        assertEquals(PINNED_HASH, WalEntry.hashOf(entry, at));
    }

    @Test
    void makingAHeaderDoesNotMoveThePayload() {
        ByteBuffer payload = EntryChain.bytes("xseven").position(1);

        WalEntry.header(WalEntry.BATCH, (byte) 6, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, payload);

        assertEquals(1, payload.position());
        assertEquals(6, payload.limit());
    }

    @Test
    void aSlotAbove32767IsNotNegative() {
        ByteBuffer header =
                WalEntry.header(
                        WalEntry.BATCH,
                        (byte) 6,
                        0xffff,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        1,
                        ByteBuffer.allocate(0));

        assertEquals(0xffff, WalEntry.slot(header, 0));
    }

    @Test
    void noEntryWithAFlippedBitIsWhole() {
        // Bytes behind it, so that a longer length has something to run into.
        ByteBuffer source = EntryChain.join(pinned(), pinned(), ByteBuffer.allocate(4096));
        for (int bit = 0; bit < pinned().limit() * 8; bit++) {
            ByteBuffer damaged = EntryChain.withBitFlipped(source, bit);
            assertFalse(WalEntry.isWhole(damaged, 0, damaged.limit()), "bit=" + bit);
        }
    }

    @Test
    void noTornEntryIsWhole() {
        ByteBuffer entry = pinned();
        for (int limit = 0; limit < entry.limit(); limit++) {
            assertFalse(WalEntry.isWhole(entry, 0, limit), "limit=" + limit);
        }
    }

    @Test
    void zeroesAndNonsenseAreNoEntry() {
        ByteBuffer zeroes = ByteBuffer.allocate(512);
        assertFalse(WalEntry.isWhole(zeroes, 0, zeroes.limit()));
        for (int length : new int[] {-1, Integer.MIN_VALUE, 71, WalEntry.BYTES_MAX + 1}) {
            ByteBuffer nonsense = ByteBuffer.allocate(512).putInt(0, length);
            assertFalse(WalEntry.isWhole(nonsense, 0, nonsense.limit()), "length=" + length);
        }
    }

    @Test
    void checkSaysHowLongTheExpectedEntryIs() {
        assertEquals(77, WalEntry.check(pinned(), 0, 77, 42, PREVIOUS));
    }

    @Test
    void checkRefusesAnotherSequenceAnotherPredecessorAndDamage() {
        assertCorrupt(pinned(), 41, PREVIOUS);
        assertCorrupt(pinned(), 42, PREVIOUS + 1);
        assertCorrupt(EntryChain.withBitFlipped(pinned(), 600), 42, PREVIOUS);
    }

    private static void assertCorrupt(ByteBuffer entry, long sequence, long previous) {
        var refused =
                assertThrows(
                        SluiceException.class,
                        () -> WalEntry.check(entry, 0, entry.limit(), sequence, previous));
        assertEquals(SluiceException.Kind.DATA, refused.kind());
        assertEquals("corrupt-entry", refused.code());
    }

    @Test
    void theChainHashDependsOnEveryEntryBefore() {
        var one = new EntryChain();
        var other = new EntryChain();
        one.entry("a");
        other.entry("b");
        one.entry("c");
        other.entry("c");

        assertNotEquals(one.hash(), other.hash());
    }
}
