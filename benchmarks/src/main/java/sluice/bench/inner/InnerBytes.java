package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Random;
import sluice.log.batch.BatchBuilder;

/** Bytes to work on, the same in each run. */
final class InnerBytes {

    private InnerBytes() {}

    static byte[] random(int length) {
        var bytes = new byte[length];
        new Random(20_260_101).nextBytes(bytes);
        return bytes;
    }

    /** A batch of one record. */
    static ByteBuffer batch(int valueBytes, long timestampMs) {
        var builder = new BatchBuilder(valueBytes + 128);
        builder.append(timestampMs, null, random(valueBytes), List.of());
        return builder.build();
    }

    /** The remaining bytes of all, in a buffer of their own, as a network would bring them. */
    static ByteBuffer joined(List<ByteBuffer> parts) {
        var all = ByteBuffer.allocate(parts.stream().mapToInt(ByteBuffer::remaining).sum());
        parts.forEach(part -> all.put(part.duplicate()));
        return all.flip();
    }
}
