package sluice.log.wal.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.log.wal.WalDisk;
import sluice.log.wal.WalDiskContract;
import sluice.log.wal.memory.MemoryWalDisk.Operation;

class MemoryWalDiskTest extends WalDiskContract {

    private final ArrayDeque<Runnable> syncEnds = new ArrayDeque<>();
    private final MemoryWalDisk disk = new MemoryWalDisk(DISK, syncEnds::add);

    @Override
    protected WalDisk open() {
        return new MemoryWalDisk(DISK, Runnable::run);
    }

    @Override
    protected WalDisk reopen(WalDisk before) {
        return ((MemoryWalDisk) before).reopen(Runnable::run);
    }

    @Test
    void aPowerCutDropsWhatNoSyncCovered() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("safe"));
        beginSync();
        endSync();
        disk.write(FIRST, 4, bytes("lost"));

        disk.powerCut();

        assertEquals("safe", textOf(disk, FIRST));
    }

    @Test
    void aCrashOfTheProcessAloneLosesNothingThatWasWritten() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("kept"));
        beginSync();

        MemoryWalDisk next = disk.reopen(Runnable::run);

        assertEquals("kept", textOf(next, FIRST));
        sync(next, FIRST);
        next.powerCut();
        assertEquals("kept", textOf(next, FIRST));
        assertThrows(IOException.class, () -> disk.write(FIRST, 4, bytes("of the dead")));
    }

    @Test
    void aSyncIsDoneOnlyWhenTheExecutorSaysSoAndCoversWhatWasWrittenBeforeIt() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("before"));
        CompletableFuture<Void> first = syncing(disk, FIRST);
        disk.write(FIRST, 6, bytes("during"));
        CompletableFuture<Void> second = syncing(disk, FIRST);
        assertFalse(first.isDone());

        endSync();
        assertTrue(first.isDone());
        assertFalse(second.isDone());
        disk.powerCut();

        assertEquals("before", textOf(disk, FIRST));
        endSync();
        assertFalse(second.isDone(), "a sync in flight at a power cut never ends");
    }

    @Test
    void ofAnUnsyncedTailAPowerCutMayLeaveAnything() throws IOException {
        var lengths = new TreeSet<Long>();
        int holes = 0;
        for (int seed = 0; seed < 200; seed++) {
            var torn = new MemoryWalDisk(DISK, Runnable::run);
            torn.create(FIRST);
            torn.write(FIRST, 0, filled(5_000, 'a'));
            sync(torn, FIRST);
            torn.write(FIRST, 5_000, filled(20_000, 'b'));

            torn.powerCut(new SplittableRandom(seed));

            String text = textOf(torn, FIRST);
            assertEquals("a".repeat(5_000), text.substring(0, 5_000), "seed=" + seed);
            assertTrue(text.substring(5_000).matches("[b\0]*"), "seed=" + seed);
            lengths.add(torn.length(FIRST));
            holes += text.contains("\0b") ? 1 : 0;
        }
        assertTrue(lengths.first() < 7_000 && lengths.last() > 23_000, "lengths: " + lengths);
        assertTrue(holes > 50, "zeroed pages before written ones: " + holes);
    }

    @Test
    void theSameSeedTearsTheSameWay() throws IOException {
        assertEquals(tornBy(3), tornBy(3));
        assertNotEquals(tornBy(3), tornBy(4));
    }

    private static String tornBy(long seed) throws IOException {
        var torn = new MemoryWalDisk(DISK, Runnable::run);
        torn.create(FIRST);
        torn.write(FIRST, 0, filled(50_000, 'b'));
        torn.powerCut(new SplittableRandom(seed));
        return textOf(torn, FIRST);
    }

    @Test
    void f8AFailedSyncIsNeverRepairedByALaterOne() throws IOException {
        disk.create(FIRST);
        disk.create(SECOND);
        disk.write(FIRST, 0, bytes("lost"));
        disk.failNext(Operation.SYNC);
        CompletableFuture<Void> failing = syncing(disk, FIRST);
        endSync();

        assertTrue(failing.isCompletedExceptionally());
        assertTrue(syncing(disk, FIRST).isCompletedExceptionally());
        assertThrows(IOException.class, () -> disk.write(FIRST, 4, bytes("more")));
        CompletableFuture<Void> other = syncing(disk, SECOND);
        endSync();
        assertFalse(other.isCompletedExceptionally());

        MemoryWalDisk next = disk.reopen(Runnable::run);
        assertEquals("lost", textOf(next, FIRST), "the page cache still has it");
        sync(next, FIRST);
        next.powerCut();
        assertEquals("", textOf(next, FIRST));
    }

    @Test
    void f8AWriteThatFailsIsThereInPart() throws IOException {
        disk.create(FIRST);
        disk.failNext(Operation.WRITE);

        assertThrows(IOException.class, () -> disk.write(FIRST, 0, bytes("abcdef")));

        assertEquals("abc", textOf(disk, FIRST));
        disk.write(FIRST, 0, bytes("again"));
    }

    @Test
    void f8AFullDiskTakesWhatFitsAndNoFence() throws IOException {
        disk.capacityBytes(4);
        disk.create(FIRST);

        assertThrows(IOException.class, () -> disk.write(FIRST, 0, bytes("ab"), bytes("cdef")));
        assertEquals("abcd", textOf(disk, FIRST));
        assertEquals(0, disk.freeBytes());
        assertThrows(IOException.class, () -> disk.writeFence(FIRST, 1));
        assertEquals(OptionalLong.empty(), disk.fence(FIRST));

        disk.capacityBytes(8);
        disk.writeFence(FIRST, 1);
    }

    @Test
    void f8AFenceThatFailsIsNotThere() throws IOException {
        disk.failNext(Operation.FENCE);

        assertThrows(IOException.class, () -> disk.writeFence(FIRST, 1));

        assertEquals(OptionalLong.empty(), disk.fence(FIRST));
        disk.writeFence(FIRST, 1);
    }

    @Test
    void failuresThatWereAskedForEndWithTheFaults() throws IOException {
        disk.failNext(Operation.CREATE);
        disk.failNext(Operation.FENCE);

        disk.failNoMore();

        disk.create(FIRST);
        disk.writeFence(FIRST, 1);
    }

    @Test
    void f3AWipedDiskIsAnotherDisk() throws IOException {
        disk.create(FIRST);

        disk.wipe(new UUID(2, 2));

        assertEquals(new UUID(2, 2), disk.diskId());
        assertEquals(List.of(), disk.list());
    }

    @Test
    void f4AnOlderSnapshotHasTheSameIdentityAndNothingOfWhatCameLater() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("old"));
        MemoryWalDisk snapshot = disk.snapshot(Runnable::run);
        disk.write(FIRST, 3, bytes("new"));

        assertEquals(DISK, snapshot.diskId());
        assertEquals("old", textOf(snapshot, FIRST));
        assertEquals("oldnew", textOf(disk, FIRST));
    }

    @Test
    void f5AFlippedBitIsReadAndOutlivesAPowerCut() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("abc"));
        beginSync();
        endSync();

        disk.flipBit(FIRST, 1, 0);
        disk.powerCut();

        assertEquals("acc", textOf(disk, FIRST));
    }

    @Test
    void f7ADamagedFenceIsNotTakenForNone() throws IOException {
        disk.writeFence(FIRST, 1);

        disk.damageFence(FIRST);

        assertThrows(IOException.class, () -> disk.fence(FIRST));
        assertThrows(IOException.class, () -> disk.writeFence(FIRST, 2));
    }

    @Test
    void aTruncationDuringASyncStaysTruncated() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("abcdef"));
        beginSync();
        disk.truncate(FIRST, 2);
        endSync();

        disk.powerCut();

        assertEquals("ab", textOf(disk, FIRST));
    }

    private void beginSync() {
        disk.sync(FIRST, failure -> {});
    }

    private void endSync() {
        Runnable end = syncEnds.poll();
        if (end != null) {
            end.run();
        }
    }

    private static ByteBuffer filled(int length, char with) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) with);
        return ByteBuffer.wrap(bytes);
    }

    @Test
    void theFirstBytesOfASegmentOutliveAPowerCut() throws IOException {
        disk.create(FIRST, bytes("head"));
        disk.write(FIRST, 4, bytes("er"));
        disk.powerCut();

        assertEquals("head", textOf(disk, FIRST));
    }
}
