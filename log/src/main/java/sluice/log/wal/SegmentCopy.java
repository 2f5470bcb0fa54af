package sluice.log.wal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import sluice.log.SluiceException;

/** Reads a copy of a wal segment from its first entry on, checking CRCs and hash chain. */
public final class SegmentCopy {

    private static final int CHUNK_BYTES = 1024 * 1024;

    private SegmentCopy() {}

    /** Told of each entry, in order. */
    public interface EntryVisitor {
        /**
         * @param source holds the whole entry; not reused, so views of it stay valid
         * @param at index of the entry's first byte in {@code source}
         * @param position of the entry in the segment, in bytes
         */
        void entry(ByteBuffer source, int at, long position);
    }

    /**
     * How far a copy is whole.
     *
     * @param end entry after the last whole one
     * @param endPosition bytes up to there
     * @param endHash chain hash up to there
     * @param hwm the highest high watermark that its whole entries state, also those behind a
     *     damaged place; {@code header.start()} if there are none
     * @param damaged true if there are committed entries behind a damaged place, so that the copy
     *     is not merely torn at its tail and says nothing about where the segment ends
     */
    public record Extent(
            SegmentHeader header,
            long end,
            long endPosition,
            long endHash,
            long hwm,
            boolean damaged) {}

    /**
     * Finds the end of a copy. What follows the first place that is not a whole next entry is a
     * torn tail, unless an entry behind it says that the high watermark had passed that place.
     *
     * @return empty if the disk has no file of the segment
     * @throws SluiceException DATA {@code corrupt-segment-header}
     */
    public static Optional<Extent> scan(WalDisk disk, SegmentId segment) throws IOException {
        return disk.exists(segment)
                ? Optional.of(scan(SegmentBytes.of(disk, segment), segment))
                : Optional.empty();
    }

    /** As {@link #scan(WalDisk, SegmentId)}, of a copy that lies elsewhere. */
    public static Extent scan(SegmentBytes bytes, SegmentId segment) throws IOException {
        long[] last = new long[] {-1, 0, 0, 0};
        SegmentHeader header = header(bytes, segment);
        last[0] = header.start();
        last[1] = SegmentHeader.BYTES;
        last[2] = header.startHash();
        last[3] = header.start();
        long broken =
                walk(
                        bytes,
                        header,
                        Long.MAX_VALUE,
                        (source, at, position) -> {
                            last[0] = WalEntry.sequence(source, at) + 1;
                            last[1] = position + WalEntry.length(source, at);
                            last[2] = WalEntry.hashOf(source, at);
                            last[3] = Math.max(last[3], WalEntry.hwm(source, at));
                        });
        long behind = broken >= 0 ? hwmBehind(bytes, broken, last[0]) : 0;
        return new Extent(
                header, last[0], last[1], last[2], Math.max(last[3], behind), behind > last[0]);
    }

    /**
     * Visits all entries below {@code end}.
     *
     * @throws SluiceException DATA {@code corrupt-entry} if the copy ends or breaks before
     */
    public static void read(WalDisk disk, SegmentId segment, long end, EntryVisitor visitor)
            throws IOException {
        read(SegmentBytes.of(disk, segment), segment, end, visitor);
    }

    /** As {@link #read(WalDisk, SegmentId, long, EntryVisitor)}, of a copy that lies elsewhere. */
    public static void read(SegmentBytes bytes, SegmentId segment, long end, EntryVisitor visitor)
            throws IOException {
        SegmentHeader header = header(bytes, segment);
        long[] next = new long[] {header.start()};
        long broken =
                walk(
                        bytes,
                        header,
                        end,
                        (source, at, position) -> {
                            visitor.entry(source, at, position);
                            next[0]++;
                        });
        if (next[0] < end) {
            throw new SluiceException(
                    SluiceException.Kind.DATA,
                    "corrupt-entry",
                    "a copy of a wal segment is too short: segment=%s expectedEnd=%d end=%d at=%d; use another member's copy"
                            .formatted(segment, end, next[0], broken));
        }
    }

    private static SegmentHeader header(SegmentBytes bytes, SegmentId segment) throws IOException {
        ByteBuffer encoded = ByteBuffer.allocate(SegmentHeader.BYTES);
        fill(bytes, 0, encoded);
        SegmentHeader header = SegmentHeader.decode(encoded.flip());
        if (!header.segment().equals(segment)) {
            throw new SluiceException(
                    SluiceException.Kind.DATA,
                    "corrupt-segment-header",
                    "a wal segment's file holds another segment: expected=%s found=%s"
                            .formatted(segment, header.segment()));
        }
        return header;
    }

    /**
     * @return position of the first place that is not the next whole entry, or −1 if the file ends
     *     exactly after an entry or {@code end} was reached
     */
    private static long walk(
            SegmentBytes bytes, SegmentHeader header, long end, EntryVisitor visitor)
            throws IOException {
        long sequence = header.start();
        long hash = header.startHash();
        long position = SegmentHeader.BYTES;
        long length = bytes.length();
        ByteBuffer chunk = ByteBuffer.allocate(0);
        int at = 0;
        while (sequence < end && position < length) {
            if (!holdsEntry(chunk, at)) {
                chunk = chunkAt(bytes, position, length - position);
                at = 0;
            }
            if (!WalEntry.isWhole(chunk, at, chunk.limit())
                    || WalEntry.sequence(chunk, at) != sequence
                    || chunk.getLong(at + WalEntry.PREVIOUS_HASH_AT) != hash) {
                return position;
            }
            visitor.entry(chunk, at, position);
            hash = WalEntry.hashOf(chunk, at);
            sequence++;
            int entryBytes = WalEntry.length(chunk, at);
            at += entryBytes;
            position += entryBytes;
        }
        return -1;
    }

    private static boolean holdsEntry(ByteBuffer chunk, int at) {
        int available = chunk.limit() - at;
        return available >= WalEntry.HEADER_BYTES && WalEntry.length(chunk, at) <= available;
    }

    /** At least the whole entry at {@code position}, if its length is believable. */
    private static ByteBuffer chunkAt(SegmentBytes bytes, long position, long available)
            throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK_BYTES, available));
        fill(bytes, position, chunk);
        chunk.flip();
        if (chunk.limit() >= Integer.BYTES) {
            int entryBytes = chunk.getInt(WalEntry.LENGTH_AT);
            if (entryBytes > CHUNK_BYTES && entryBytes <= Math.min(WalEntry.BYTES_MAX, available)) {
                chunk = ByteBuffer.allocate(entryBytes);
                fill(bytes, position, chunk);
                chunk.flip();
            }
        }
        return chunk;
    }

    private static void fill(SegmentBytes bytes, long position, ByteBuffer into)
            throws IOException {
        long from = position;
        while (into.hasRemaining()) {
            int read = bytes.read(from, into);
            if (read <= 0) {
                return;
            }
            from += read;
        }
    }

    /**
     * The highest hwm above {@code end} of a whole entry of the same log behind {@code broken}; 0
     * if there is none.
     */
    private static long hwmBehind(SegmentBytes bytes, long broken, long end) throws IOException {
        long length = bytes.length();
        long highest = 0;
        for (long position = broken + 1; position < length; position += CHUNK_BYTES) {
            int chunkBytes = CHUNK_BYTES + 2 * WalEntry.HEADER_BYTES;
            ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(chunkBytes, length - position));
            fill(bytes, position, chunk);
            chunk.flip();
            int last = Math.min(CHUNK_BYTES, chunk.limit() - WalEntry.HEADER_BYTES);
            for (int at = 0; at <= last; at++) {
                if (mayBeCommittedBehind(chunk, at, end)
                        && WalEntry.length(chunk, at) <= length - position - at
                        && isWholeAt(bytes, position + at, chunk, at)) {
                    highest = Math.max(highest, WalEntry.hwm(chunk, at));
                }
            }
        }
        return highest;
    }

    private static boolean mayBeCommittedBehind(ByteBuffer chunk, int at, long end) {
        int entryBytes = WalEntry.length(chunk, at);
        return entryBytes >= WalEntry.HEADER_BYTES
                && entryBytes <= WalEntry.BYTES_MAX
                && WalEntry.sequence(chunk, at) > end
                && WalEntry.hwm(chunk, at) > end
                && WalEntry.hwm(chunk, at) <= WalEntry.sequence(chunk, at);
    }

    private static boolean isWholeAt(SegmentBytes bytes, long position, ByteBuffer chunk, int at)
            throws IOException {
        int entryBytes = WalEntry.length(chunk, at);
        ByteBuffer entry = ByteBuffer.allocate(entryBytes);
        fill(bytes, position, entry);
        entry.flip();
        return WalEntry.isWhole(entry, 0, entry.limit());
    }
}
