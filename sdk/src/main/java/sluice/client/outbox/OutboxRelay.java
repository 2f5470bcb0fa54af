package sluice.client.outbox;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends what waits in the outbox, in the background: in the order of its keys, each row once.
 *
 * <p>Any number of relays may run on one outbox, in one process or many; they share its lanes. When
 * one dies, its lanes go to the others after the lease, with what it had begun to send. Rows of one
 * key are in the log in the order of their ids.
 *
 * <pre>{@code
 * OutboxRelay relay = client.outboxRelay(dataSource).start(); // with the application
 * …
 * relay.close();                                              // before the client
 * }</pre>
 */
public final class OutboxRelay implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(OutboxRelay.class);

    /**
     * What a relay has done since it was started.
     *
     * @param relayed rows that it found to be in the log, and deleted
     * @param refused rows that it set aside in {@code sluice_outbox_refused}
     */
    public record Stats(long relayed, long refused) {}

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition woken = lock.newCondition();
    private final OutboxCounts counts = new OutboxCounts();
    private final List<Thread> workers = new ArrayList<>();
    private final Settings settings;
    private long wakes;
    private boolean closed;

    private OutboxRelay(Settings settings) {
        this.settings = settings;
    }

    /** What a relay is made of; {@link Builder} checks it. */
    record Settings(
            DataSource database,
            OutboxLog log,
            RoundPlan.KeyPartitioner partitioner,
            String name,
            int workers,
            Duration poll,
            Duration lease,
            int rowsMax,
            int bytesMax) {}

    static OutboxRelay start(Settings settings) {
        var relay = new OutboxRelay(settings);
        for (int i = 0; i < settings.workers(); i++) {
            relay.startWorker(i);
        }
        return relay;
    }

    private void startWorker(int number) {
        var tables =
                new OutboxTables(
                        settings.database(),
                        settings.name(),
                        (int) settings.lease().toSeconds(),
                        settings.rowsMax(),
                        settings.bytesMax());
        var turn =
                new LaneTurn(
                        tables,
                        settings.log(),
                        settings.partitioner(),
                        counts,
                        number * OutboxSchema.LANES / settings.workers());
        var worker = new Thread(() -> work(turn), settings.name() + "-" + number);
        worker.setDaemon(true);
        workers.add(worker);
        worker.start();
    }

    /**
     * Looks at once instead of after the poll interval. An application may call it after its
     * commit; nothing depends on it.
     */
    public void wake() {
        lock.lock();
        try {
            wakes++;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** What has been done so far. */
    public Stats stats() {
        return counts.snapshot();
    }

    /**
     * Waits for no attempt that is under way, gives the lanes back, and returns; what waits stays
     * where it is, and what was being sent is sent again by whoever goes on.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            woken.signalAll();
        } finally {
            lock.unlock();
        }
        settings.log().stop();
        boolean interrupted = false;
        for (Thread worker : workers) {
            interrupted |= !ended(worker);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static boolean ended(Thread worker) {
        try {
            worker.join();
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void work(LaneTurn turn) {
        Duration pause = Backoff.FIRST;
        while (true) {
            long seen = wakes();
            if (seen < 0) {
                turn.stop();
                return;
            }
            switch (step(turn)) {
                case WORKED:
                    pause = Backoff.FIRST;
                    break;
                case NOTHING:
                    pause = Backoff.FIRST;
                    await(settings.poll(), seen);
                    break;
                case LATER:
                    await(pause, Long.MAX_VALUE);
                    pause = Backoff.after(pause);
                    break;
            }
        }
    }

    private static LaneTurn.Progress step(LaneTurn turn) {
        try {
            return turn.step();
        } catch (RuntimeException e) {
            LOGGER.atError().setCause(e).log("outbox: a defect of the relay; it tries again");
            return LaneTurn.Progress.LATER;
        }
    }

    /** How often the relay was woken; −1 once it is closed. */
    private long wakes() {
        lock.lock();
        try {
            return closed ? -1 : wakes;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits that long, or until the relay is closed.
     *
     * @param seen a later wake ends it too
     */
    private void await(Duration duration, long seen) {
        lock.lock();
        try {
            long left = duration.toNanos();
            while (left > 0 && !closed && wakes <= seen) {
                left = woken.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            closed = true; // Nobody interrupts a worker but to end it.
        } finally {
            lock.unlock();
        }
    }

    /** Pauses that double while the log or the database is not there. */
    private static final class Backoff {
        static final Duration FIRST = Duration.ofMillis(50);
        static final Duration MAX = Duration.ofSeconds(3);

        static Duration after(Duration pause) {
            Duration doubled = pause.multipliedBy(2);
            return doubled.compareTo(MAX) < 0 ? doubled : MAX;
        }
    }
}
