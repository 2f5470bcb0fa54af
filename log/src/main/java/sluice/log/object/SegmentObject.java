package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A segment object ready to be stored.
 *
 * @param body the object's bytes in order; the buffers are views of those given to the writer
 * @param lengthBytes of the whole object
 * @param footerAt index of the footer's first byte
 * @param footerCrc CRC-32C of the bytes from {@code footerAt} to the end, trailer included
 * @param extents as in the footer
 */
public record SegmentObject(
        List<ByteBuffer> body,
        long lengthBytes,
        long footerAt,
        int footerCrc,
        List<Extent> extents) {

    public SegmentObject {
        body = List.copyOf(body);
        extents = List.copyOf(extents);
    }
}
