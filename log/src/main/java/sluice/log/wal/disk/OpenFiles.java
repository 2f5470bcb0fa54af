package sluice.log.wal.disk;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The files of one disk that are open, in order of their last use. Whoever uses one holds a lease;
 * of the files without a lease only a bounded number stays open. Safe for all threads.
 *
 * <p>Reading and writing use channels of their own: a reader whose thread is interrupted closes the
 * channel under all others, and must not close the one that holds unsynced bytes.
 */
final class OpenFiles implements AutoCloseable {

    enum Mode {
        READ,
        WRITE
    }

    private record Key(Path file, Mode mode) {}

    /** How a file is opened; tests open files whose device fails. */
    interface Opener {
        FileChannel open(Path file, Mode mode) throws IOException;
    }

    private final int filesMax;
    private final Opener opener;
    private final Map<Key, Lease> open = new LinkedHashMap<>(16, 0.75f, true);

    OpenFiles(int filesMax, Opener opener) {
        this.filesMax = filesMax;
        this.opener = opener;
    }

    static FileChannel openOnDisk(Path file, Mode mode) throws IOException {
        return FileChannel.open(
                file,
                switch (mode) {
                    case READ -> StandardOpenOption.READ;
                    case WRITE -> StandardOpenOption.WRITE;
                });
    }

    /** A file that stays open until it is released as often as it was leased. */
    final class Lease {
        private final Key key;
        private final FileChannel channel;
        private int holders;
        private boolean forgotten;

        private Lease(Key key, FileChannel channel) {
            this.key = key;
            this.channel = channel;
        }

        FileChannel channel() {
            return channel;
        }

        void release() throws IOException {
            synchronized (open) {
                holders--;
                assert holders >= 0 : "released once too often: file=" + key.file();
                if (holders == 0 && forgotten) {
                    channel.close();
                }
                closeIdle();
            }
        }
    }

    /**
     * @throws java.nio.file.NoSuchFileException if there is no such file
     */
    Lease lease(Path file, Mode mode) throws IOException {
        var key = new Key(file, mode);
        synchronized (open) {
            Lease lease = open.get(key);
            if (lease != null && !lease.channel.isOpen()) {
                open.remove(key);
                lease = null;
            }
            if (lease == null) {
                lease = new Lease(key, opener.open(file, mode));
                open.put(key, lease);
            }
            lease.holders++;
            closeIdle();
            return lease;
        }
    }

    /** Lets go of a deleted file: it is closed with its last lease. */
    void forget(Path file) throws IOException {
        synchronized (open) {
            for (Mode mode : Mode.values()) {
                Lease lease = open.remove(new Key(file, mode));
                if (lease != null) {
                    lease.forgotten = true;
                    if (lease.holders == 0) {
                        lease.channel.close();
                    }
                }
            }
        }
    }

    int count() {
        synchronized (open) {
            return open.size();
        }
    }

    private void closeIdle() throws IOException {
        Iterator<Lease> oldestFirst = open.values().iterator();
        while (open.size() > filesMax && oldestFirst.hasNext()) {
            Lease lease = oldestFirst.next();
            if (lease.holders == 0) {
                oldestFirst.remove();
                lease.channel.close();
            }
        }
    }

    @Override
    public void close() throws IOException {
        synchronized (open) {
            for (Lease lease : open.values()) {
                lease.channel.close();
            }
            open.clear();
        }
    }
}
