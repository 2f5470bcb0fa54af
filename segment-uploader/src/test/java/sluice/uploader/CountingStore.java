package sluice.uploader;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import sluice.uploader.memory.MemoryObjectStore;

/** Counts reads, holds one up, or damages one on its way; else a bucket in memory. */
final class CountingStore implements ObjectStore {

    final MemoryObjectStore memory = new MemoryObjectStore();
    final List<Long> positions = new ArrayList<>();
    private final CountDownLatch held = new CountDownLatch(1);
    private CountDownLatch gate = new CountDownLatch(0);
    int reads;

    /** Index in the bytes of the next read of a byte to invert; none if negative. */
    int damageNext = -1;

    /** From now on, reads wait for {@link #release}. */
    void hold() {
        gate = new CountDownLatch(1);
    }

    void awaitHeld() throws InterruptedException {
        held.await();
    }

    void release() {
        gate.countDown();
    }

    @Override
    public ByteBuffer read(String key, long from, int length) {
        CountDownLatch waitFor;
        int damage;
        synchronized (this) {
            reads++;
            positions.add(from);
            waitFor = gate;
            damage = damageNext;
            damageNext = -1;
        }
        held.countDown();
        try {
            waitFor.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        ByteBuffer bytes = memory.read(key, from, length);
        if (damage < 0) {
            return bytes;
        }
        ByteBuffer copy = ByteBuffer.allocate(length).put(bytes.duplicate()).flip();
        return copy.put(damage, (byte) ~copy.get(damage));
    }

    @Override
    public void put(String key, List<ByteBuffer> body) {
        memory.put(key, body);
    }

    @Override
    public List<Found> list(String prefix, String after, int max) {
        return memory.list(prefix, after, max);
    }

    @Override
    public void delete(String key) {
        memory.delete(key);
    }

    @Override
    public void close() {}
}
