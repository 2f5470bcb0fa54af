package sluice.client.batch;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The layout of one record inside a batch, after decompression:
 *
 * <pre>
 *   length             varint   bytes of the body, which is all that follows
 *   attributes         i8       unused
 *   timestampDelta     varlong  milliseconds after the batch's base timestamp
 *   offsetDelta        varint   offset after the batch's base offset
 *   keyLength, key     varint   -1 for null
 *   valueLength, value varint   -1 for null
 *   headerCount        varint
 *   for each header:
 *     nameLength, name varint   UTF-8, never null
 *     valueLength, value varint -1 for null
 * </pre>
 *
 * <p>Methods take the index of the body's first byte. Only {@link #check} is for bytes not yet
 * trusted; it reads each field, allocates nothing and never leaves the body.
 */
final class RecordFrame {

    /** The body's bytes are not a record. */
    static final int MALFORMED = -1;

    /** The record has more than {@link BatchReader#HEADER_COUNT_MAX} headers. */
    static final int TOO_MANY_HEADERS = -2;

    private static final int NULL_LENGTH = -1;

    /** Bytes of a header with an empty name and a null value. */
    private static final int HEADER_BYTES_MIN = 2;

    private RecordFrame() {}

    /**
     * Checks the body from {@code at} to {@code end}.
     *
     * @return bytes of key, value, header names and header values together; or {@link #MALFORMED}
     *     or {@link #TOO_MANY_HEADERS}
     */
    static int check(ByteBuffer source, int at, int end) {
        // An empty body has no attributes: skipLong then starts after its end and refuses.
        int offsetDeltaAt = Varint.skipLong(source, at + Byte.BYTES, end);
        if (offsetDeltaAt < 0) {
            return MALFORMED;
        }
        long offsetDelta = Varint.readInt(source, offsetDeltaAt, end);
        if (offsetDelta == Varint.MALFORMED) {
            return MALFORMED;
        }
        int payloadBytes = 0;
        int index = Varint.next(offsetDelta);
        for (int field = 0; field < 2; field++) {
            int next = skipBytes(source, index, end, NULL_LENGTH);
            if (next < 0) {
                return MALFORMED;
            }
            payloadBytes += lengthAt(source, index, end);
            index = next;
        }
        long headerCount = Varint.readInt(source, index, end);
        if (headerCount == Varint.MALFORMED) {
            return MALFORMED;
        }
        index = Varint.next(headerCount);
        int headers = Varint.value(headerCount);
        if (headers < 0 || headers > (end - index) / HEADER_BYTES_MIN) {
            return MALFORMED;
        }
        if (headers > BatchReader.HEADER_COUNT_MAX) {
            return TOO_MANY_HEADERS;
        }
        for (int field = 0; field < headers * 2; field++) {
            boolean isName = (field & 1) == 0;
            int next = skipBytes(source, index, end, isName ? 0 : NULL_LENGTH);
            if (next < 0) {
                return MALFORMED;
            }
            payloadBytes += lengthAt(source, index, end);
            index = next;
        }
        return index == end ? payloadBytes : MALFORMED;
    }

    /** In milliseconds; of a body that {@link #check} has accepted, as all below. */
    static long timestampDelta(ByteBuffer source, int at) {
        return Varint.readLong(source, at + Byte.BYTES);
    }

    static int offsetDelta(ByteBuffer source, int at, int end) {
        int offsetDeltaAt = Varint.skipLong(source, at + Byte.BYTES, end);
        return Varint.value(Varint.readInt(source, offsetDeltaAt, end));
    }

    /** Views into {@code body}, which is the record's body from its index 0 to its limit. */
    static BatchRecord read(ByteBuffer body, long offset, long timestampMs) {
        int end = body.limit();
        int index = Varint.skipLong(body, Byte.BYTES, end);
        index = Varint.next(Varint.readInt(body, index, end));
        @Nullable ByteBuffer key = viewAt(body, index, end);
        index = skipBytes(body, index, end, NULL_LENGTH);
        @Nullable ByteBuffer value = viewAt(body, index, end);
        index = skipBytes(body, index, end, NULL_LENGTH);
        long headerCount = Varint.readInt(body, index, end);
        List<BatchRecord.Header> headers = List.of();
        if (Varint.value(headerCount) > 0) {
            headers = headersAt(body, Varint.next(headerCount), Varint.value(headerCount));
        }
        return new BatchRecord(offset, timestampMs, key, value, headers);
    }

    private static List<BatchRecord.Header> headersAt(ByteBuffer body, int at, int count) {
        int end = body.limit();
        int index = at;
        var headers = new BatchRecord.Header[count];
        for (int i = 0; i < count; i++) {
            long nameLength = Varint.readInt(body, index, end);
            byte[] name = new byte[Varint.value(nameLength)];
            body.get(Varint.next(nameLength), name);
            index = Varint.next(nameLength) + name.length;
            headers[i] =
                    new BatchRecord.Header(
                            new String(name, StandardCharsets.UTF_8), viewAt(body, index, end));
            index = skipBytes(body, index, end, NULL_LENGTH);
        }
        return List.of(headers);
    }

    private static @Nullable ByteBuffer viewAt(ByteBuffer body, int at, int end) {
        long length = Varint.readInt(body, at, end);
        return Varint.value(length) == NULL_LENGTH
                ? null
                : body.slice(Varint.next(length), Varint.value(length));
    }

    /** The index after a length and as many bytes, or MALFORMED if they are not all there. */
    private static int skipBytes(ByteBuffer source, int at, int end, int lengthMin) {
        long length = Varint.readInt(source, at, end);
        if (length == Varint.MALFORMED) {
            return MALFORMED;
        }
        int bytes = Varint.value(length);
        int next = Varint.next(length);
        if (bytes < lengthMin || bytes > end - next) {
            return MALFORMED;
        }
        return next + Math.max(bytes, 0);
    }

    /** Bytes of a field that {@link #skipBytes} has accepted, 0 for null. */
    private static int lengthAt(ByteBuffer source, int at, int end) {
        return Math.max(Varint.value(Varint.readInt(source, at, end)), 0);
    }
}
