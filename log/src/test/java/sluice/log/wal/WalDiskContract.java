package sluice.log.wal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import sluice.log.Eventually;

/** What every disk keeps. */
public abstract class WalDiskContract {

    protected static final UUID DISK = new UUID(1, 1);
    protected static final SegmentId FIRST = new SegmentId(new UUID(7, 7), 0);
    protected static final SegmentId SECOND = new SegmentId(new UUID(7, 7), 1);
    protected static final SegmentId OF_ANOTHER_WAL = new SegmentId(new UUID(7, 8), 0);

    private WalDisk disk;

    /** An empty disk with the id {@link #DISK}. */
    protected abstract WalDisk open() throws IOException;

    /** Ends the process that used the disk and gives the disk to the next. */
    protected abstract WalDisk reopen(WalDisk before) throws IOException;

    @BeforeEach
    void openDisk() throws IOException {
        disk = open();
    }

    @AfterEach
    void closeDisk() throws IOException {
        disk.close();
    }

    @Test
    void theIdentityOutlivesTheProcess() throws IOException {
        disk = reopen(disk);

        assertEquals(DISK, disk.diskId());
    }

    @Test
    void whatWasWrittenIsReadableAtOnceAndAfterARestart() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("one"), bytes(""), bytes("two"));
        disk.write(FIRST, 6, bytes("three"));

        assertEquals("onetwothree", textOf(FIRST));
        assertEquals(11, disk.length(FIRST));
        sync(FIRST);
        disk = reopen(disk);
        assertEquals("onetwothree", textOf(FIRST));
        assertEquals(11, disk.length(FIRST));
    }

    @Test
    void writingConsumesTheBuffersAndOnlyWhatRemainsInThem() throws IOException {
        disk.create(FIRST);
        ByteBuffer part = bytes("xxkeptxx").position(2).limit(6);

        disk.write(FIRST, 0, part);

        assertFalse(part.hasRemaining());
        assertEquals("kept", textOf(FIRST));
    }

    @Test
    void directBuffersAndLargeWritesArriveWhole() throws IOException {
        disk.create(FIRST);
        ByteBuffer large = ByteBuffer.allocateDirect(3 << 20);
        for (int i = 0; large.hasRemaining(); i++) {
            large.put((byte) (i * 31));
        }
        disk.write(FIRST, 0, large.flip().duplicate(), large.duplicate());

        ByteBuffer into = ByteBuffer.allocate(6 << 20);
        assertEquals(6 << 20, disk.read(FIRST, 0, into));
        assertEquals(large, into.flip().slice(3 << 20, 3 << 20));
    }

    @Test
    void bytesCanBeOverwrittenInPlace() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("abcdef"));
        disk.write(FIRST, 2, bytes("XY"));

        assertEquals("abXYef", textOf(FIRST));
        assertEquals(6, disk.usedBytes());
    }

    @Test
    void aReadStopsAtTheEndAndBeyondItIsMinusOne() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("abcdef"));
        ByteBuffer into = ByteBuffer.allocate(10).limit(3);

        assertEquals(3, disk.read(FIRST, 1, into));
        into.limit(10);
        assertEquals(2, disk.read(FIRST, 4, into));
        assertEquals("bcdef", StandardCharsets.UTF_8.decode(into.flip()).toString());
        assertEquals(-1, disk.read(FIRST, 6, ByteBuffer.allocate(1)));
        assertEquals(-1, disk.read(FIRST, 600, ByteBuffer.allocate(1)));
    }

    @Test
    void aSegmentIsCreatedOnce() throws IOException {
        assertFalse(disk.exists(FIRST));
        disk.create(FIRST);

        assertTrue(disk.exists(FIRST));
        assertThrows(IOException.class, () -> disk.create(FIRST));
        disk.write(FIRST, 0, bytes("still"));
        assertEquals("still", textOf(FIRST));
    }

    @Test
    void aSegmentIsCreatedWithItsFirstBytes() throws IOException {
        disk.create(FIRST, bytes("he"), bytes("ad"));

        assertEquals("head", textOf(FIRST));
        assertEquals(4, disk.usedBytes());
        disk.write(FIRST, 4, bytes("er"));
        disk = reopen(disk);
        assertEquals("header", textOf(FIRST));
        assertEquals(6, disk.usedBytes());
    }

    @Test
    void whatDoesNotExistCannotBeUsed() {
        assertThrows(IOException.class, () -> disk.write(FIRST, 0, bytes("x")));
        assertThrows(IOException.class, () -> disk.read(FIRST, 0, ByteBuffer.allocate(1)));
        assertThrows(IOException.class, () -> disk.length(FIRST));
        assertThrows(IOException.class, () -> disk.truncate(FIRST, 0));
        assertThrows(IOException.class, () -> sync(FIRST));
    }

    @Test
    void syncsOfOneSegmentAreEachAnsweredOnce() throws IOException {
        disk.create(FIRST);
        List<Integer> answered = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < 20; i++) {
            int number = i;
            disk.write(FIRST, i, bytes("x"));
            disk.sync(
                    FIRST,
                    failure -> {
                        assertNull(failure);
                        answered.add(number);
                    });
        }

        Eventually.holds(() -> answered.size() >= 20);
        assertEquals(20, List.copyOf(answered).size());
        assertEquals(answered.stream().sorted().toList(), answered);
    }

    @Test
    void syncsOfSeveralSegmentsAreAllAnswered() throws IOException {
        List<CompletableFuture<Void>> syncs = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            var segment = new SegmentId(FIRST.wal(), i);
            disk.create(segment);
            disk.write(segment, 0, bytes("x"));
            syncs.add(syncing(segment));
        }

        CompletableFuture.allOf(syncs.toArray(CompletableFuture[]::new))
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
    }

    @Test
    void aTruncatedSegmentEndsThereAndGoesOnFromThere() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("abcdef"));
        disk.truncate(FIRST, 2);

        assertEquals("ab", textOf(FIRST));
        assertEquals(2, disk.usedBytes());
        disk.write(FIRST, 2, bytes("X"));
        disk = reopen(disk);
        assertEquals("abX", textOf(FIRST));
    }

    @Test
    void truncatingBehindTheEndChangesNothing() throws IOException {
        disk.create(FIRST);
        disk.write(FIRST, 0, bytes("abc"));
        disk.truncate(FIRST, 100);

        assertEquals("abc", textOf(FIRST));
    }

    @Test
    void aFenceOutlivesTheProcessAndItsEpochOnlyGrows() throws IOException {
        disk.create(FIRST);
        assertEquals(OptionalLong.empty(), disk.fence(FIRST));
        disk.writeFence(FIRST, 5);
        disk.writeFence(FIRST, 4);
        assertEquals(OptionalLong.of(5), disk.fence(FIRST));
        disk.writeFence(FIRST, 5);
        disk.writeFence(FIRST, 6);

        disk = reopen(disk);

        assertEquals(OptionalLong.of(6), disk.fence(FIRST));
        assertEquals(OptionalLong.empty(), disk.fence(SECOND));
        disk.writeFence(FIRST, 1);
        assertEquals(OptionalLong.of(6), disk.fence(FIRST));
    }

    @Test
    void aSegmentFencedBeforeItExistedIsNeverCreated() throws IOException {
        disk.writeFence(FIRST, 1);

        assertThrows(IOException.class, () -> disk.create(FIRST));
        disk = reopen(disk);
        assertThrows(IOException.class, () -> disk.create(FIRST));
        assertFalse(disk.exists(FIRST));
        disk.create(SECOND);
    }

    @Test
    void theListHasAllThatHasAFileOrAFenceInOrder() throws IOException {
        assertEquals(List.of(), disk.list());
        disk.create(OF_ANOTHER_WAL);
        disk.create(SECOND);
        disk.writeFence(SECOND, 1);
        disk.writeFence(FIRST, 1);

        assertEquals(List.of(FIRST, SECOND, OF_ANOTHER_WAL), disk.list());
        disk = reopen(disk);
        assertEquals(List.of(FIRST, SECOND, OF_ANOTHER_WAL), disk.list());
    }

    @Test
    void aDeletedSegmentIsGoneWithItsBytesButItsFenceStays() throws IOException {
        disk.create(FIRST);
        disk.create(SECOND);
        disk.write(FIRST, 0, bytes("abc"));
        disk.write(SECOND, 0, bytes("defg"));
        disk.writeFence(FIRST, 1);
        assertEquals(7, disk.usedBytes());

        disk.delete(FIRST);
        disk.delete(FIRST);

        assertEquals(4, disk.usedBytes());
        disk = reopen(disk);
        assertFalse(disk.exists(FIRST));
        assertEquals(List.of(FIRST, SECOND), disk.list());
        assertEquals(OptionalLong.of(1), disk.fence(FIRST));
        assertEquals(4, disk.usedBytes());
        assertThrows(IOException.class, () -> disk.create(FIRST));
        disk.delete(SECOND);
        assertEquals(List.of(FIRST), disk.list());
        disk.create(SECOND);
        assertEquals(0, disk.length(SECOND));
    }

    @Test
    void aSyncInFlightEndsWellThoughItsSegmentIsDeleted() throws IOException {
        for (int round = 0; round < 20; round++) {
            disk.create(FIRST);
            disk.write(FIRST, 0, ByteBuffer.allocate(100_000));
            CompletableFuture<Void> first = syncing(FIRST);
            CompletableFuture<Void> second = syncing(FIRST);
            disk.delete(FIRST);

            first.orTimeout(20, TimeUnit.SECONDS).join();
            second.orTimeout(20, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void f4TheDiskGrowsOlderAndStaysSoAfterARestart() throws IOException {
        assertEquals(0, disk.age());
        for (long age = 1; age <= 5; age++) {
            grow(age);
            assertEquals(age, disk.age());
            for (int opening = 0; opening < 2; opening++) {
                disk = reopen(disk);
                assertEquals(age, disk.age());
            }
        }
        grow(1L << 40);
        disk = reopen(disk);
        assertEquals(1L << 40, disk.age());
    }

    @Test
    void thereIsRoomAndItIsTold() {
        assertTrue(disk.freeBytes() > 0);
        assertEquals(0, disk.usedBytes());
    }

    private String textOf(SegmentId segment) throws IOException {
        return textOf(disk, segment);
    }

    protected static String textOf(WalDisk disk, SegmentId segment) throws IOException {
        ByteBuffer into = ByteBuffer.allocate((int) disk.length(segment));
        disk.read(segment, 0, into);
        return StandardCharsets.UTF_8.decode(into.flip()).toString();
    }

    private CompletableFuture<Void> syncing(SegmentId segment) {
        return syncing(disk, segment);
    }

    protected static CompletableFuture<Void> syncing(WalDisk disk, SegmentId segment) {
        var done = new CompletableFuture<Void>();
        disk.sync(
                segment,
                failure -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(failure);
                    }
                });
        return done;
    }

    private void sync(SegmentId segment) throws IOException {
        sync(disk, segment);
    }

    private void grow(long age) {
        var done = new CompletableFuture<Void>();
        disk.grow(
                age,
                failure -> {
                    if (failure == null) {
                        done.complete(null);
                    } else {
                        done.completeExceptionally(failure);
                    }
                });
        done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    protected static void sync(WalDisk disk, SegmentId segment) throws IOException {
        try {
            syncing(disk, segment).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    protected static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
