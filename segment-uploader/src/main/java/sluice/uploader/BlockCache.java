package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;

/**
 * Aligned blocks of objects, each read once however many readers ask for it at a time. Blocks; safe
 * from any thread.
 */
final class BlockCache {

    private static final Logger LOGGER = LoggerFactory.getLogger(BlockCache.class);

    private record BlockId(String objectKey, long index) {}

    private final ObjectStore store;
    private final int blockBytes;
    private final LoadingCache<BlockId, ByteBuffer> blocks;
    private final Semaphore loads;
    private final Semaphore readAheads;
    private final Executor readAhead;

    BlockCache(ObjectStore store, HistoryLimits limits, Executor readAhead) {
        this.store = store;
        this.readAhead = readAhead;
        blockBytes = limits.blockBytes();
        blocks = new LoadingCache<>(limits.cacheBytesMax(), ByteBuffer::remaining);
        loads = new Semaphore(limits.loadsMax(), true);
        readAheads = new Semaphore(limits.readAheadsMax());
    }

    /**
     * Bytes of an object, without a copy if they lie in one block.
     *
     * @return position 0 to limit, read-only
     * @throws SluiceException DATA {@code missing-object} or {@code short-object}; UNAVAILABLE
     */
    ByteBuffer bytes(ObjectExtent object, long from, int length) {
        long first = from / blockBytes;
        long last = (from + length - 1) / blockBytes;
        if (first == last) {
            return block(object, first).slice((int) (from - first * blockBytes), length);
        }
        ByteBuffer all = ByteBuffer.allocate(length);
        for (long index = first; index <= last; index++) {
            long start = Math.max(from, index * blockBytes);
            long end = Math.min(from + length, (index + 1) * blockBytes);
            all.put(
                    block(object, index)
                            .slice((int) (start - index * blockBytes), (int) (end - start)));
        }
        return all.flip().asReadOnlyBuffer();
    }

    /** What lies of an extent in the block of one of its bytes. */
    Window window(ObjectExtent object, long at) {
        long index = at / blockBytes;
        long from = Math.max(index * blockBytes, object.extent().position());
        long end = Math.min((index + 1) * blockBytes, object.extent().end());
        return new Window(from, bytes(object, from, (int) (end - from)));
    }

    /**
     * @param from index in the object of the first byte
     */
    record Window(long from, ByteBuffer bytes) {}

    /** Forgets the blocks of some bytes, so that they are read again. */
    void forget(ObjectExtent object, long from, long end) {
        for (long index = from / blockBytes; index <= (end - 1) / blockBytes; index++) {
            blocks.remove(new BlockId(object.objectKey(), index));
        }
    }

    /** Starts to read the block of a byte, unless it is here or too much is being read ahead. */
    void startReading(ObjectExtent object, long at) {
        long index = at / blockBytes;
        var id = new BlockId(object.objectKey(), index);
        if (blocks.isThere(id) || !readAheads.tryAcquire()) {
            return;
        }
        boolean started = false;
        try {
            readAhead.execute(() -> {
                try {
                    block(object, index);
                } catch (SluiceException e) {
                    // Whoever needs the block will read it again and be told.
                    LOGGER.atDebug()
                            .addKeyValue("objectKey", object.objectKey())
                            .setCause(e)
                            .log("read-ahead failed");
                } finally {
                    readAheads.release();
                }
            });
            started = true;
        } finally {
            if (!started) {
                readAheads.release();
            }
        }
    }

    /** Index in the object of a byte in the block after that of {@code at}. */
    long inNextBlock(long at) {
        return at + blockBytes;
    }

    private ByteBuffer block(ObjectExtent object, long index) {
        return blocks.get(new BlockId(object.objectKey(), index), () -> load(object, index));
    }

    private ByteBuffer load(ObjectExtent object, long index) {
        long from = index * blockBytes;
        int length = (int) Math.min(blockBytes, object.objectLengthBytes() - from);
        loads.acquireUninterruptibly();
        try {
            return ReferencedObjects.read(store, object.objectKey(), from, length)
                    .slice()
                    .asReadOnlyBuffer();
        } finally {
            loads.release();
        }
    }
}
