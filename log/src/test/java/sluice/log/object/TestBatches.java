package sluice.log.object;

import java.nio.ByteBuffer;
import java.util.random.RandomGenerator;
import java.util.zip.CRC32C;

/** Batches with a header as in the log and random bytes in place of records. */
final class TestBatches {

    private TestBatches() {}

    static ByteBuffer batch(
            long baseOffset,
            int recordCount,
            long maxTimestampMs,
            int payloadBytes,
            RandomGenerator random) {
        byte[] payload = new byte[payloadBytes];
        random.nextBytes(payload);
        ByteBuffer batch = ByteBuffer.allocate(61 + payloadBytes);
        batch.putLong(baseOffset).putInt(batch.capacity() - 12).putInt(1).put((byte) 2).putInt(0);
        batch.putShort((short) 0).putInt(recordCount - 1);
        batch.putLong(maxTimestampMs).putLong(maxTimestampMs);
        batch.putLong(-1).putShort((short) -1).putInt(-1).putInt(recordCount).put(payload).flip();
        return withCrc(batch);
    }

    /** The same batch, now of an idempotent producer. */
    static ByteBuffer of(long producerId, int epoch, int baseSequence, ByteBuffer batch) {
        batch.putLong(43, producerId).putShort(51, (short) epoch).putInt(53, baseSequence);
        return withCrc(batch);
    }

    private static ByteBuffer withCrc(ByteBuffer batch) {
        var crc = new CRC32C();
        crc.update(batch.slice(21, batch.limit() - 21));
        return batch.putInt(17, (int) crc.getValue());
    }
}
