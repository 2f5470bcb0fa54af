package sluice.client.outbox;

import java.util.concurrent.atomic.AtomicLong;

/** What a relay has done; read from any thread. */
final class OutboxCounts {

    private final AtomicLong relayed = new AtomicLong();
    private final AtomicLong setAside = new AtomicLong();

    void relayed(int rows) {
        relayed.addAndGet(rows);
    }

    void setAside(int rows) {
        setAside.addAndGet(rows);
    }

    OutboxRelay.Stats snapshot() {
        return new OutboxRelay.Stats(relayed.get(), setAside.get());
    }
}
