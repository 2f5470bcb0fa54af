package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.RecordBatch;
import sluice.log.object.Extent;

/**
 * One walk over the batches of one extent, each checked before it is handed out: its offsets follow
 * those before it, it ends within the extent, its bytes match its CRC-32C. Owned by one thread.
 */
final class ExtentReading {

    static final String CORRUPT = "corrupt-object";

    /** Of the batch format: the CRC, and the first byte it covers. */
    private static final int CRC_AT = 17;

    private static final int CRC_FROM = 21;

    /** A batch begins at {@code position} in the object, with {@code offset}. */
    record Place(long position, long offset) {}

    private final BlockCache cache;
    private final ObjectExtent object;
    private final Extent extent;
    private long position;
    private long offset;
    private ByteBuffer window = ByteBuffer.allocate(0);
    private long windowFrom;

    ExtentReading(BlockCache cache, ObjectExtent object) {
        this.cache = cache;
        this.object = object;
        extent = object.extent();
        position = extent.position();
        offset = extent.firstOffset();
    }

    /** Goes on where an earlier walk over the same extent stopped. */
    void continueAt(Place place) {
        position = place.position();
        offset = place.offset();
    }

    Place place() {
        return new Place(position, offset);
    }

    boolean atEnd() {
        return position == extent.end();
    }

    /**
     * Adds the batches that end after {@code from}, until the extent ends or the answer is full.
     *
     * @throws SluiceException DATA {@link #CORRUPT}; what the store throws
     */
    void collect(long from, Answer answer) {
        while (!atEnd()) {
            ByteBuffer header = view(headerLength()).bytes();
            int length = RecordBatch.sizeBytes(header, 0);
            long next = RecordBatch.nextOffset(header, 0);
            if (length < RecordBatch.HEADER_BYTES
                    || length > extent.end() - position
                    || RecordBatch.baseOffset(header, 0) != offset
                    || next <= offset
                    || next > extent.nextOffset()) {
                throw corrupt(
                        "a batch does not follow the one before: foundOffset=%d foundNext=%d foundBytes=%d"
                                .formatted(RecordBatch.baseOffset(header, 0), next, length));
            }
            if (next > from) {
                if (!answer.takes(length)) {
                    return;
                }
                View batch = view(length);
                checkCrc(batch.bytes());
                answer.add(batch.window, batch.at, length);
            }
            position += length;
            offset = next;
        }
        if (offset != extent.nextOffset()) {
            throw corrupt("the extent ends too early: expectedNext=" + extent.nextOffset());
        }
    }

    private int headerLength() {
        if (extent.end() - position < RecordBatch.HEADER_BYTES) {
            throw corrupt("no room for a batch: bytes=" + (extent.end() - position));
        }
        return RecordBatch.HEADER_BYTES;
    }

    private void checkCrc(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(CRC_FROM, batch.remaining() - CRC_FROM));
        if (batch.getInt(CRC_AT) != (int) crc.getValue()) {
            throw corrupt(
                    "a batch does not match its checksum: expectedCrc=%#x actualCrc=%#x"
                            .formatted(batch.getInt(CRC_AT), crc.getValue()));
        }
    }

    /** Bytes from the present position on, in the window they were read with. */
    private View view(int length) {
        if (!inWindow(length)) {
            BlockCache.Window next = cache.window(object, position);
            window = next.bytes();
            windowFrom = next.from();
        }
        return inWindow(length)
                ? new View(window, (int) (position - windowFrom), length)
                : new View(cache.bytes(object, position, length), 0, length);
    }

    private boolean inWindow(int length) {
        return position >= windowFrom && position + length <= windowFrom + window.remaining();
    }

    private SluiceException corrupt(String what) {
        return new SluiceException(
                Kind.DATA,
                CORRUPT,
                "%s: objectKey=%s partition=%s position=%d offset=%d"
                        .formatted(what, object.objectKey(), extent.partition(), position, offset));
    }

    private record View(ByteBuffer window, int at, int length) {
        ByteBuffer bytes() {
            return window.slice(at, length);
        }
    }

    /** What is read, up to a size; batches that lie side by side in memory become one buffer. */
    static final class Answer {
        private final int bytesMax;
        private final List<ByteBuffer> buffers = new ArrayList<>();
        private ByteBuffer window = ByteBuffer.allocate(0);
        private int from;
        private int end;
        private int bytes;
        private boolean full;

        Answer(int bytesMax) {
            this.bytesMax = bytesMax;
        }

        /** The first batch is always taken; once one is not, the answer is full. */
        boolean takes(int length) {
            full |= bytes > 0 && bytes + (long) length > bytesMax;
            return !full;
        }

        void add(ByteBuffer nextWindow, int at, int length) {
            if (nextWindow != window || at != end) {
                flush();
                window = nextWindow;
                from = at;
            }
            end = at + length;
            bytes += length;
        }

        /** All of an answer that was made by {@link #rest}, which is not used again. */
        void addAll(Answer other) {
            flush();
            other.flush();
            buffers.addAll(other.buffers);
            bytes = other.bytes;
            full |= other.full;
        }

        /** An empty answer that takes what this one still can. */
        Answer rest() {
            var rest = new Answer(bytesMax);
            rest.bytes = bytes;
            return rest;
        }

        boolean isFull() {
            return full;
        }

        List<ByteBuffer> buffers() {
            flush();
            return List.copyOf(buffers);
        }

        private void flush() {
            if (end > from) {
                buffers.add(window.slice(from, end - from));
            }
            from = end;
        }
    }
}
