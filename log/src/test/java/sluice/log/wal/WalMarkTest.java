package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.memory.MemoryWalDisk;

/** An idle wal says up to where it is committed: once, and so that every copy knows. */
class WalMarkTest {

    private static final UUID WAL = new UUID(7, 7);
    private static final UUID SELF = new UUID(0, 1);
    private static final UUID ANN = new UUID(0, 2);
    private static final SegmentId SEGMENT = new SegmentId(WAL, 0);
    private static final long IDLE_NS = 50;

    private final RecordingOutput output = new RecordingOutput();
    private final WalMachine machine =
            new WalMachine(
                    WAL,
                    SELF,
                    new WalMachine.Limits(1_000_000, 1_000_000, 25, 1 << 20, 100_000),
                    output);

    @BeforeEach
    void threeCommittedEntries() {
        machine.open(0, List.of(SELF, ANN), 0, 0);
        for (int i = 0; i < 3; i++) {
            append();
        }
        durable(3, SELF, ANN);
    }

    private void append() {
        machine.append(WalEntry.BATCH, (byte) 6, 5, 1, 9, 3, 1, 0, EntryChain.bytes("x"), 0, 0);
        machine.flush();
    }

    private void durable(long end, UUID... members) {
        for (UUID member : members) {
            machine.received(member, new Durable(new SegmentId(WAL, machine.segment()), end));
        }
    }

    @Test
    void theMarkCarriesTheHighWatermarkToAllMembers() {
        machine.markIfIdle(IDLE_NS, IDLE_NS, 0);

        for (UUID member : List.of(SELF, ANN)) {
            ByteBuffer entries = output.entriesTo(member, 0);
            int at = entries.limit() - WalEntry.HEADER_BYTES;
            assertEquals(WalEntry.MARK, WalEntry.type(entries, at));
            assertEquals(3, WalEntry.hwm(entries, at));
            assertEquals(3, WalEntry.sequence(entries, at));
        }
    }

    @Test
    void itIsWrittenOnceInAnIdleTimeAndIsNoEntryForAnybody() {
        machine.markIfIdle(IDLE_NS, IDLE_NS, 0);
        durable(4, SELF, ANN);
        machine.markIfIdle(IDLE_NS, 10 * IDLE_NS, 0);

        assertEquals(4, machine.next());
        assertEquals(4, machine.hwm());
        assertEquals(3, output.entries.size());
        append();
        durable(5, SELF, ANN);
        machine.markIfIdle(IDLE_NS, 20 * IDLE_NS, 0);
        assertEquals(6, machine.next());
    }

    @Test
    void thereIsNoneTooSoonNorWhileSomethingIsNotCommittedNorAfterTheEnd() {
        machine.markIfIdle(IDLE_NS, IDLE_NS - 1, 0);
        assertEquals(3, machine.next());

        append();
        durable(4, ANN);
        machine.markIfIdle(IDLE_NS, 10 * IDLE_NS, 0);
        assertEquals(4, machine.next());

        durable(4, SELF);
        machine.stop();
        machine.markIfIdle(IDLE_NS, 10 * IDLE_NS, 0);
        assertEquals(4, machine.next());
    }

    @Test
    void thereIsNoneInAnEmptyWalNorAtTheBeginningOfASegment() {
        machine.prepared(1, List.of(SELF, ANN));
        machine.roll(0, 0);
        machine.markIfIdle(IDLE_NS, 10 * IDLE_NS, 0);
        assertEquals(3, machine.next());

        var fresh = new WalMachine(WAL, SELF, new WalMachine.Limits(9, 9, 9, 999, 999), output);
        fresh.open(0, List.of(SELF), 0, 0);
        fresh.markIfIdle(IDLE_NS, 10 * IDLE_NS, 0);
        assertEquals(0, fresh.next());
    }

    @Test
    void damageToTheLastCommittedEntryNoLongerLooksLikeATornTail() throws IOException {
        assertFalse(scanWithDamageToTheLastBatch().damaged(), "without the mark it does");

        machine.markIfIdle(IDLE_NS, IDLE_NS, 0);
        assertTrue(scanWithDamageToTheLastBatch().damaged());
        assertEquals(2, scanWithDamageToTheLastBatch().end());
        assertEquals(3, scanWithDamageToTheLastBatch().hwm());
    }

    private SegmentCopy.Extent scanWithDamageToTheLastBatch() throws IOException {
        var disk = new MemoryWalDisk(ANN, Runnable::run);
        disk.create(SEGMENT, new SegmentHeader(SEGMENT, 0, WalEntry.FIRST_HASH, 0).encode());
        disk.write(SEGMENT, SegmentHeader.BYTES, output.entriesTo(ANN, 0));
        disk.flipBit(SEGMENT, SegmentHeader.BYTES + 3L * (WalEntry.HEADER_BYTES + 1) - 1, 2);
        return SegmentCopy.scan(disk, SEGMENT).orElseThrow();
    }
}
