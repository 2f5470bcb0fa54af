package sluice.consumer.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.consumer.stream.CommittedOffsets.Entry;
import sluice.consumer.stream.CommittedOffsets.Write;
import sluice.metadata.GroupStore.Stored;
import sluice.metadata.OffsetsRecord;
import sluice.metadata.OffsetsRecord.Place;
import sluice.metadata.Versioned;

class CommittedOffsetsTest {

    private static final Place PLACE = new Place(1, 0);

    private final CommittedOffsets offsets =
            new CommittedOffsets(
                    List.of(
                            new Stored(
                                    PLACE,
                                    new Versioned<>(
                                            new OffsetsRecord("t", List.of(5L, -1L)), 40))));

    private static Entry entry(int partition, long offset) {
        return new Entry("t", 1, partition, offset);
    }

    @Test
    void onlyWhatIsStoredIsTold() {
        offsets.accept(List.of(entry(0, 9)));
        assertEquals(OptionalLong.of(5), offsets.committed(1, 0));
        assertTrue(offsets.isPending(1, 0));
        offsets.begin(PLACE);
        assertEquals(OptionalLong.of(5), offsets.committed(1, 0));

        offsets.written(PLACE, 41);
        assertEquals(OptionalLong.of(9), offsets.committed(1, 0));
        assertFalse(offsets.isPending(1, 0));
        assertEquals(OptionalLong.empty(), offsets.committed(1, 1));
    }

    @Test
    void oneWriteIsUnderWayAndWhatComesMeanwhileIsInTheNext() {
        offsets.accept(List.of(entry(0, 6)));
        Write first = offsets.begin(PLACE).orElseThrow();
        offsets.accept(List.of(entry(0, 7), entry(1, 2)));
        offsets.accept(List.of(entry(0, 8)));
        assertEquals(Optional.empty(), offsets.begin(PLACE));

        offsets.written(PLACE, 41);
        Write second = offsets.begin(PLACE).orElseThrow();

        assertEquals(new Write(PLACE, new OffsetsRecord("t", List.of(6L, -1L)), 40), first);
        assertEquals(new Write(PLACE, new OffsetsRecord("t", List.of(8L, 2L)), 41), second);
    }

    @Test
    void whatWasNotWrittenIsForgotten() {
        offsets.accept(List.of(entry(0, 6)));
        offsets.begin(PLACE);
        offsets.accept(List.of(entry(1, 3)));
        offsets.refused(PLACE);

        Write next = offsets.begin(PLACE).orElseThrow();
        assertEquals(new Write(PLACE, new OffsetsRecord("t", List.of(5L, 3L)), 40), next);
    }

    @Test
    void partitionsOfLargeTopicsAreInSeveralItems() {
        Set<Place> places = offsets.accept(List.of(entry(0, 6), entry(1024, 7), entry(1025, 8)));

        assertEquals(Set.of(PLACE, new Place(1, 1)), places);
        Write write = offsets.begin(new Place(1, 1)).orElseThrow();
        assertEquals(new OffsetsRecord("t", List.of(7L, 8L)), write.record());
        assertEquals(0, write.expectedVersion());
        offsets.written(new Place(1, 1), 3);
        assertEquals(OptionalLong.of(8), offsets.committed(1, 1025));
    }

    @Test
    void aTopicThatIsNoMoreLeavesItsItemsToBeRemoved() {
        assertEquals(List.of(new CommittedOffsets.Item(PLACE, 40)), offsets.forget(1));
        assertEquals(OptionalLong.empty(), offsets.committed(1, 0));
    }
}
