package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;

/** An owner that is told that a recoverer has its wal. */
class WalFencedTest {

    private static final UUID WAL = new UUID(7, 7);
    private static final UUID SELF = new UUID(0, 1);
    private static final UUID ANN = new UUID(0, 2);
    private static final UUID BOB = new UUID(0, 3);
    private static final UUID CID = new UUID(0, 4);

    private static final long SLOW_NS = 25;
    private static final long AGE_NS = 1_000;
    private static final int ENTRY_BYTES = WalEntry.HEADER_BYTES + 1;
    private static final WalMachine.Limits LIMITS =
            new WalMachine.Limits(1_000, AGE_NS, SLOW_NS, 10 * ENTRY_BYTES, 4 * ENTRY_BYTES);

    private final RecordingOutput output = new RecordingOutput();
    private final WalMachine machine = new WalMachine(WAL, SELF, LIMITS, output);
    private long nowNs = 5_000;

    @BeforeEach
    void open() {
        machine.open(0, List.of(SELF, ANN, BOB), nowNs, 1);
    }

    private long append(String payload) {
        return machine.append(
                WalEntry.BATCH, (byte) 6, 5, 1, 9, 3, 1, 0, EntryChain.bytes(payload), nowNs, 1);
    }

    private void appendAndFlush(String... payloads) {
        for (String payload : payloads) {
            append(payload);
        }
        machine.flush();
    }

    private void durable(int segment, long end, UUID... members) {
        for (UUID member : members) {
            machine.received(member, new Durable(new SegmentId(WAL, segment), end));
        }
    }

    private void refused(int segment, Reason reason, UUID member) {
        machine.received(member, new Refused(new SegmentId(WAL, segment), reason, 0));
    }

    @Test
    void aFencedOwnerStopsForGood() {
        appendAndFlush("a");
        machine.prepared(1, List.of(ANN, BOB, CID));
        refused(0, Reason.FENCED, ANN);

        assertTrue(machine.isStopped());
        durable(0, 1, SELF, ANN, BOB);
        assertEquals(0, machine.hwm());
        assertFalse(machine.roll(nowNs, 1));
        assertFalse(machine.hasRoom(0));
        assertEquals(Optional.empty(), machine.wantsRoll(nowNs));
        assertEquals(List.of("fenced"), output.events);
    }

    @Test
    void itIsToldOnce() {
        refused(0, Reason.FENCED, ANN);
        refused(0, Reason.FENCED, BOB);

        assertEquals(List.of("fenced"), output.events);
    }

    @Test
    void theFenceOfASegmentLeftBehindStopsTheOwnerToo() {
        machine.prepared(1, List.of(ANN, BOB, CID));
        machine.roll(nowNs, 1);
        output.events.clear();
        refused(0, Reason.FENCED, SELF);

        assertTrue(machine.isStopped());
        assertEquals(List.of("fenced"), output.events);
    }

    @Test
    void theFenceOfAnotherWalDoesNot() {
        machine.received(ANN, new Refused(new SegmentId(new UUID(8, 8), 0), Reason.FENCED, 0));

        assertFalse(machine.isStopped());
    }

    @Test
    void nothingIsSentAfterIt() {
        append("a");
        refused(0, Reason.FENCED, ANN);
        int before = output.sent.size();
        machine.flush();

        assertEquals(before, output.sent.size());
    }

    @Test
    void aStopIsAsFinalAsAFence() {
        appendAndFlush("a");
        machine.stop();
        durable(0, 1, SELF, ANN, BOB);

        assertEquals(0, machine.hwm());
        assertFalse(machine.hasRoom(0));
    }
}
