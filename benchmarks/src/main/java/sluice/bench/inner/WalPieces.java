package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32C;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** The wal's owner and its members, without what is between them and without disks. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class WalPieces {

    private static final long TIMESTAMP_MS = 1_767_225_600_000L;

    /** Bytes of the batch in the entry. */
    @Param({"1024", "65536"})
    public int bytes;

    @Param({"1", "3"})
    public int members;

    private ByteBuffer batch = ByteBuffer.allocate(0);
    private OneThreadWal wal = new OneThreadWal(1);

    /** Anew for each iteration, so that none goes on with what the one before left. */
    @Setup(Level.Iteration)
    public void open() {
        batch = InnerBytes.batch(bytes, TIMESTAMP_MS);
        wal = new OneThreadWal(members);
    }

    /** Header, CRC and chain hash, a frame, and on each member the check of all of them. */
    @Benchmark
    public long appendToCommitted() {
        return wal.append(batch);
    }

    /** What of it is bound by memory: the CRC of the same bytes, once. */
    @Benchmark
    public long crcAlone() {
        var crc = new CRC32C();
        crc.update(batch.duplicate());
        return crc.getValue();
    }
}
