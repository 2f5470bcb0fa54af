package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Checkpoint;
import sluice.metadata.SlotRecord.Owner;
import sluice.metadata.SlotRecord.Source;
import sluice.metadata.WalRecord;

class SlotChangesTest {

    private static final UUID OLD = new UUID(1, 1);
    private static final UUID OURS = new UUID(2, 2);
    private static final Owner US = new Owner(OURS, new UUID(3, 3));
    private static final Optional<Checkpoint> CHECKPOINT =
            Optional.of(new Checkpoint("slots/7", 10, 11));

    private static SlotRecord free(Source... sources) {
        return new SlotRecord(7, 4, Optional.empty(), List.of(sources), CHECKPOINT);
    }

    private static Map<UUID, WalRecord> seen(WalRecord.State state, long uploadedEnd) {
        return Map.of(
                OLD,
                new WalRecord(
                        OLD,
                        new UUID(4, 4),
                        state,
                        1,
                        List.of(),
                        uploadedEnd,
                        List.of(),
                        0,
                        Optional.empty()));
    }

    @Nested
    class Taking {

        @Test
        void addsAnEpochAndTheTakersNextEntryAsTheLastSource() {
            SlotRecord taken =
                    SlotChanges.taken(
                            free(new Source(OLD, 5)), US, 9, seen(WalRecord.State.SEALED, 6));

            assertEquals(5, taken.epoch());
            assertEquals(Optional.of(US), taken.owner());
            assertEquals(List.of(new Source(OLD, 5), new Source(OURS, 9)), taken.sources());
            assertEquals(CHECKPOINT, taken.checkpoint());
        }

        @Test
        void dropsASourceOfWhichASealedWalHasNothing() {
            SlotRecord taken =
                    SlotChanges.taken(
                            free(new Source(OLD, 5)), US, 9, seen(WalRecord.State.SEALED, 5));

            assertEquals(List.of(new Source(OURS, 9)), taken.sources());
        }

        /** The view is older than the slot's record: the wal may have got entries since. */
        @Test
        void keepsASourceWhoseWalWasNotYetSealedWhenItWasSeen() {
            for (var state : List.of(WalRecord.State.OPEN, WalRecord.State.FENCING)) {
                SlotRecord taken =
                        SlotChanges.taken(free(new Source(OLD, 5)), US, 9, seen(state, 5));

                assertEquals(
                        List.of(new Source(OLD, 5), new Source(OURS, 9)),
                        taken.sources(),
                        state::name);
            }
        }

        @Test
        void keepsASourceWhoseWalWasNotSeen() {
            SlotRecord taken = SlotChanges.taken(free(new Source(OLD, 5)), US, 9, Map.of());

            assertEquals(List.of(new Source(OLD, 5), new Source(OURS, 9)), taken.sources());
        }
    }

    @Nested
    class LettingGo {

        @Test
        void leavesTheCheckpointAlone() {
            var before =
                    new SlotRecord(
                            7, 4, Optional.of(US), List.of(new Source(OURS, 9)), Optional.empty());

            assertEquals(free(), SlotChanges.released(before, CHECKPOINT));
        }

        /** The wal was sealed while its gateway slept, and has what it wrote before. */
        @Test
        void unusedKeepsWhatTheSameWalWroteBeforeItWasTakenAnew() {
            var before =
                    new SlotRecord(
                            7,
                            4,
                            Optional.of(US),
                            List.of(new Source(OURS, 0), new Source(OURS, 9)),
                            CHECKPOINT);

            assertEquals(free(new Source(OURS, 0)), SlotChanges.releasedUnused(before));
        }
    }
}
