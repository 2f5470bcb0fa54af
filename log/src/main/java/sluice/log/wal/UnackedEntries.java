package sluice.log.wal;

import java.util.ArrayDeque;
import java.util.function.Consumer;

/** The entries that are not on the disks of all members, oldest first. */
final class UnackedEntries {

    private final ArrayDeque<PendingEntry> entries = new ArrayDeque<>();
    private long bytes;
    private long releasedHash = WalEntry.FIRST_HASH;

    void add(PendingEntry entry) {
        entries.addLast(entry);
        bytes += entry.bytes;
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    int count() {
        return entries.size();
    }

    long bytes() {
        return bytes;
    }

    PendingEntry oldest() {
        return entries.getFirst();
    }

    Iterable<PendingEntry> all() {
        return entries;
    }

    /** Chain hash before the oldest of them. */
    long releasedHash() {
        return releasedHash;
    }

    void releaseBelow(long end, Consumer<PendingEntry> each) {
        while (!entries.isEmpty() && entries.getFirst().sequence < end) {
            PendingEntry released = entries.removeFirst();
            bytes -= released.bytes;
            releasedHash = WalEntry.hashOf(released.header, 0);
            each.accept(released);
        }
    }
}
