package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.zip.CRC32C;
import sluice.log.SluiceException;

/**
 * What owner and members of a wal segment say to each other on the WAL link. Every frame begins
 * with its type and its segment, big-endian:
 *
 * <pre>
 *   at  bytes  field
 *    0      1  type: 1 OPEN, 2 APPEND, 3 DURABLE, 4 REFUSED
 *    1     16  wal
 *   17      4  index
 *   21      4  crc, CRC-32C of the frame without this field and without entries
 *   25      …  OPEN:    start 8, startHash 8, openedAtMs 8
 *              APPEND:  first sequence 8, then whole entries, see {@link WalEntry}
 *              DURABLE: end 8, all entries below are on the member's disk
 *              REFUSED: reason 1, end 8, the entry that the member expected next
 * </pre>
 *
 * The numbers are sent: add, never renumber.
 */
public sealed interface WalFrame {

    SegmentId segment();

    /** The owner begins a segment. */
    record Open(SegmentId segment, long start, long startHash, long openedAtMs)
            implements WalFrame {}

    /**
     * The owner's next entries.
     *
     * @param entries from position to limit
     */
    record Append(SegmentId segment, long first, ByteBuffer entries) implements WalFrame {}

    /** A member's disk holds all entries of the segment below {@code end}. */
    record Durable(SegmentId segment, long end) implements WalFrame {}

    /** A member takes no more of this segment. */
    record Refused(SegmentId segment, Reason reason, long end) implements WalFrame {}

    /** Why a member refuses. */
    enum Reason {
        /** A recoverer closed the segment: the owner has lost its wal. */
        FENCED(1),
        /** The member does not know the segment, or knew it before it was restarted. */
        UNKNOWN(2),
        /** Frames were lost on the way. */
        GAP(3),
        /** The bytes that arrived are not the next entries. */
        CORRUPT(4),
        /** The member's disk is full or over its budget. */
        NO_SPACE(5),
        /** The member's disk failed. */
        DISK_FAILED(6);

        private final int id;

        Reason(int id) {
            this.id = id;
        }

        static Reason of(int id) {
            for (Reason reason : values()) {
                if (reason.id == id) {
                    return reason;
                }
            }
            throw malformed("reason=" + id);
        }
    }

    int CRC_AT = 1 + 2 * Long.BYTES + Integer.BYTES;

    int PREFIX_BYTES = CRC_AT + Integer.BYTES;

    /** The frame as buffers whose contents are sent one after another. */
    default ByteBuffer[] encode() {
        return switch (this) {
            case Open(var segment, var start, var hash, var openedAtMs) ->
                    one(
                            prefix(1, segment, 3 * Long.BYTES)
                                    .putLong(start)
                                    .putLong(hash)
                                    .putLong(openedAtMs));
            case Append(var segment, var first, var entries) ->
                    append(segment, first, List.of(entries));
            case Durable(var segment, var end) -> one(prefix(3, segment, Long.BYTES).putLong(end));
            case Refused(var segment, var reason, var end) ->
                    one(prefix(4, segment, 1 + Long.BYTES).put((byte) reason.id).putLong(end));
        };
    }

    /** An APPEND frame of entries that lie in several buffers. */
    static ByteBuffer[] append(SegmentId segment, long first, List<ByteBuffer> entries) {
        ByteBuffer[] frame = new ByteBuffer[entries.size() + 1];
        frame[0] = withCrc(prefix(2, segment, Long.BYTES).putLong(first).flip());
        for (int i = 0; i < entries.size(); i++) {
            frame[i + 1] = entries.get(i).duplicate();
        }
        return frame;
    }

    /**
     * @throws SluiceException INVALID {@code malformed-frame}, also if a bit changed on the way: a
     *     wrong DURABLE would acknowledge what no disk has. Entries have a CRC of their own.
     */
    static WalFrame decode(ByteBuffer frame) {
        if (frame.remaining() < PREFIX_BYTES + Long.BYTES) {
            throw malformed("bytes=" + frame.remaining());
        }
        ByteBuffer source = frame.slice();
        int type = source.get();
        int more =
                switch (type) {
                    case 1 -> 3 * Long.BYTES;
                    case 2, 3 -> Long.BYTES;
                    case 4 -> 1 + Long.BYTES;
                    default -> throw malformed("type=" + type);
                };
        int end = PREFIX_BYTES + more;
        if (source.limit() < end || (type != 2 && source.limit() > end)) {
            throw malformed("type=" + type + " bytes=" + source.limit());
        }
        if (crc(source, end) != source.getInt(CRC_AT)) {
            throw malformed("its CRC is wrong");
        }
        var wal = SegmentHeader.uuid(source);
        int index = source.getInt();
        if (index < 0) {
            throw malformed("index=" + index);
        }
        var segment = new SegmentId(wal, index);
        source.position(PREFIX_BYTES);
        return switch (type) {
            case 1 -> new Open(segment, sequence(source), source.getLong(), source.getLong());
            case 2 -> new Append(segment, sequence(source), source.slice());
            case 3 -> new Durable(segment, sequence(source));
            default -> new Refused(segment, Reason.of(source.get()), sequence(source));
        };
    }

    private static long sequence(ByteBuffer source) {
        long sequence = source.getLong();
        if (sequence < 0) {
            throw malformed("sequence=" + sequence);
        }
        return sequence;
    }

    private static ByteBuffer[] one(ByteBuffer frame) {
        return new ByteBuffer[] {withCrc(frame.flip())};
    }

    private static ByteBuffer prefix(int type, SegmentId segment, int more) {
        ByteBuffer target = ByteBuffer.allocate(PREFIX_BYTES + more).put((byte) type);
        return SegmentHeader.putUuid(target, segment.wal()).putInt(segment.index()).putInt(0);
    }

    private static ByteBuffer withCrc(ByteBuffer frame) {
        return frame.putInt(CRC_AT, crc(frame, frame.limit()));
    }

    /** CRC-32C of the bytes below {@code end}, without the field that holds it. */
    private static int crc(ByteBuffer frame, int end) {
        CRC32C crc = new CRC32C();
        crc.update(frame.duplicate().position(0).limit(CRC_AT));
        crc.update(frame.duplicate().limit(end).position(PREFIX_BYTES));
        return (int) crc.getValue();
    }

    private static SluiceException malformed(String found) {
        return new SluiceException(
                SluiceException.Kind.INVALID,
                "malformed-frame",
                "a frame on the wal link is not one of ours: " + found + "; the link is dropped");
    }
}
