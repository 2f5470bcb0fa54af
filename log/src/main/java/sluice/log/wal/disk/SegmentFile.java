package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk.SyncDone;

/**
 * One segment's file. Written by one thread, synced by another, read by any.
 *
 * <p>From the first write until a sync that covers it the file is held open, so that the handle
 * that made bytes dirty is the one that hears of their failure. After a failed sync the kernel may
 * call the same pages clean, so nothing about this file is believed any more: every later write and
 * sync fails with the first failure.
 */
final class SegmentFile {

    private final SegmentId segment;
    private final Path file;
    private final OpenFiles files;

    private volatile long length;
    private volatile @Nullable IOException failure;

    private OpenFiles.@Nullable Lease writer;
    private long writerPosition;
    private long writesBegun;
    private long writesEnded;
    private boolean syncing;
    private List<SyncDone> waiting = new ArrayList<>();

    SegmentFile(SegmentId segment, Path file, long length, OpenFiles files) {
        this.segment = segment;
        this.file = file;
        this.length = length;
        this.files = files;
    }

    Path path() {
        return file;
    }

    long length() {
        return length;
    }

    void write(long position, ByteBuffer[] bytes) throws IOException {
        FileChannel channel = writer();
        try {
            if (writerPosition != position) {
                channel.position(position);
                writerPosition = position;
            }
            long remaining = 0;
            for (ByteBuffer part : bytes) {
                remaining += part.remaining();
            }
            while (remaining > 0) {
                long written = channel.write(bytes);
                remaining -= written;
                writerPosition += written;
            }
        } catch (IOException e) {
            writerPosition = -1;
            length = Math.max(length, channel.isOpen() ? channel.size() : 0);
            throw e;
        }
        length = Math.max(length, writerPosition);
        written();
    }

    /** A write that failed never ends: the file stays open, and nothing is taken for covered. */
    private synchronized void written() {
        writesEnded++;
    }

    private synchronized FileChannel writer() throws IOException {
        refuseAfterFailure();
        if (writer == null) {
            writer = files.lease(file, OpenFiles.Mode.WRITE);
            writerPosition = -1;
        }
        writesBegun++;
        return writer.channel();
    }

    private void refuseAfterFailure() throws IOException {
        IOException first = failure;
        if (first != null) {
            throw new IOException(
                    "an earlier sync of this segment failed, its bytes cannot be trusted: segment="
                            + segment,
                    first);
        }
    }

    int read(long position, ByteBuffer into) throws IOException {
        OpenFiles.Lease reader = files.lease(file, OpenFiles.Mode.READ);
        try {
            int total = 0;
            while (into.hasRemaining()) {
                int count = reader.channel().read(into, position + total);
                if (count < 0) {
                    break;
                }
                total += count;
            }
            return total == 0 && into.hasRemaining() ? -1 : total;
        } finally {
            reader.release();
        }
    }

    void truncate(long newLength) throws IOException {
        FileChannel channel = writer();
        writerPosition = -1;
        channel.truncate(newLength);
        channel.force(true);
        length = Math.min(length, newLength);
        written();
    }

    /** Syncs on one of the threads; those who ask while a sync is in flight share the next one. */
    void sync(SyncDone done, Executor threads) {
        IOException refused;
        synchronized (this) {
            if (syncing) {
                waiting.add(done);
                return;
            }
            refused = failure;
            if (refused == null) {
                refused = beginSync(done, threads);
            }
        }
        if (refused != null) {
            done.done(refused);
        }
    }

    private @Nullable IOException beginSync(SyncDone done, Executor threads) {
        try {
            OpenFiles.Lease lease = files.lease(file, OpenFiles.Mode.WRITE);
            waiting.add(done);
            syncing = true;
            threads.execute(() -> syncAll(lease));
            return null;
        } catch (RejectedExecutionException e) {
            return new IOException("the disk is closed: segment=" + segment, e);
        } catch (IOException e) {
            return e;
        }
    }

    /**
     * @param lease taken when the sync was asked for, so that it ends well if the file is deleted
     */
    private void syncAll(OpenFiles.Lease lease) {
        boolean again;
        do {
            List<SyncDone> told;
            long covered;
            synchronized (this) {
                told = waiting;
                waiting = new ArrayList<>();
                covered = writesEnded;
            }
            IOException failed = force(lease);
            synchronized (this) {
                if (failed == null && writesBegun == covered) {
                    failed = releaseWriter();
                }
                if (failed != null) {
                    failure = failed;
                }
                again = !waiting.isEmpty();
                if (!again) {
                    syncing = false;
                    IOException closing = release(lease);
                    failed = failed == null ? closing : failed;
                }
            }
            for (SyncDone done : told) {
                done.done(failed);
            }
        } while (again);
    }

    private @Nullable IOException force(OpenFiles.Lease lease) {
        IOException first = failure;
        if (first != null) {
            return first;
        }
        try {
            lease.channel().force(false);
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    private @Nullable IOException releaseWriter() {
        OpenFiles.Lease lease = writer;
        writer = null;
        return lease == null ? null : release(lease);
    }

    private static @Nullable IOException release(OpenFiles.Lease lease) {
        try {
            lease.release();
            return null;
        } catch (IOException e) {
            return e;
        }
    }

    /** Lets go of the file, which is being deleted; a sync in flight still ends. */
    synchronized void forget() throws IOException {
        IOException failed = releaseWriter();
        files.forget(file);
        if (failed != null) {
            throw failed;
        }
    }
}
