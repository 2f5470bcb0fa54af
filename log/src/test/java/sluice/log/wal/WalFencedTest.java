package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;

/** An owner that is told that a recoverer has its wal. */
class WalFencedTest extends OpenedWal {

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
