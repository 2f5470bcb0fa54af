package sluice.client.outbox;

import java.time.Duration;
import javax.sql.DataSource;
import sluice.client.batch.Partitioner;
import sluice.client.http.ApiClient;
import sluice.client.time.Clock;

/** Settings of an {@link OutboxRelay}; each default suits most applications. */
public final class OutboxRelayBuilder {

    /**
     * An attempt is over long before the lease is, so that a lease is lost only with its holder.
     */
    private static final int LEASE_PARTS = 3;

    private static final Duration LEASE_MIN = Duration.ofSeconds(3);

    /** Read at a time; one row comes in any case. */
    private static final int BYTES_MAX = 1 << 20;

    private final ApiClient api;
    private final Clock clock;
    private final DataSource database;
    private String name;
    private int workers = 1;
    private Duration poll = Duration.ofMillis(200);
    private Duration lease = Duration.ofSeconds(15);
    private int rowsMax = 500;

    /** Not for applications: {@code SluiceClient.outboxRelay} makes one. */
    public OutboxRelayBuilder(ApiClient api, Clock clock, String label, DataSource database) {
        this.api = api;
        this.clock = clock;
        this.database = database;
        this.name = label;
    }

    /** What the table shows of the relay, for people. The client's label unless told otherwise. */
    public OutboxRelayBuilder name(String name) {
        if (name.isEmpty() || name.length() > 200) {
            throw new IllegalArgumentException(
                    "a relay's name has 1 to 200 characters: length=" + name.length());
        }
        this.name = name;
        return this;
    }

    /**
     * Threads; each uses one connection now and then. 1, which relays thousands of rows a second.
     */
    public OutboxRelayBuilder workers(int workers) {
        if (workers < 1 || workers > OutboxSchema.LANES) {
            throw new IllegalArgumentException(
                    "expected workers=1 to %d, found %d".formatted(OutboxSchema.LANES, workers));
        }
        this.workers = workers;
        return this;
    }

    /** How long it waits before it looks again when there was nothing to do. 200 ms. */
    public OutboxRelayBuilder poll(Duration interval) {
        this.poll = interval;
        return this;
    }

    /**
     * After how long other relays go on where this one died. 15 s, at least 3 s; shorter ones are
     * safe, and only cost that two relays send the same.
     */
    public OutboxRelayBuilder lease(Duration lease) {
        if (lease.compareTo(LEASE_MIN) < 0) {
            throw new IllegalArgumentException(
                    "expected lease>=%s, found %s".formatted(LEASE_MIN, lease));
        }
        this.lease = lease;
        return this;
    }

    /** Most rows that are read at a time. 500. */
    public OutboxRelayBuilder rowsMax(int rows) {
        if (rows < 1) {
            throw new IllegalArgumentException("expected rowsMax>=1, found " + rows);
        }
        this.rowsMax = rows;
        return this;
    }

    /** Begins to relay; the caller closes it. */
    public OutboxRelay start() {
        return OutboxRelay.start(
                new OutboxRelay.Settings(
                        database,
                        new ClientOutboxLog(api, clock, lease.dividedBy(LEASE_PARTS)),
                        Partitioner::forKey,
                        name,
                        workers,
                        poll,
                        lease,
                        rowsMax,
                        BYTES_MAX));
    }
}
