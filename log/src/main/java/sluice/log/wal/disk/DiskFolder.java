package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.wal.SegmentId;

/**
 * The folder of one gateway's disk:
 *
 * <pre>
 *   superblock                     whose disk this is, see {@link Superblock}
 *   lock                           locked by the process that uses the disk
 *   age                            how old the disk is, see {@link AgeFile}
 *   wal/&lt;wal id&gt;/&lt;index&gt;.seg       a segment; the index has at least 8 digits
 *   wal/&lt;wal id&gt;/&lt;index&gt;.fence     its fence, see {@link FenceFile}
 * </pre>
 *
 * <p>The folder {@code wal} is made before the superblock, so a superblock without it is a disk
 * that lost its segments, and is refused as one with segments and no superblock is.
 */
final class DiskFolder implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(DiskFolder.class);
    private static final Pattern FILE_NAME = Pattern.compile("(\\d{8,10})\\.(seg|fence)");

    private final Path wals;

    /** Found once: to find it, the JDK reads the table of all mounts. */
    private final FileStore store;

    private final FileChannel lock;
    private final Superblock superblock;
    private final AgeFile age;

    /** The folders of wals whose names are known to be durable. */
    private final Set<UUID> durableWals = new HashSet<>();

    private DiskFolder(
            Path wals, FileStore store, FileChannel lock, Superblock superblock, AgeFile age) {
        this.wals = wals;
        this.store = store;
        this.lock = lock;
        this.superblock = superblock;
        this.age = age;
    }

    static DiskFolder open(Path folder, String clusterId, Supplier<UUID> newDiskId)
            throws IOException {
        DurableFiles.createFolder(folder);
        FileChannel lock = lock(folder);
        try {
            Path wals = folder.resolve("wal");
            Path file = folder.resolve("superblock");
            Superblock superblock =
                    Files.exists(file)
                            ? readSuperblock(file, wals, clusterId)
                            : firstUse(
                                    folder, file, wals, new Superblock(newDiskId.get(), clusterId));
            // Who wrote these names may have died before they were durable.
            DurableFiles.syncFolder(folder);
            AgeFile age = AgeFile.open(folder.resolve("age"), superblock.diskId());
            return new DiskFolder(wals, Files.getFileStore(wals), lock, superblock, age);
        } catch (IOException | RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    private static FileChannel lock(Path folder) throws IOException {
        FileChannel lock =
                FileChannel.open(
                        folder.resolve("lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
        boolean locked = false;
        try {
            locked = lock.tryLock() != null;
        } catch (OverlappingFileLockException e) {
            // This very process has it.
            LOGGER.atDebug().addKeyValue("folder", folder).setCause(e).log("disk opened twice");
        } finally {
            if (!locked) {
                lock.close();
            }
        }
        if (!locked) {
            throw new SluiceException(
                    Kind.CONFLICT,
                    "disk-in-use",
                    "another process uses this disk folder; give each gateway a folder of its own:"
                            + " folder="
                            + folder);
        }
        return lock;
    }

    private static Superblock readSuperblock(Path file, Path wals, String clusterId)
            throws IOException {
        Optional<Superblock> read =
                Superblock.decode(DurableFiles.read(file, Superblock.BYTES_MAX));
        if (read.isEmpty()) {
            throw refused(
                    "disk-superblock-damaged",
                    "the superblock of this disk is damaged; bring it back or, if the disk's"
                            + " segments are not needed, use another folder: file="
                            + file);
        }
        Superblock superblock = read.get();
        if (!superblock.clusterId().equals(clusterId)) {
            throw new SluiceException(
                    Kind.INVALID,
                    "disk-of-another-cluster",
                    "this disk belongs to another cluster; correct the cluster id or use another"
                            + " folder: expectedClusterId="
                            + clusterId
                            + " actualClusterId="
                            + superblock.clusterId()
                            + " file="
                            + file);
        }
        if (!Files.isDirectory(wals)) {
            throw refused(
                    "disk-segments-missing",
                    "this disk has a superblock, but its folder of segments is gone; bring it back"
                            + " or use another folder: missing="
                            + wals);
        }
        return superblock;
    }

    private static Superblock firstUse(Path folder, Path file, Path wals, Superblock superblock)
            throws IOException {
        if (Files.isDirectory(wals) && !namesIn(wals).isEmpty()) {
            throw refused(
                    "disk-superblock-missing",
                    "this disk has segments, but no superblock says whose they are; bring it back"
                            + " or, if the segments are not needed, use another folder: folder="
                            + folder);
        }
        DurableFiles.createFolder(wals);
        DurableFiles.write(file, superblock.encode());
        LOGGER.atInfo()
                .addKeyValue("disk", superblock.diskId())
                .addKeyValue("clusterId", superblock.clusterId())
                .addKeyValue("folder", folder)
                .log("disk taken into use");
        return superblock;
    }

    private static SluiceException refused(String code, String message) {
        return new SluiceException(Kind.DATA, code, message);
    }

    UUID diskId() {
        return superblock.diskId();
    }

    /** Sees to it that the wal has a folder, durable on return. */
    void createWalFolder(UUID wal) throws IOException {
        if (!durableWals.contains(wal)) {
            DurableFiles.createFolder(walFolder(wal));
            DurableFiles.syncFolder(wals);
            durableWals.add(wal);
        }
    }

    void deleteWalFolderIfEmpty(UUID wal) throws IOException {
        Path folder = walFolder(wal);
        if (Files.isDirectory(folder) && namesIn(folder).isEmpty()) {
            durableWals.remove(wal);
            Files.delete(folder);
            DurableFiles.syncFolder(wals);
        }
    }

    Path walFolder(UUID wal) {
        return wals.resolve(wal.toString());
    }

    Path segmentFile(SegmentId segment) {
        return walFolder(segment.wal()).resolve("%08d.seg".formatted(segment.index()));
    }

    Path fenceFile(SegmentId segment) {
        return walFolder(segment.wal()).resolve("%08d.fence".formatted(segment.index()));
    }

    long freeBytes() throws IOException {
        return store.getUsableSpace();
    }

    /** Told of each file found, and whether it is a segment or a fence. */
    interface Found {
        void segment(SegmentId segment, Path file) throws IOException;

        void fence(SegmentId segment);
    }

    /**
     * Tells what is there. All names that were told are durable on return, also those of a process
     * that died before it could see to that.
     */
    void scan(Found found) throws IOException {
        DurableFiles.syncFolder(wals);
        for (Path folder : namesIn(wals)) {
            Optional<UUID> wal = walOf(folder);
            if (wal.isEmpty() || !Files.isDirectory(folder)) {
                warnOf(folder);
                continue;
            }
            DurableFiles.syncFolder(folder);
            durableWals.add(wal.get());
            for (Path file : namesIn(folder)) {
                scanFile(wal.get(), file, found);
            }
        }
    }

    private static void scanFile(UUID wal, Path file, Found found) throws IOException {
        String name = String.valueOf(file.getFileName());
        if (name.endsWith(DurableFiles.UNFINISHED)) {
            Files.delete(file);
            return;
        }
        Matcher matcher = FILE_NAME.matcher(name);
        if (!matcher.matches() || Long.parseLong(matcher.group(1)) > Integer.MAX_VALUE) {
            warnOf(file);
            return;
        }
        var segment = new SegmentId(wal, Integer.parseInt(matcher.group(1)));
        if ("seg".equals(matcher.group(2))) {
            found.segment(segment, file);
        } else {
            found.fence(segment);
        }
    }

    private static Optional<UUID> walOf(Path folder) {
        String name = String.valueOf(folder.getFileName());
        try {
            UUID wal = UUID.fromString(name);
            return wal.toString().equals(name) ? Optional.of(wal) : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static void warnOf(Path path) {
        LOGGER.atWarn().addKeyValue("path", path).log("not a file of ours; it is left alone");
    }

    private static List<Path> namesIn(Path folder) throws IOException {
        try (Stream<Path> names = Files.list(folder)) {
            return names.sorted().toList();
        }
    }

    AgeFile ageFile() {
        return age;
    }

    @Override
    public void close() throws IOException {
        try (lock) {
            age.close();
        }
    }
}
