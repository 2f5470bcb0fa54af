package sluice.uploader;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.RecordBatch;
import sluice.log.object.SegmentFooter;
import sluice.metadata.WalRecord.WalObject;
import sluice.uploader.memory.ObjectFaults;

class HistoryReaderTest {

    private static final int SLOT = 1;
    private static final PartitionId A = new PartitionId(7, 0);
    private static final PartitionId B = new PartitionId(7, 1);
    private static final Executor NO_READ_AHEAD = task -> {};

    private final CountingStore store = new CountingStore();
    private final UploadedWal wal = new UploadedWal(store, 1);
    private SlotIndex index = SlotIndex.empty(SLOT);

    @Nested
    class ARead {
        @Test
        void beginsWithTheBatchThatHoldsTheOffset() {
            ByteBuffer first = wal.append(SLOT, A, 1, 2, 3);
            ByteBuffer second = wal.append(SLOT, A, 4, 5);
            upload();

            assertEquals(join(first, second), join(reader(64).read(index, A, 2, 10_000)));
            assertEquals(second, join(reader(64).read(index, A, 3, 10_000)));
            assertEquals(second, join(reader(64).read(index, A, 4, 10_000)));
            assertEquals(List.of(), reader(64).read(index, A, 5, 10_000));
        }

        @Test
        void goesOnInTheNextObject() {
            ByteBuffer first = wal.append(SLOT, A, 1);
            wal.append(SLOT, B, 1);
            upload();
            ByteBuffer second = wal.append(SLOT, A, 2);
            upload();

            assertEquals(join(first, second), join(reader(64).read(index, A, 0, 10_000)));
        }

        @Test
        void returnsOneBatchHoweverSmallTheLimitAndNoMoreThanTheLimit() {
            ByteBuffer first = wal.append(SLOT, A, 1, 2, 3);
            ByteBuffer second = wal.append(SLOT, A, 4);
            wal.append(SLOT, A, 5);
            upload();
            HistoryReader reader = reader(64);
            int two = first.remaining() + second.remaining();

            assertEquals(first, join(reader.read(index, A, 0, 1)));
            assertEquals(first, join(reader.read(index, A, 0, two - 1)));
            assertEquals(join(first, second), join(reader.read(index, A, 0, two)));
        }

        @Test
        void givesBatchesOfOneBlockInOneBufferWithoutACopy() {
            wal.append(SLOT, A, 1);
            wal.append(SLOT, A, 2);
            wal.append(SLOT, A, 3);
            upload();

            List<ByteBuffer> batches = reader(1 << 20).read(index, A, 0, 10_000);

            assertEquals(1, batches.size());
            assertTrue(batches.getFirst().isReadOnly());
        }

        @Test
        void outsideTheLogIsRefused() {
            wal.append(SLOT, A, 1, 2, 3);
            upload();
            index = index.startingAt(A, 1);

            assertError(Kind.INVALID, "offset-out-of-range", () -> reader(64).read(index, A, 0, 1));
            assertError(Kind.INVALID, "offset-out-of-range", () -> reader(64).read(index, A, 4, 1));
            assertError(Kind.INVALID, "offset-out-of-range", () -> reader(64).read(index, B, 1, 1));
            assertEquals(List.of(), reader(64).read(index, B, 0, 1));
        }
    }

    @Nested
    class TheStore {
        @Test
        void isAskedOnceForABlockAndOnlyForThoseNeeded() {
            for (int i = 0; i < 100; i++) {
                wal.append(SLOT, A, i);
            }
            upload();
            HistoryReader reader = reader(1_000);

            reader.read(index, A, 0, 900);
            reader.read(index, A, 1, 900);

            assertTrue(store.reads <= 2, "reads=" + store.reads);
        }

        @Test
        void isNotAskedAgainForWhatASequentialReaderHasPassed() {
            for (int i = 0; i < 200; i++) {
                wal.append(SLOT, A, i);
            }
            long objectBytes = upload().getFirst().lengthBytes();
            HistoryReader reader =
                    new HistoryReader(store, new HistoryLimits(512, 2_048, 4, 0), NO_READ_AHEAD);

            long offset = 0;
            while (offset < 200) {
                offset = nextOffset(reader.read(index, A, offset, 300));
            }

            assertTrue(
                    store.reads <= objectBytes / 512 + 1,
                    "reads=" + store.reads + " objectBytes=" + objectBytes);
        }

        @Test
        void isAskedForTheNextBlockAhead() {
            for (int i = 0; i < 100; i++) {
                wal.append(SLOT, A, i);
            }
            upload();
            List<Runnable> ahead = new ArrayList<>();
            HistoryReader reader =
                    new HistoryReader(store, new HistoryLimits(1_000, 1 << 20, 4, 4), ahead::add);

            reader.read(index, A, 0, 300);
            assertEquals(1, store.reads);
            assertEquals(1, ahead.size());
            ahead.getFirst().run();

            assertEquals(List.of(0L, 1_000L), store.positions);
        }

        @Test
        void isAskedForNoMoreAheadThanTheLimit() {
            for (int i = 0; i < 300; i++) {
                wal.append(SLOT, A, i);
            }
            upload();
            List<Runnable> ahead = new ArrayList<>();
            HistoryReader reader =
                    new HistoryReader(store, new HistoryLimits(500, 1 << 20, 4, 2), ahead::add);

            for (long offset = 0; offset < 300; offset += 10) {
                reader.read(index, A, offset, 100);
            }

            assertEquals(2, ahead.size());
        }

        @Test
        void isAskedOnceByReadersWhoComeAtTheSameTime() throws Exception {
            ByteBuffer batch = wal.append(SLOT, A, 1);
            upload();
            HistoryReader reader = reader(1 << 20);
            store.hold();
            List<ByteBuffer> answers = Collections.synchronizedList(new ArrayList<>());
            List<Thread> readers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                readers.add(
                        Thread.startVirtualThread(
                                () -> answers.add(join(reader.read(index, A, 0, 1)))));
            }
            store.awaitHeld();
            for (Thread each : readers) {
                while (each.getState() != Thread.State.WAITING) {
                    Thread.onSpinWait();
                }
            }
            store.release();
            for (Thread each : readers) {
                each.join();
            }

            assertEquals(Collections.nCopies(8, batch), answers);
            assertEquals(1, store.reads);
        }

        @Test
        void thatIsOutOfReachFailsTheReadButNotTheNextOne() {
            ByteBuffer batch = wal.append(SLOT, A, 1);
            upload();
            HistoryReader reader = reader(64);
            store.memory.faults((call, key) -> ObjectFaults.Fate.FAIL_BEFORE);

            assertError(
                    Kind.UNAVAILABLE,
                    "object-store-unavailable",
                    () -> reader.read(index, A, 0, 1));
            store.memory.faults(ObjectFaults.none());

            assertEquals(batch, join(reader.read(index, A, 0, 1)));
        }
    }

    @Nested
    class Damage {
        @Test
        void onTheWayIsReadAgainAndNeverSeen() {
            ByteBuffer batch = wal.append(SLOT, A, 1, 2);
            upload();
            store.damageNext = 70;

            assertEquals(batch, join(reader(1 << 20).read(index, A, 0, 1)));
            assertEquals(2, store.reads);
        }

        @Test
        void inTheStoreIsAnError() {
            wal.append(SLOT, A, 1, 2);
            String key = upload().getFirst().key();
            store.memory.corrupt(key, 65);

            assertError(Kind.DATA, "corrupt-object", () -> reader(64).read(index, A, 0, 1));
        }

        @Test
        void ofAnOffsetWhichNoBatchChecksumCoversIsAnErrorToo() {
            wal.append(SLOT, A, 1);
            wal.append(SLOT, A, new long[300]);
            String key = upload().getFirst().key();
            // Offset 0 becomes 255, which lies in the extent as well.
            store.memory.corrupt(key, 7);

            assertError(Kind.DATA, "corrupt-object", () -> reader(64).read(index, A, 0, 1));
        }

        @Test
        void byALostObjectIsAnErrorAndNothingIsSkipped() {
            wal.append(SLOT, A, 1);
            String lost = upload().getFirst().key();
            wal.append(SLOT, A, 2);
            upload();
            store.memory.lose(lost);

            assertError(Kind.DATA, "missing-object", () -> reader(64).read(index, A, 0, 10_000));
        }

        @Test
        void byATruncatedObjectIsAnError() {
            wal.append(SLOT, A, 1);
            String cut = upload().getFirst().key();
            store.memory.truncate(cut, 60);

            assertError(Kind.DATA, "short-object", () -> reader(64).read(index, A, 0, 1));
        }
    }

    @Test
    void anOffsetIsFoundByTimestamp() {
        wal.append(SLOT, A, 10, 20, 30);
        upload();
        wal.append(SLOT, A, 40);
        wal.append(SLOT, A, 60, 50, 70);
        upload();

        assertEquals(OptionalLong.of(0), at(5));
        assertEquals(OptionalLong.of(1), at(11));
        assertEquals(OptionalLong.of(3), at(31));
        assertEquals(OptionalLong.of(4), at(50));
        assertEquals(OptionalLong.of(6), at(61));
        assertEquals(OptionalLong.empty(), at(71));
        index = index.startingAt(A, 2);
        assertEquals(OptionalLong.of(2), at(5));
        assertEquals(OptionalLong.empty(), reader(64).offsetAt(index, B, 0));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6})
    void whateverWasWrittenIsReadInWholeFromAnyOffset(long seed) {
        var random = new Random(seed);
        List<List<ByteBuffer>> written = List.of(new ArrayList<>(), new ArrayList<>());
        List<PartitionId> partitions = List.of(A, B);
        for (int i = 0; i < 200; i++) {
            int which = random.nextInt(2);
            written.get(which)
                    .add(wal.append(SLOT, partitions.get(which), new long[1 + random.nextInt(5)]));
            if (random.nextInt(20) == 0) {
                upload();
            }
        }
        upload();
        HistoryReader reader =
                new HistoryReader(
                        store,
                        new HistoryLimits(50 + random.nextInt(2_000), random.nextInt(20_000), 4, 4),
                        Runnable::run);

        for (int round = 0; round < 60; round++) {
            int which = random.nextInt(2);
            PartitionId partition = partitions.get(which);
            long offset = random.nextLong(index.nextOffset(partition));
            List<ByteBuffer> expected =
                    written.get(which).stream()
                            .filter(batch -> RecordBatch.nextOffset(batch, 0) > offset)
                            .toList();
            List<ByteBuffer> found = new ArrayList<>();
            long next = offset;
            while (next < index.nextOffset(partition)) {
                List<ByteBuffer> batches =
                        reader.read(index, partition, next, 1 + random.nextInt(2_000));
                found.addAll(batches);
                next = nextOffset(batches);
            }
            assertEquals(join(expected), join(found), "seed=" + seed + " offset=" + offset);
        }
        assertTrue(written.getFirst().size() > 50, "the run wrote something: seed=" + seed);
    }

    private OptionalLong at(long timestampMs) {
        return reader(64).offsetAt(index, A, timestampMs);
    }

    private HistoryReader reader(int blockBytes) {
        return new HistoryReader(
                store, new HistoryLimits(blockBytes, 1 << 20, 4, 0), NO_READ_AHEAD);
    }

    private List<WalObject> upload() {
        List<WalObject> objects = wal.upload();
        for (WalObject each : objects) {
            int length = (int) (each.lengthBytes() - each.footerAt());
            ByteBuffer footer = store.memory.read(each.key(), each.footerAt(), length);
            index =
                    index.plus(
                            each.key(), each.lengthBytes(), SegmentFooter.read(footer).extents());
        }
        return objects;
    }

    private static long nextOffset(List<ByteBuffer> batches) {
        long next = -1;
        for (ByteBuffer each : batches) {
            for (int at = 0; at < each.remaining(); at += RecordBatch.sizeBytes(each, at)) {
                next = RecordBatch.nextOffset(each, at);
            }
        }
        assertTrue(next > 0, "a read moves on: next=" + next);
        return next;
    }

    private static ByteBuffer join(ByteBuffer... parts) {
        return join(List.of(parts));
    }

    private static ByteBuffer join(List<ByteBuffer> parts) {
        ByteBuffer all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }

    private static void assertError(
            Kind kind, String code, org.junit.jupiter.api.function.Executable call) {
        var error = assertThrows(SluiceException.class, call);
        assertEquals(code, error.code());
        assertEquals(kind, error.kind());
    }
}
