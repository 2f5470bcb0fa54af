package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.object.SegmentFooter;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotRecord.Source;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.State;
import sluice.metadata.WalRecord.WalObject;
import sluice.uploader.memory.MemoryObjectStore;
import sluice.uploader.memory.ObjectFaults;
import sluice.uploader.memory.ObjectFaults.Fate;

class SlotIndexLoaderTest {

    private static final int SLOT = 1;
    private static final PartitionId A = new PartitionId(7, 0);

    private final MemoryObjectStore store = new MemoryObjectStore();
    private final Map<PartitionId, Long> offsets = new HashMap<>();
    private final UploadedWal first = new UploadedWal(store, offsets, 1);
    private final UploadedWal second = new UploadedWal(store, offsets, 2);
    private final SlotIndexLoader loader = new SlotIndexLoader(store, 1_000);

    @Test
    void withoutACheckpointAllIsInTheFootersOfItsSources() {
        first.append(SLOT, A, 1, 2);
        first.append(2, new PartitionId(9, 0), 1);
        first.upload();
        first.append(SLOT, A, 3);
        first.upload();

        SlotIndex index = load(slot(Optional.empty(), source(first)), first.record(State.OPEN));

        assertEquals(3, index.nextOffset(A));
        assertEquals(1, index.partitions().size());
    }

    @Test
    void aSlotOfWhichNothingWasUploadedHasAnEmptyIndex() {
        assertEquals(
                SlotIndex.empty(SLOT),
                load(slot(Optional.empty(), source(first)), first.record(State.OPEN)));
    }

    @Test
    void objectsThatTheCheckpointCoversAreNotRead() {
        first.append(SLOT, A, 1, 2);
        first.upload();
        SlotRecord.Checkpoint checkpoint =
                checkpoint(load(slot(Optional.empty(), source(first)), first.record(State.OPEN)));
        first.append(SLOT, A, 3);
        first.upload();
        store.lose(first.objects.getFirst().key());

        SlotIndex index =
                new SlotIndexLoader(store, 1_000)
                        .load(
                                slot(Optional.of(checkpoint), source(first)),
                                Map.of(first.wal, first.record(State.OPEN)))
                        .index();

        assertEquals(3, index.nextOffset(A));
        assertEquals(2, index.objectKeys().size());
    }

    @Test
    void footersAndCheckpointsAreReadOnce() {
        first.append(SLOT, A, 1, 2);
        first.upload();
        SlotRecord slot = slot(Optional.empty(), source(first));
        SlotIndex before = load(slot, first.record(State.OPEN));
        store.faults((call, key) -> call == ObjectFaults.Call.READ ? Fate.FAIL_BEFORE : Fate.WELL);

        assertEquals(before, load(slot, first.record(State.OPEN)));
    }

    @Test
    void aFooterThatTwoNeedAtOnceIsReadOnce() throws Exception {
        for (Fate fate : List.of(Fate.WELL, Fate.FAIL_BEFORE)) {
            var uploaded = new UploadedWal(store, offsets, fate == Fate.WELL ? 3 : 4);
            uploaded.append(SLOT, A, 1, 2);
            uploaded.upload();
            WalObject object = uploaded.objects.getFirst();
            var reads = new AtomicInteger();
            var begun = new CountDownLatch(1);
            var goOn = new CountDownLatch(1);
            store.faults((call, key) -> {
                if (call == ObjectFaults.Call.READ) {
                    reads.incrementAndGet();
                    begun.countDown();
                    awaited(goOn);
                    return fate;
                }
                return Fate.WELL;
            });
            List<FutureTask<SegmentFooter>> both =
                    List.of(
                            new FutureTask<>(() -> loader.footer(uploaded.wal, object)),
                            new FutureTask<>(() -> loader.footer(uploaded.wal, object)));
            Thread.ofPlatform().start(both.getFirst());
            awaited(begun);
            Thread second = Thread.ofPlatform().start(both.getLast());
            while (second.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
            goOn.countDown();

            for (FutureTask<SegmentFooter> each : both) {
                if (fate == Fate.WELL) {
                    assertEquals(1, each.get(20, TimeUnit.SECONDS).toEntry(), "of both");
                } else {
                    var failed = assertThrows(ExecutionException.class, each::get);
                    assertInstanceOf(SluiceException.class, failed.getCause());
                }
            }
            assertEquals(1, reads.get());
            store.faults(ObjectFaults.none());
            assertEquals(1, loader.footer(uploaded.wal, object).toEntry(), "a failure is not kept");
        }
    }

    private static void awaited(CountDownLatch latch) {
        try {
            assertTrue(latch.await(20, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Nested
    class AfterAHandOff {
        @Test
        void bothWalsTogetherHoldTheLog() {
            first.append(SLOT, A, 1, 2);
            first.upload();
            second.append(SLOT, A, 3);
            second.upload();

            SlotIndex index =
                    load(
                            slot(Optional.empty(), source(first), source(second)),
                            first.record(State.SEALED),
                            second.record(State.OPEN));

            assertEquals(3, index.nextOffset(A));
        }

        @Test
        void theIndexEndsWhereTheOldOwnerHasNotUploadedYet() {
            first.append(SLOT, A, 1, 2);
            first.upload();
            first.append(SLOT, A, 3);
            second.append(SLOT, A, 4);
            second.upload();
            SlotRecord slot = slot(Optional.empty(), source(first), source(second));

            SlotIndex early = load(slot, first.record(State.OPEN), second.record(State.OPEN));
            assertEquals(2, early.nextOffset(A));

            first.upload();
            SlotIndex whole = load(slot, first.record(State.OPEN), second.record(State.OPEN));
            assertEquals(4, whole.nextOffset(A));
        }

        @Test
        void aGapOnceTheOldWalIsSealedIsLostData() {
            first.append(SLOT, A, 1, 2);
            second.append(SLOT, A, 3);
            second.upload();

            assertFails(
                    Kind.DATA,
                    "gap-in-log",
                    slot(Optional.empty(), source(first), source(second)),
                    first.record(State.SEALED),
                    second.record(State.OPEN));
        }

        @Test
        void aSlotThatReturnsToAWalIsStillOneLog() {
            first.append(SLOT, A, 1);
            first.upload();
            second.append(SLOT, A, 2);
            second.upload();
            first.append(SLOT, A, 3);
            first.upload();
            SlotRecord slot =
                    slot(Optional.empty(), source(first), source(second), new Source(first.wal, 1));

            SlotIndex index = load(slot, first.record(State.OPEN), second.record(State.OPEN));

            assertEquals(3, index.nextOffset(A));
        }
    }

    @Nested
    class RecordsThatDoNotFit {
        @Test
        void aSourceWithoutARecordIsReadAgain() {
            assertFails(Kind.CONFLICT, "stale-slot-record", slot(Optional.empty(), source(first)));
        }

        @Test
        void aGapThatANewerCheckpointMayExplainIsReadAgain() {
            first.append(SLOT, A, 1, 2);
            first.upload();
            long folded = first.nextEntry();
            first.objects.clear();
            first.append(SLOT, A, 3);
            first.upload();

            assertFails(
                    Kind.CONFLICT,
                    "stale-slot-record",
                    slot(Optional.empty(), source(first)),
                    first.record(State.OPEN, folded));
        }
    }

    @Nested
    class DamageIsAnError {
        @Test
        void aMissingObject() {
            first.append(SLOT, A, 1);
            first.upload();
            store.lose(first.objects.getFirst().key());

            assertLoadFails("missing-object");
        }

        @Test
        void aDamagedFooter() {
            first.append(SLOT, A, 1);
            first.upload();
            var object = first.objects.getFirst();
            store.corrupt(object.key(), (int) object.footerAt() + 30);

            assertLoadFails("corrupt-object");
        }

        @Test
        void aTruncatedObject() {
            first.append(SLOT, A, 1);
            first.upload();
            var object = first.objects.getFirst();
            store.truncate(object.key(), (int) object.lengthBytes() - 1);

            assertLoadFails("short-object");
        }

        @Test
        void anObjectOfAnotherSegment() {
            first.append(SLOT, A, 1);
            first.upload();
            var object = first.objects.getFirst();
            var renamed =
                    new WalRecord.WalObject(
                            object.key(),
                            object.segment() + 1,
                            object.fromEntry(),
                            object.toEntry(),
                            object.lengthBytes(),
                            object.footerAt(),
                            object.footerCrc(),
                            object.appendedFromMs());
            first.objects.set(0, renamed);

            assertLoadFails("corrupt-object");
        }

        @Test
        void aDamagedOrMissingCheckpointOrOneOfAnotherSlot() {
            var good = checkpoint(SlotIndex.empty(SLOT));
            var other = checkpoint(SlotIndex.empty(SLOT + 1));
            assertFails(Kind.DATA, "corrupt-checkpoint", slot(Optional.of(other)));
            store.corrupt(good.key(), 8);
            assertFails(Kind.DATA, "corrupt-checkpoint", slot(Optional.of(good)));
            store.lose(good.key());
            assertFails(Kind.DATA, "missing-object", slot(Optional.of(good)));
        }

        private void assertLoadFails(String code) {
            assertFails(
                    Kind.DATA,
                    code,
                    slot(Optional.empty(), source(first)),
                    first.record(State.OPEN));
        }
    }

    private SlotRecord.Checkpoint checkpoint(SlotIndex index) {
        String key = SlotCheckpoint.newKey(index.slot(), 1, new Random(1));
        ByteBuffer bytes =
                index.toCheckpoint(1, Map.of(first.wal, first.nextEntry()), Map.of()).encode();
        store.put(key, List.of(bytes));
        return SlotCheckpoint.pointer(key, bytes);
    }

    private static Source source(UploadedWal wal) {
        return new Source(wal.wal, 0);
    }

    private static SlotRecord slot(
            @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
                    Optional<SlotRecord.Checkpoint> checkpoint,
            Source... sources) {
        return new SlotRecord(SLOT, 1, Optional.empty(), List.of(sources), checkpoint);
    }

    private SlotIndex load(SlotRecord slot, WalRecord... records) {
        Map<UUID, WalRecord> wals = new HashMap<>();
        for (WalRecord record : records) {
            wals.put(record.wal(), record);
        }
        return loader.load(slot, wals).index();
    }

    private void assertFails(Kind kind, String code, SlotRecord slot, WalRecord... records) {
        var error = assertThrows(SluiceException.class, () -> load(slot, records));
        assertEquals(code, error.code());
        assertEquals(kind, error.kind());
    }
}
