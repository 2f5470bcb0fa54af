package sluice.log.wal;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Entries as an owner makes them, one after another. */
final class EntryChain {

    private long next;
    private long hash;
    private long hwm;

    EntryChain() {
        this(0, WalEntry.FIRST_HASH);
    }

    EntryChain(long start, long startHash) {
        this.next = start;
        this.hash = startHash;
        this.hwm = start;
    }

    long next() {
        return next;
    }

    long hash() {
        return hash;
    }

    /** Entries made from now on say that all below {@code sequence} are on all disks. */
    EntryChain hwm(long sequence) {
        this.hwm = sequence;
        return this;
    }

    ByteBuffer entry(String text) {
        return entry(bytes(text));
    }

    ByteBuffer entry(ByteBuffer payload) {
        ByteBuffer header =
                WalEntry.header(
                        WalEntry.BATCH,
                        (byte) 6,
                        5,
                        1,
                        next,
                        hash,
                        hwm,
                        1000 + next,
                        9,
                        3,
                        1,
                        next,
                        payload);
        next++;
        hash = WalEntry.hashOf(header, 0);
        return join(header, payload.duplicate());
    }

    /** Several entries in one buffer. */
    ByteBuffer entries(String... texts) {
        ByteBuffer[] all = new ByteBuffer[texts.length];
        for (int i = 0; i < texts.length; i++) {
            all[i] = entry(texts[i]);
        }
        return join(all);
    }

    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    static ByteBuffer join(ByteBuffer... parts) {
        int bytes = 0;
        for (ByteBuffer part : parts) {
            bytes += part.remaining();
        }
        ByteBuffer joined = ByteBuffer.allocate(bytes);
        for (ByteBuffer part : parts) {
            joined.put(part.duplicate());
        }
        return joined.flip();
    }

    static ByteBuffer withBitFlipped(ByteBuffer source, int bit) {
        ByteBuffer copy = join(source);
        copy.put(bit / 8, (byte) (copy.get(bit / 8) ^ (1 << (bit % 8))));
        return copy;
    }
}
