package sluice.log.wal.protocol;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalEntry;
import sluice.log.wal.WalFrame;

/** What the owner was given, sent and committed, and so what must be true of all else. */
final class Ledger {

    /** An entry of a recovered log, and where it was found. */
    record Recovered(int segment, long position, ByteBuffer bytes) {}

    private record Place(int segment, long position) {}

    private final String run;
    private final List<ByteBuffer> payloads = new ArrayList<>();
    private final List<ByteBuffer> entries = new ArrayList<>();
    private final Map<Long, Place> committed = new TreeMap<>();
    private @Nullable List<Recovered> sealed;

    /**
     * @param run names the run in every message
     */
    Ledger(String run) {
        this.run = run;
    }

    int committedCount() {
        return committed.size();
    }

    boolean isSealed() {
        return sealed != null;
    }

    void appended(long sequence, ByteBuffer payload) {
        check(sequence == payloads.size(), "sequence " + sequence + " is not the next");
        payloads.add(payload);
    }

    /** All that is ever sent under a sequence is one entry. */
    void sent(WalFrame frame) {
        if (!(frame instanceof WalFrame.Append append)) {
            return;
        }
        long sequence = append.first();
        ByteBuffer source = append.entries();
        for (int at = 0; at < source.limit(); at += WalEntry.length(source, at)) {
            check(WalEntry.isWhole(source, at, source.limit()), "sent damaged: " + sequence);
            check(WalEntry.sequence(source, at) == sequence, "sent out of order: " + sequence);
            ByteBuffer entry = source.slice(at, WalEntry.length(source, at));
            if (sequence < entries.size()) {
                check(entries.get((int) sequence).equals(entry), "sent differently: " + sequence);
            } else {
                check(sequence == entries.size(), "sent with a gap: " + sequence);
                check(
                        WalEntry.payload(entry, 0).equals(payloads.get((int) sequence)),
                        "sent another payload: " + sequence);
                entries.add(entry);
            }
            sequence++;
        }
    }

    void committed(long sequence, int segment, long position) {
        check(sequence == committed.size(), "committed out of order: " + sequence);
        committed.put(sequence, new Place(segment, position));
        List<Recovered> log = sealed;
        if (log != null) {
            check(
                    sequence < log.size(),
                    "committed after the wal was sealed: %d of %d".formatted(sequence, log.size()));
            checkFound(log, sequence);
        }
    }

    void committedUpTo(long hwm) {
        check(hwm == committed.size(), "high watermark " + hwm + " of " + committed.size());
    }

    /** The recovered log is the truth from now on: all that was committed must be in it. */
    void sealed(List<Recovered> log) {
        check(sealed == null, "sealed twice");
        sealed = List.copyOf(log);
        for (int i = 0; i < log.size(); i++) {
            check(i < entries.size(), "recovered what was never sent: " + i);
            check(log.get(i).bytes().equals(entries.get(i)), "recovered differently: " + i);
        }
        for (long sequence : committed.keySet()) {
            check(
                    sequence < log.size(),
                    "committed and not recovered: %d of %d".formatted(sequence, log.size()));
            checkFound(log, sequence);
        }
    }

    private void checkFound(List<Recovered> log, long sequence) {
        Recovered found = log.get((int) sequence);
        check(
                new Place(found.segment(), found.position()).equals(committed.get(sequence)),
                "entry %d recovered at %d/%d, committed at %s"
                        .formatted(
                                sequence,
                                found.segment(),
                                found.position(),
                                committed.get(sequence)));
    }

    /** Every copy, as far as it is whole, is the same log. */
    void checkCopy(SegmentId segment, Optional<SegmentCopy.Extent> extent) {
        extent.ifPresent(copy -> {
            checkHash(segment, copy.header().start(), copy.header().startHash());
            checkHash(segment, copy.end(), copy.endHash());
        });
    }

    private void checkHash(SegmentId segment, long end, long hash) {
        check(end <= entries.size(), "a copy of %s has %d entries".formatted(segment, end));
        long expected =
                end == 0 ? WalEntry.FIRST_HASH : WalEntry.hashOf(entries.get((int) end - 1), 0);
        check(hash == expected, "a copy of %s differs below %d".formatted(segment, end));
    }

    void check(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError(run + ": " + what);
        }
    }
}
