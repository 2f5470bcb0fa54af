package sluice.engine;

import java.nio.ByteBuffer;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** Finds records by time. */
final class Timestamps {

    private Timestamps() {}

    /** Offset of the first record of the batch at {@code at} with at least that timestamp. */
    static long firstAtOrAfter(ByteBuffer source, int at, long timestampMs) {
        long[] found = new long[] {RecordBatch.nextOffset(source, at)};
        BatchReader.forEach(
                source,
                at,
                each -> {
                    if (each.timestampMs() < timestampMs) {
                        return true;
                    }
                    found[0] = each.offset();
                    return false;
                });
        return found[0];
    }
}
