package sluice.log.wal;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import sluice.log.wal.WalFrame.Durable;
import sluice.log.wal.WalFrame.Reason;
import sluice.log.wal.WalFrame.Refused;

/** A machine whose first segment is open with three members, and what is done to it. */
abstract class OpenedWal {

    static final UUID WAL = new UUID(7, 7);
    static final UUID SELF = new UUID(0, 1);
    static final UUID ANN = new UUID(0, 2);
    static final UUID BOB = new UUID(0, 3);
    static final UUID CID = new UUID(0, 4);

    static final long SLOW_NS = 25;
    static final long AGE_NS = 1_000;
    static final int ENTRY_BYTES = WalEntry.HEADER_BYTES + 1;
    static final WalMachine.Limits LIMITS =
            new WalMachine.Limits(1_000, AGE_NS, SLOW_NS, 10 * ENTRY_BYTES, 4 * ENTRY_BYTES);

    final RecordingOutput output = new RecordingOutput();
    final WalMachine machine = new WalMachine(WAL, SELF, LIMITS, output);
    long nowNs = 5_000;

    @BeforeEach
    void open() {
        machine.open(0, List.of(SELF, ANN, BOB), nowNs, 1);
    }

    long append(String payload) {
        return machine.append(
                WalEntry.BATCH, (byte) 6, 5, 1, 9, 3, 1, 0, EntryChain.bytes(payload), nowNs, 1);
    }

    void appendAndFlush(String... payloads) {
        for (String payload : payloads) {
            append(payload);
        }
        machine.flush();
    }

    void durable(int segment, long end, UUID... members) {
        for (UUID member : members) {
            machine.received(member, new Durable(new SegmentId(WAL, segment), end));
        }
    }

    void refused(int segment, Reason reason, UUID member) {
        machine.received(member, new Refused(new SegmentId(WAL, segment), reason, 0));
    }
}
