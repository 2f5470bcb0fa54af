package sluice.bench.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import sluice.bench.beside.Values;
import sluice.bench.client.BenchProducer;
import sluice.bench.system.QueueSystem;
import sluice.log.SluiceException;

/**
 * Senders of one queue: as many messages as get through with a bounded number under way (closed
 * loop), or as many a second as are told, whatever the system does (open loop).
 */
final class Sending implements AutoCloseable {

    /** Numbers of keys, from 1 on, where keys count. */
    private static final int KEYS = 1_000;

    private static final Duration DRAIN_MAX = Duration.ofSeconds(60);

    /** How often a sender that may not send looks whether it is over. */
    private static final long LOOK_MS = 50;

    private final QueueSettings settings;
    private final int perSecond;
    private final Semaphore outstanding;
    private final AtomicLong numbers = new AtomicLong();
    private final AtomicBoolean isOver = new AtomicBoolean();
    private final List<Thread> threads = new ArrayList<>();
    private final List<BenchProducer> senders = new ArrayList<>();

    /**
     * @param perSecond messages of all senders together; 0: as many as get through
     * @param outstanding what is left of the messages that may be under way; only for those
     */
    Sending(QueueSettings settings, int perSecond, Semaphore outstanding) {
        this.settings = settings;
        this.perSecond = perSecond;
        this.outstanding = outstanding;
    }

    /**
     * @param together messages that one request may have
     */
    void begin(QueueSystem system, String queue, int together, Passage passage)
            throws InterruptedException {
        long beginNs = System.nanoTime();
        for (int i = 0; i < settings.senders(); i++) {
            BenchProducer sender = system.sender(queue, together, passage);
            senders.add(sender);
            int index = i;
            threads.add(
                    Thread.ofPlatform()
                            .name("send-" + i)
                            .daemon()
                            .start(() -> send(sender, index, beginNs, passage)));
        }
    }

    /** Ends between two messages, so that all that have a number are sent. */
    private void send(BenchProducer sender, int index, long beginNs, Passage passage) {
        var values = new Values(settings.messageBytes());
        double everyNs = perSecond == 0 ? 0 : 1e9 * settings.senders() / perSecond;
        double offsetNs = everyNs * index / settings.senders();
        try {
            for (long i = 0; !isOver.get(); i++) {
                long dueNs = beginNs + (long) (offsetNs + i * everyNs);
                if (perSecond > 0) {
                    await(dueNs);
                } else if (outstanding.tryAcquire(LOOK_MS, TimeUnit.MILLISECONDS)) {
                    dueNs = System.nanoTime();
                } else {
                    continue;
                }
                byte[] value = values.next().clone();
                long number = numbers.getAndIncrement();
                Passage.stamp(value, dueNs, number);
                sender.send((int) (1 + number % KEYS), value, dueNs);
            }
        } catch (InterruptedException e) {
            passage.failed("a sender was interrupted");
        } catch (RuntimeException e) {
            passage.failed(e.toString());
        }
    }

    private static void await(long dueNs) throws InterruptedException {
        for (long ahead = dueNs - System.nanoTime(); ahead > 0; ahead = dueNs - System.nanoTime()) {
            LockSupport.parkNanos(ahead);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
        }
    }

    /**
     * Sends no more, and waits until all that was sent has come to somebody.
     *
     * @throws SluiceException UNAVAILABLE {@code lost} if some messages came to nobody
     */
    void end(Passage passage) throws InterruptedException {
        isOver.set(true);
        join();
        for (BenchProducer sender : senders) {
            sender.flush();
        }
        long sent = numbers.get();
        long deadlineNs = System.nanoTime() + DRAIN_MAX.toNanos();
        while (passage.done() < sent) {
            passage.check();
            if (System.nanoTime() - deadlineNs > 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "lost",
                        "%d of %d messages came to nobody within %d s of the last"
                                .formatted(sent - passage.done(), sent, DRAIN_MAX.toSeconds()));
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private void join() throws InterruptedException {
        for (Thread thread : threads) {
            thread.join();
        }
    }

    /** Ends at once. */
    @Override
    public void close() throws InterruptedException {
        isOver.set(true);
        threads.forEach(Thread::interrupt);
        join();
        senders.forEach(BenchProducer::close);
    }
}
