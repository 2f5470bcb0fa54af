package sluice.log.wal.disk;

/**
 * Bounds of one disk.
 *
 * @param syncThreads segments that are synced side by side. One member has one sync in flight, and
 *     a thread that goes on to the next segment need not be woken for it
 * @param openFilesMax files kept open; only files in use or with bytes not yet synced are kept
 *     beyond it
 */
public record DiskLimits(int syncThreads, int openFilesMax) {

    public static final DiskLimits DEFAULT = new DiskLimits(1, 256);

    public DiskLimits {
        if (syncThreads < 1 || openFilesMax < 1) {
            throw new IllegalArgumentException(
                    "a disk needs a sync thread and a file: syncThreads="
                            + syncThreads
                            + " openFilesMax="
                            + openFilesMax);
        }
    }
}
