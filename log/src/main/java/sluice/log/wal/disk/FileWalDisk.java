package sluice.log.wal.disk;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;

/**
 * Segments as files in one folder; {@code docs/formats/disk.md} tells the layout.
 *
 * <p>The process holds the folder's lock, so what is in it is known from one scan at the start.
 * Syncs run on a few threads of the disk's own: one at a time for a segment, several segments side
 * by side.
 */
public final class FileWalDisk implements WalDisk {

    private final DiskFolder folder;
    private final OpenFiles files;
    private final ExecutorService syncThreads;
    private final Map<SegmentId, SegmentFile> segments = new ConcurrentHashMap<>();
    private final Map<SegmentId, Fence> fences = new ConcurrentHashMap<>();
    private final AtomicLong usedBytes = new AtomicLong();

    /** What is known of a fence file without reading it. */
    private enum Fence {
        DURABLE,
        /** Writing it broke off: it may be there, and may be gone after a power cut. */
        DOUBTFUL
    }

    private FileWalDisk(DiskFolder folder, DiskLimits limits) {
        this.folder = folder;
        this.files = new OpenFiles(limits.openFilesMax(), OpenFiles::openOnDisk);
        this.syncThreads =
                Executors.newFixedThreadPool(
                        limits.syncThreads(),
                        Thread.ofPlatform().daemon().name("sluice-sync-", 0).factory());
    }

    /**
     * Opens the disk in a folder, or takes an empty one into use. The caller owns what is returned.
     *
     * @param newDiskId asked for an identity if the folder is used for the first time
     * @throws sluice.log.SluiceException CONFLICT {@code disk-in-use}; DATA {@code
     *     disk-superblock-missing}, {@code disk-superblock-damaged} or {@code
     *     disk-segments-missing}; INVALID {@code disk-of-another-cluster}. The folder was not
     *     changed.
     */
    public static FileWalDisk open(
            Path folder, String clusterId, Supplier<UUID> newDiskId, DiskLimits limits)
            throws IOException {
        var opened = DiskFolder.open(folder, clusterId, newDiskId);
        var disk = new FileWalDisk(opened, limits);
        try {
            disk.scan();
            return disk;
        } catch (IOException | RuntimeException e) {
            disk.close();
            throw e;
        }
    }

    private void scan() throws IOException {
        folder.scan(
                new DiskFolder.Found() {
                    @Override
                    public void segment(SegmentId segment, Path file) throws IOException {
                        long length = Files.size(file);
                        segments.put(segment, new SegmentFile(segment, file, length, files));
                        usedBytes.addAndGet(length);
                    }

                    @Override
                    public void fence(SegmentId segment) {
                        fences.put(segment, Fence.DURABLE);
                    }
                });
    }

    @Override
    public UUID diskId() {
        return folder.diskId();
    }

    @Override
    public void create(SegmentId segment, ByteBuffer... first) throws IOException {
        if (segments.containsKey(segment)) {
            throw new IOException("the segment exists already: segment=" + segment);
        }
        if (fences.containsKey(segment)) {
            throw new IOException("a fenced segment is never created: segment=" + segment);
        }
        folder.createWalFolder(segment.wal());
        Path file = folder.segmentFile(segment);
        long length = 0;
        for (ByteBuffer part : first) {
            length += part.remaining();
        }
        DurableFiles.write(file, first);
        segments.put(segment, new SegmentFile(segment, file, length, files));
        usedBytes.addAndGet(length);
    }

    @Override
    public void write(SegmentId segment, long position, ByteBuffer... bytes) throws IOException {
        SegmentFile file = existing(segment);
        long before = file.length();
        try {
            file.write(position, bytes);
        } finally {
            usedBytes.addAndGet(file.length() - before);
        }
    }

    @Override
    public void sync(SegmentId segment, SyncDone done) {
        SegmentFile file = segments.get(segment);
        if (file == null) {
            done.done(missing(segment));
        } else {
            file.sync(done, syncThreads);
        }
    }

    @Override
    public int read(SegmentId segment, long position, ByteBuffer into) throws IOException {
        return existing(segment).read(position, into);
    }

    @Override
    public long length(SegmentId segment) throws IOException {
        return existing(segment).length();
    }

    @Override
    public void truncate(SegmentId segment, long length) throws IOException {
        SegmentFile file = existing(segment);
        long before = file.length();
        file.truncate(length);
        usedBytes.addAndGet(file.length() - before);
    }

    @Override
    public boolean exists(SegmentId segment) {
        return segments.containsKey(segment);
    }

    @Override
    public void writeFence(SegmentId segment, long epoch) throws IOException {
        OptionalLong present = fence(segment);
        if (present.isPresent()
                && present.getAsLong() >= epoch
                && fences.get(segment) == Fence.DURABLE) {
            return;
        }
        fences.put(segment, Fence.DOUBTFUL);
        folder.createWalFolder(segment.wal());
        DurableFiles.write(
                folder.fenceFile(segment),
                FenceFile.encode(segment, Math.max(epoch, present.orElse(epoch))));
        fences.put(segment, Fence.DURABLE);
    }

    @Override
    public OptionalLong fence(SegmentId segment) throws IOException {
        Fence known = fences.get(segment);
        if (known == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(FenceFile.read(folder.fenceFile(segment), segment));
        } catch (NoSuchFileException e) {
            if (known == Fence.DOUBTFUL) {
                return OptionalLong.empty();
            }
            throw e;
        }
    }

    /** {@inheritDoc} Durable on return. */
    @Override
    public void delete(SegmentId segment) throws IOException {
        Path walFolder = folder.walFolder(segment.wal());
        SegmentFile file = segments.get(segment);
        if (file != null) {
            Files.deleteIfExists(file.path());
            DurableFiles.syncFolder(walFolder);
            segments.remove(segment);
            usedBytes.addAndGet(-file.length());
            file.forget();
        }
        folder.deleteWalFolderIfEmpty(segment.wal());
    }

    @Override
    public List<SegmentId> list() {
        var all = new TreeSet<>(segments.keySet());
        all.addAll(fences.keySet());
        return new ArrayList<>(all);
    }

    @Override
    public long age() {
        return folder.ageFile().age();
    }

    @Override
    public void grow(long age, SyncDone done) {
        try {
            syncThreads.execute(() -> done.done(written(age)));
        } catch (RejectedExecutionException e) {
            done.done(new IOException("the disk is closed", e));
        }
    }

    private @Nullable IOException written(long age) {
        try {
            folder.ageFile().write(age);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    @Override
    public long usedBytes() {
        return usedBytes.get();
    }

    @Override
    public long freeBytes() {
        try {
            return folder.freeBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("the disk does not answer any more", e);
        }
    }

    /** Files open now, for metrics and tests. */
    public int openFiles() {
        return files.count();
    }

    /** {@inheritDoc} Syncs in flight are ended first. */
    @Override
    public void close() throws IOException {
        syncThreads.shutdown();
        try {
            syncThreads.awaitTermination(1, TimeUnit.MINUTES);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        try (folder) {
            files.close();
        }
    }

    private SegmentFile existing(SegmentId segment) throws NoSuchFileException {
        SegmentFile file = segments.get(segment);
        if (file == null) {
            throw missing(segment);
        }
        return file;
    }

    private static NoSuchFileException missing(SegmentId segment) {
        return new NoSuchFileException(segment.toString(), null, "this disk has no such segment");
    }
}
