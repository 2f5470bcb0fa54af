package sluice.engine;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.wal.SegmentCopy;
import sluice.log.wal.WalEntry;
import sluice.uploader.RetentionClass;
import sluice.uploader.SegmentPacker;

/** Collects the batches of a wal segment for the packer; views, nothing is copied. */
final class SegmentSource implements SegmentCopy.EntryVisitor {

    private final List<SegmentPacker.Entry> entries = new ArrayList<>();
    private long expected;

    /**
     * @param start first entry of the segment, as the wal's record or its recoverer has it
     */
    SegmentSource(long start) {
        this.expected = start;
    }

    @Override
    public void entry(ByteBuffer source, int at, long position) {
        if (WalEntry.sequence(source, at) != expected) {
            throw new SluiceException(
                    SluiceException.Kind.DATA,
                    "corrupt-segment-header",
                    "a copy of a wal segment begins at another entry: expected=%d found=%d; use another member's copy"
                            .formatted(expected, WalEntry.sequence(source, at)));
        }
        expected++;
        if (WalEntry.type(source, at) == WalEntry.MARK) {
            return;
        }
        if (WalEntry.type(source, at) != WalEntry.BATCH) {
            throw new SluiceException(
                    SluiceException.Kind.DATA,
                    "unknown-entry",
                    "a wal entry is of a type that this version does not know: type=%d sequence=%d; upgrade this gateway"
                            .formatted(WalEntry.type(source, at), WalEntry.sequence(source, at)));
        }
        entries.add(
                new SegmentPacker.Entry(
                        WalEntry.slot(source, at),
                        new PartitionId(
                                WalEntry.topicId(source, at), WalEntry.partition(source, at)),
                        WalEntry.payload(source, at),
                        WalEntry.appendedAtMs(source, at),
                        RetentionClass.of(WalEntry.retention(source, at))));
    }

    List<SegmentPacker.Entry> entries() {
        return entries;
    }
}
