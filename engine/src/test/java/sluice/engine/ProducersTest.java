package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.batch.BatchBuilder;
import sluice.log.object.ProducerSnapshot;

/** What a partition remembers of its producers. */
class ProducersTest {

    private static final long ID = 7;

    private final Producers producers = new Producers();
    private long nextOffset;
    private long nextEntry;

    private static ByteBuffer batch(long id, int epoch, int sequence, int count) {
        var builder = new BatchBuilder(64).producer(id, (short) epoch, sequence);
        for (int i = 0; i < count; i++) {
            builder.append(1, null, null, List.of());
        }
        return builder.build();
    }

    private void append(long id, int epoch, int sequence, int count) {
        ByteBuffer batch = batch(id, epoch, sequence, count);
        assertEquals(Optional.empty(), producers.check(batch));
        producers.appended(batch, nextOffset, nextEntry++, 1);
        nextOffset += count;
    }

    private long duplicateOf(int sequence, int count) {
        return producers.check(batch(ID, 0, sequence, count)).orElseThrow().baseOffset();
    }

    private void assertRefused(String code, int epoch, int sequence, int count) {
        var refused =
                assertThrows(
                        SluiceException.class,
                        () -> producers.check(batch(ID, epoch, sequence, count)));
        assertEquals(code, refused.code());
    }

    @Test
    void theLastFiveBatchesAreKnownAgain() {
        for (int i = 0; i < 6; i++) {
            append(ID, 0, 2 * i, 2);
        }

        for (int i = 1; i < 6; i++) {
            assertEquals(2 * i, duplicateOf(2 * i, 2));
        }
        assertRefused("out-of-order-sequence", 0, 0, 2);
    }

    @Test
    void aBatchThatIsNoRepetitionAndDoesNotFollowIsRefused() {
        append(ID, 0, 0, 3);

        assertRefused("out-of-order-sequence", 0, 4, 1);
        assertRefused("out-of-order-sequence", 0, 0, 2);
        assertRefused("out-of-order-sequence", 0, 1, 1);
    }

    @Test
    void sequencesGoOnAtZeroAfterTheLargest() {
        append(ID, 0, Integer.MAX_VALUE - 1, 2);
        append(ID, 0, 0, 1);
        assertEquals(0, duplicateOf(Integer.MAX_VALUE - 1, 2));
    }

    @Test
    void aBatchMayLieAcrossTheLargestSequence() {
        append(ID, 0, Integer.MAX_VALUE, 3);
        append(ID, 0, 2, 1);

        assertEquals(0, duplicateOf(Integer.MAX_VALUE, 3));
        assertEquals(3, duplicateOf(2, 1));
    }

    @Test
    void aNewEpochBeginsAtZeroAndFencesTheOldOne() {
        append(ID, 0, 0, 3);
        assertRefused("out-of-order-sequence", 1, 3, 1);

        append(ID, 1, 0, 1);

        assertRefused("producer-fenced", 0, 3, 1);
        append(ID, 1, 1, 1);
    }

    @Test
    void aKeyedRequestHasOneBatchAndEveryOtherIsAnotherRequest() {
        long keyed = Producers.KEYED | 99;
        append(keyed, 0, 12345, 2);

        assertEquals(0, producers.check(batch(keyed, 0, 12345, 2)).orElseThrow().baseOffset());
        for (ByteBuffer other : List.of(batch(keyed, 0, 12347, 1), batch(keyed, 0, 12345, 1))) {
            var refused = assertThrows(SluiceException.class, () -> producers.check(other));
            assertEquals("idempotency-key-reused", refused.code());
        }
    }

    @Test
    void batchesWithoutAProducerAreNotRemembered() {
        var builder = new BatchBuilder(64);
        builder.append(1, null, null, List.of());
        ByteBuffer batch = builder.build();

        assertEquals(Optional.empty(), producers.check(batch));
        producers.appended(batch, 0, 0, 1);

        assertEquals(0, producers.size());
    }

    @Test
    void whoWroteLongestAgoIsForgottenFirst() {
        append(1, 0, 0, 1);
        append(2, 0, 0, 1);
        append(1, 0, 1, 1);
        for (int i = 0; i < Producers.PRODUCERS_MAX - 1; i++) {
            append(1000 + i, 0, 0, 1);
        }

        assertEquals(Producers.PRODUCERS_MAX, producers.size());
        assertTrue(producers.check(batch(1, 0, 0, 1)).isPresent());
        assertEquals(Optional.empty(), producers.check(batch(2, 0, 0, 1)));
    }

    @Test
    void aSnapshotHoldsOnlyWhatIsDurableAndRestoresIt() {
        append(ID, 0, 0, 2);
        append(ID, 0, 2, 1);
        append(8, 0, 0, 1);

        List<ProducerSnapshot> durable = producers.snapshot(1);

        assertEquals(
                List.of(
                        new ProducerSnapshot(
                                ID,
                                (short) 0,
                                List.of(new ProducerSnapshot.SequenceRange(0, 1, 0)),
                                1)),
                durable);
        var restored = new Producers();
        durable.forEach(each -> restored.restore(Producers.Snapshot.of(each)));
        Producers.Range found = restored.check(batch(ID, 0, 0, 2)).orElseThrow();
        assertEquals(Producers.DURABLE, found.entry());
        assertEquals(Optional.empty(), restored.check(batch(ID, 0, 2, 1)));
    }

    @Test
    void restoringTheSameAgainChangesNothing() {
        append(ID, 0, 0, 2);
        append(ID, 0, 2, 1);
        List<ProducerSnapshot> all = producers.snapshot(100);
        var restored = new Producers();

        for (int i = 0; i < 3; i++) {
            all.forEach(each -> restored.restore(Producers.Snapshot.of(each)));
        }

        assertEquals(all, restored.snapshot(0));
    }
}
