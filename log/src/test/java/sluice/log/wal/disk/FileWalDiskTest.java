package sluice.log.wal.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;
import sluice.log.wal.WalDiskContract;

class FileWalDiskTest extends WalDiskContract {

    @TempDir Path folder;

    @Override
    protected WalDisk open() throws IOException {
        return openAgain("cluster-1");
    }

    @Override
    protected WalDisk reopen(WalDisk before) throws IOException {
        before.close();
        return openAgain("cluster-1");
    }

    private FileWalDisk openAgain(String clusterId) throws IOException {
        return FileWalDisk.open(
                folder.resolve("disk"), clusterId, () -> DISK, new DiskLimits(2, 4));
    }

    private Path disk() {
        return folder.resolve("disk");
    }

    private FileWalDisk another(String name) throws IOException {
        return FileWalDisk.open(
                folder.resolve(name), "cluster-1", () -> DISK, new DiskLimits(2, 4));
    }

    @Test
    void aSecondUserOfTheFolderIsToldSo() {
        SluiceException refused = assertThrows(SluiceException.class, () -> openAgain("cluster-1"));

        assertEquals(Kind.CONFLICT, refused.kind());
        assertEquals("disk-in-use", refused.code());
    }

    @Test
    void aSecondProcessIsToldSo() throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OpensADisk.class.getName(),
                                disk().toString())
                        .redirectErrorStream(true)
                        .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(20, TimeUnit.SECONDS));

        assertTrue(output.contains("refused: disk-in-use"), output);
    }

    /** A second process. */
    static final class OpensADisk {
        public static void main(String[] args) throws IOException {
            try {
                FileWalDisk.open(Path.of(args[0]), "cluster-1", () -> DISK, DiskLimits.DEFAULT);
            } catch (SluiceException e) {
                System.out.println("refused: " + e.code());
            }
        }
    }

    @Test
    void aDiskOfAnotherClusterIsRefused() throws IOException {
        another("other").close();

        SluiceException refused =
                assertThrows(
                        SluiceException.class,
                        () ->
                                FileWalDisk.open(
                                        folder.resolve("other"),
                                        "cluster-2",
                                        () -> DISK,
                                        DiskLimits.DEFAULT));

        assertEquals("disk-of-another-cluster", refused.code());
        assertTrue(refused.toString().contains("actualClusterId=cluster-1"));
    }

    @Test
    void f7SegmentsWithoutASuperblockAreRefusedAndLeftAsTheyAre() throws IOException {
        WalDisk other = another("other");
        other.create(FIRST);
        other.close();
        Files.delete(folder.resolve("other/superblock"));

        for (int attempt = 0; attempt < 2; attempt++) {
            SluiceException refused = assertThrows(SluiceException.class, () -> another("other"));
            assertEquals("disk-superblock-missing", refused.code());
            assertEquals(Kind.DATA, refused.kind());
        }
        assertFalse(Files.exists(folder.resolve("other/superblock")));
    }

    @Test
    void f7ASuperblockWithAnySingleBitFlippedIsRefused() throws IOException {
        another("other").close();
        Path file = folder.resolve("other/superblock");
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, flipped);

            SluiceException refused =
                    assertThrows(SluiceException.class, () -> another("other"), "bit=" + bit);
            assertEquals("disk-superblock-damaged", refused.code());
        }
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            assertThrows(SluiceException.class, () -> another("other"), "length=" + length);
        }
        Files.write(file, whole);
        another("other").close();
    }

    @Test
    void f7OfTheAgeOneRecordMayBeTornAndNeverMore() throws IOException {
        FileWalDisk other = another("other");
        for (long age = 1; age <= 3; age++) {
            var done = new CompletableFuture<@Nullable IOException>();
            other.grow(age, done::complete);
            assertNull(done.orTimeout(20, TimeUnit.SECONDS).join());
        }
        other.close();
        Path file = folder.resolve("other/age");
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < 34 * 8; bit++) {
            byte[] older = whole.clone();
            older[bit / 8] ^= (byte) (1 << (bit % 8));
            assertEquals(3, ageOf(file, older), "the last one is whole: bit=" + bit);
            byte[] last = whole.clone();
            last[4096 + bit / 8] ^= (byte) (1 << (bit % 8));
            assertEquals(2, ageOf(file, last), "the one before it is whole: bit=" + bit);
        }
        assertEquals(2, ageOf(file, Arrays.copyOf(whole, 4096 + 33)));

        Files.write(file, new byte[whole.length]);
        SluiceException refused = assertThrows(SluiceException.class, () -> another("other"));
        assertEquals("disk-age-damaged", refused.code());
        assertEquals(Kind.DATA, refused.kind());
    }

    @Test
    void f4ADiskThatLostItsAgeIsANewOneToThoseWhoKnewIt() throws IOException {
        FileWalDisk other = another("other");
        var done = new CompletableFuture<@Nullable IOException>();
        other.grow(7, done::complete);
        assertNull(done.orTimeout(20, TimeUnit.SECONDS).join());
        other.close();
        Files.delete(folder.resolve("other/age"));

        FileWalDisk found = another("other");

        assertEquals(0, found.age());
        found.close();
    }

    private long ageOf(Path file, byte[] bytes) throws IOException {
        Files.write(file, bytes);
        FileWalDisk opened = another("other");
        long age = opened.age();
        opened.close();
        return age;
    }

    @Test
    void f7ASuperblockWhoseSegmentsAreGoneIsRefused() throws IOException {
        another("other").close();
        Files.delete(folder.resolve("other/wal"));

        SluiceException refused = assertThrows(SluiceException.class, () -> another("other"));

        assertEquals("disk-segments-missing", refused.code());
    }

    @Test
    void aFolderWhoseFirstUseBrokeOffIsTakenIntoUse() throws IOException {
        Files.createDirectories(folder.resolve("other/wal"));
        Files.write(folder.resolve("other/superblock.tmp"), new byte[7]);

        another("other").close();
    }

    @Test
    void f7ADamagedFenceIsNotTakenForNone() throws IOException {
        FileWalDisk other = another("other");
        other.writeFence(FIRST, 3);
        Path file = folder.resolve("other/wal/" + FIRST.wal() + "/00000000.fence");
        byte[] whole = Files.readAllBytes(file);
        for (int bit = 0; bit < whole.length * 8; bit++) {
            byte[] flipped = whole.clone();
            flipped[bit / 8] ^= (byte) (1 << (bit % 8));
            Files.write(file, flipped);
            assertThrows(IOException.class, () -> other.fence(FIRST), "bit=" + bit);
        }
        Files.write(file, new byte[0]);
        assertThrows(IOException.class, () -> other.fence(FIRST));
        assertThrows(IOException.class, () -> other.writeFence(FIRST, 4));
        Files.delete(file);
        assertThrows(IOException.class, () -> other.fence(FIRST));
        Files.write(file, whole);
        assertEquals(OptionalLong.of(3), other.fence(FIRST));
        other.close();
    }

    @Test
    void f8AFenceWhoseWritingFailedIsWrittenAgainAndNeverLowered() throws IOException {
        FileWalDisk other = another("other");
        other.writeFence(FIRST, 5);
        Path inTheWay = folder.resolve("other/wal/" + FIRST.wal() + "/00000000.fence.tmp");
        Files.createDirectory(inTheWay);
        assertThrows(IOException.class, () -> other.writeFence(FIRST, 6));
        assertEquals(OptionalLong.of(5), other.fence(FIRST));
        assertThrows(IOException.class, () -> other.writeFence(FIRST, 4), "not known durable");

        Files.delete(inTheWay);
        other.writeFence(FIRST, 4);

        assertEquals(OptionalLong.of(5), other.fence(FIRST));
        other.close();
    }

    @Test
    void aFenceOfAnotherSegmentIsDamageHere() throws IOException {
        FileWalDisk other = another("other");
        other.writeFence(FIRST, 3);
        other.writeFence(SECOND, 9);
        Path wal = folder.resolve("other/wal/" + FIRST.wal());
        Files.write(
                wal.resolve("00000000.fence"), Files.readAllBytes(wal.resolve("00000001.fence")));

        assertThrows(IOException.class, () -> other.fence(FIRST));
        other.close();
    }

    @Test
    void aFenceLeftUnfinishedByACrashIsNone() throws IOException {
        another("other").close();
        Path wal = folder.resolve("other/wal/" + FIRST.wal());
        Files.createDirectories(wal);
        Files.write(wal.resolve("00000000.fence.tmp"), new byte[10]);

        FileWalDisk other = another("other");

        assertEquals(OptionalLong.empty(), other.fence(FIRST));
        other.create(FIRST);
        other.close();
    }

    @Test
    void theBytesOfTheSuperblockAndOfAFenceArePinned() throws IOException {
        FileWalDisk other = another("other");
        other.writeFence(SECOND, 0x0102030405060708L);
        other.close();

        assertArrayEquals(
                HexFormat.of()
                        .parseHex(
                                "534c5549434557440001"
                                        + "00000000000000010000000000000001"
                                        + "0009"
                                        + "636c75737465722d31"
                                        + "44716fce"),
                Files.readAllBytes(folder.resolve("other/superblock")));
        assertArrayEquals(
                HexFormat.of()
                        .parseHex(
                                "534c464e0001"
                                        + "00000000000000070000000000000007"
                                        + "00000001"
                                        + "0102030405060708"
                                        + "31f8608c"),
                Files.readAllBytes(folder.resolve("other/wal/" + FIRST.wal() + "/00000001.fence")));
    }

    @Test
    void onlyABoundedNumberOfFilesStaysOpen() throws IOException {
        FileWalDisk other = another("other");
        for (int i = 0; i < 50; i++) {
            var segment = new SegmentId(FIRST.wal(), i);
            other.create(segment);
            other.write(segment, 0, bytes("text-" + i));
            sync(other, segment);
        }
        for (int i = 0; i < 50; i++) {
            assertEquals("text-" + i, textOf(other, new SegmentId(FIRST.wal(), i)));
        }

        assertTrue(other.openFiles() <= 4, "open: " + other.openFiles());
        other.close();
    }

    @Test
    void anInterruptedReaderDisturbsNobody() throws Exception {
        FileWalDisk other = another("other");
        other.create(FIRST);
        other.write(FIRST, 0, bytes("text"));
        Thread reader =
                Thread.ofPlatform()
                        .start(() -> {
                            Thread.currentThread().interrupt();
                            assertThrows(
                                    IOException.class,
                                    () -> other.read(FIRST, 0, ByteBuffer.allocate(4)));
                        });
        reader.join();

        assertEquals("text", textOf(other, FIRST));
        other.write(FIRST, 4, bytes("more"));
        sync(other, FIRST);
        assertEquals("textmore", textOf(other, FIRST));
        other.close();
    }

    @Test
    void filesOfOthersAreLeftAlone() throws IOException {
        another("other").close();
        Path wals = folder.resolve("other/wal");
        Files.createDirectories(wals.resolve("lost+found"));
        Files.createDirectories(wals.resolve(new UUID(5, 5).toString()));
        Files.write(wals.resolve(new UUID(5, 5) + "/readme"), new byte[3]);

        FileWalDisk other = another("other");

        assertTrue(other.list().isEmpty());
        assertTrue(Files.exists(wals.resolve(new UUID(5, 5) + "/readme")));
        other.close();
    }
}
