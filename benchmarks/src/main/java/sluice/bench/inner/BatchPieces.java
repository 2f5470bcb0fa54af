package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;

/** What is done to a batch before it is appended, and by who reads it. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class BatchPieces {

    private static final long TIMESTAMP_MS = 1_767_225_600_000L;
    private static final int RECORD_BYTES_MAX = 1 << 20;

    /** Bytes of all values of the batch. */
    @Param("65536")
    public int bytes;

    @Param({"100", "1024"})
    public int recordBytes;

    private byte[] value = new byte[0];
    private ByteBuffer batch = ByteBuffer.allocate(0);

    @Setup
    public void make() {
        value = InnerBytes.random(recordBytes);
        batch = build();
    }

    /** Records one after another into a batch, and its CRC. */
    @Benchmark
    public ByteBuffer build() {
        var builder = new BatchBuilder(bytes + bytes / 4);
        for (int i = 0; i < bytes / recordBytes; i++) {
            builder.append(TIMESTAMP_MS, null, value, List.of());
        }
        return builder.build();
    }

    /** As every batch of a binary request: CRC, counts, the frame of each record. */
    @Benchmark
    public int check() {
        return RecordBatch.check(batch, 0, batch.limit(), RECORD_BYTES_MAX);
    }

    /** Each record of it. */
    @Benchmark
    public long read() {
        long[] sum = new long[1];
        BatchReader.forEach(
                batch,
                0,
                record -> {
                    ByteBuffer read = record.value();
                    sum[0] += read == null ? 0 : read.remaining();
                    return true;
                });
        return sum[0];
    }
}
