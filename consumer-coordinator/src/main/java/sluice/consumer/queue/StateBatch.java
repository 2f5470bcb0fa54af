package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;

/**
 * A batch of a state log: each record's value is a change ({@link ChangeCodec}), its key is empty.
 * The first record has a header {@code s}: the offset of the first record of the last whole
 * snapshot, 8 bytes big-endian; it is left out while there is none.
 */
final class StateBatch {

    static final long NO_SNAPSHOT = -1;

    private static final String SNAPSHOT = "s";

    private StateBatch() {}

    /**
     * @param changes encoded, at least one
     */
    static ByteBuffer build(List<byte[]> changes, long snapshotAt, long wallMs) {
        int bytes = 128;
        for (byte[] each : changes) {
            bytes += each.length + 16;
        }
        var builder = new BatchBuilder(bytes);
        for (int i = 0; i < changes.size(); i++) {
            boolean isFirst = i == 0 && snapshotAt != NO_SNAPSHOT;
            builder.append(
                    wallMs,
                    null,
                    changes.get(i),
                    isFirst
                            ? List.of(
                                    new BatchBuilder.Header(
                                            SNAPSHOT,
                                            ByteBuffer.allocate(Long.BYTES)
                                                    .putLong(snapshotAt)
                                                    .array()))
                            : List.of());
        }
        return builder.build();
    }

    /**
     * Hands out the changes of all batches in the buffers, with their offsets, in order.
     *
     * @throws SluiceException DATA
     */
    static void forEach(List<ByteBuffer> buffers, ObjLongConsumer<Change> to) {
        Batches.forEach(
                buffers,
                record -> {
                    ByteBuffer value = record.value();
                    if (value != null) {
                        to.accept(ChangeCodec.decode(value), record.offset());
                    }
                });
    }

    /** What the last batch in the buffers says of the last whole snapshot. */
    static long snapshotAt(List<ByteBuffer> buffers) {
        var last = new ArrayList<ByteBuffer>(1);
        Batches.forEachBatch(
                buffers,
                (buffer, at) -> {
                    last.clear();
                    last.add(buffer.slice(at, buffer.limit() - at));
                });
        long[] found = {NO_SNAPSHOT};
        for (ByteBuffer batch : last) {
            BatchReader.forEach(
                    batch,
                    0,
                    record -> {
                        found[0] = snapshotAt(record);
                        return false;
                    });
        }
        return found[0];
    }

    private static long snapshotAt(LogRecord record) {
        for (LogRecord.Header each : record.headers()) {
            @Nullable ByteBuffer value = each.value();
            if (each.name().equals(SNAPSHOT) && value != null && value.remaining() == Long.BYTES) {
                return value.getLong(value.position());
            }
        }
        return NO_SNAPSHOT;
    }
}
