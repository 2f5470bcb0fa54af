package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import sluice.log.wal.SegmentId;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;
import sluice.metadata.WalRecord.SegmentState;

/** Which copies may be removed. */
class TrimmerTest {

    private static final UUID OWN = new UUID(1, 1);
    private static final UUID WAL = new UUID(2, 2);
    private static final UUID NODE = new UUID(3, 3);
    private static final List<SegmentId> HELD =
            IntStream.range(0, 5).mapToObj(index -> new SegmentId(WAL, index)).toList();

    private static WalRecord record(WalRecord.State state, int... chain) {
        List<Segment> segments =
                IntStream.of(chain)
                        .mapToObj(i -> new Segment(i, SegmentState.SEALED, List.of(NODE), i, i + 1))
                        .toList();
        return new WalRecord(WAL, NODE, state, 1, segments, 0, List.of(), 0, Optional.empty());
    }

    private static List<Integer> covered(WalRecord record, UUID ownWal, int floor) {
        return Trimmer.covered(HELD, Map.of(WAL, record), ownWal, floor).stream()
                .map(SegmentId::index)
                .toList();
    }

    @Test
    void whatLiesBeforeTheChainIsInObjects() {
        assertEquals(List.of(0, 1), covered(record(WalRecord.State.OPEN, 2, 3, 4), OWN, 0));
        assertEquals(List.of(0, 1), covered(record(WalRecord.State.FENCING, 2, 4), OWN, 0));
    }

    @Test
    void aSegmentThatTheChainDoesNotNameIsKeptIfItIsNotBeforeIt() {
        // A prepared segment that the owner has begun and the metadata does not know of yet.
        assertEquals(List.of(0, 1), covered(record(WalRecord.State.OPEN, 2), OWN, 0));
    }

    @Test
    void aSealedWalNeedsNoCopy() {
        assertEquals(List.of(0, 1, 2, 3, 4), covered(record(WalRecord.State.SEALED), OWN, 0));
        assertEquals(List.of(0, 1, 2, 3, 4), covered(record(WalRecord.State.RELEASED), OWN, 0));
    }

    @Test
    void anEmptyChainOfAWalThatIsNotSealedProvesNothing() {
        assertEquals(List.of(), covered(record(WalRecord.State.OPEN), OWN, 0));
        assertEquals(List.of(), covered(record(WalRecord.State.FENCING), OWN, 0));
    }

    @Test
    void aWalWithoutARecordKeepsItsCopies() {
        assertEquals(List.of(), Trimmer.covered(HELD, Map.of(), OWN, 0));
    }

    @Test
    void theOwnTailIsKeptFromItsFloorOn() {
        assertEquals(List.of(0), covered(record(WalRecord.State.OPEN, 3, 4), WAL, 1));
        assertEquals(List.of(), covered(record(WalRecord.State.OPEN, 3, 4), WAL, 0));
    }
}
