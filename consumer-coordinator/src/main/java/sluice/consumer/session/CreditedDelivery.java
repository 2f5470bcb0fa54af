package sluice.consumer.session;

import java.util.List;
import java.util.function.Consumer;

/**
 * Delivers records as far as the member has asked for bytes, a turn at a time, so that whoever
 * writes them can say stop in between. Owned by the session's lane.
 *
 * <p>The last batch may be larger than what is left of the credit; what it is over is taken off the
 * credit that follows.
 */
public final class CreditedDelivery {

    private final MemberSession session;
    private final long turnBytes;
    private final Consumer<Chunk> sink;
    private long credit;
    private boolean isOpen = true;

    /**
     * @param turnBytes taken at a time
     * @param sink gets the records; it may close this delivery
     */
    public CreditedDelivery(MemberSession session, long turnBytes, Consumer<Chunk> sink) {
        this.session = session;
        this.turnBytes = turnBytes;
        this.sink = sink;
    }

    /** So many more bytes may be delivered. */
    public void grant(long bytes) {
        credit = Math.min(Long.MAX_VALUE - bytes, credit) + bytes;
        deliver();
    }

    /** Nothing is delivered until {@link #open}. */
    public void close() {
        isOpen = false;
    }

    public void open() {
        isOpen = true;
        deliver();
    }

    /**
     * Bytes that may be delivered now; negative if the last batch was larger than what was left.
     */
    public long credit() {
        return credit;
    }

    /** Delivers what there is, as far as it may. */
    public void deliver() {
        while (isOpen && credit > 0 && session.isReadable()) {
            session.take(Long.MAX_VALUE, Math.min(credit, turnBytes), this::taken);
        }
    }

    private void taken(List<Chunk> chunks) {
        for (Chunk chunk : chunks) {
            credit -= chunk.bytes();
            sink.accept(chunk);
        }
    }
}
