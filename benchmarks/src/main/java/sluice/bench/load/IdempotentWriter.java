package sluice.bench.load;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import sluice.log.batch.BatchBuilder;

/**
 * Writes to one partition, a batch at a time, under a producer id with sequences, and repeats each
 * until it is acknowledged: at the next gateway at once, and after a pause when all of them failed
 * in turn.
 */
final class IdempotentWriter implements Runnable {

    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

    private final int writer;
    private final int partition;
    private final Load.Shape shape;
    private final ProduceClient client;
    private final Route route;
    private final Ledger ledger;
    private final AckTimes acks;
    private final Load.Stopping stopping;
    private long producerId = -1;
    private long next;
    private long offsetMin;

    IdempotentWriter(
            int writer,
            int partition,
            Load.Shape shape,
            ProduceClient client,
            Route route,
            Ledger ledger,
            AckTimes acks,
            Load.Stopping stopping) {
        this.writer = writer;
        this.partition = partition;
        this.shape = shape;
        this.client = client;
        this.route = route;
        this.ledger = ledger;
        this.acks = acks;
        this.stopping = stopping;
    }

    @Override
    public void run() {
        try {
            while (producerId < 0 && !stopping.isWanted()) {
                var gateway = route.gateway();
                producerId = client.newProducerId(gateway);
                if (producerId < 0) {
                    route.leave(gateway);
                    pause(PAUSE_MIN);
                }
            }
            // Spread over the interval, so that they do not all write at the same moment.
            pause(shape.every().multipliedBy(partition).dividedBy(shape.partitions()));
            long dueNs = System.nanoTime();
            while (!stopping.isWanted()) {
                write();
                dueNs = Math.max(dueNs + shape.every().toNanos(), System.nanoTime());
                TimeUnit.NANOSECONDS.sleep(dueNs - System.nanoTime());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void write() throws InterruptedException {
        int count = shape.recordsPerBatch();
        byte[] batch = batch(count);
        Outcome last = new Outcome.Unknown("interrupted");
        boolean maybeDone = true;
        try {
            maybeDone = false;
            for (int attempt = 1; ; attempt++) {
                URI gateway = route.gateway();
                last = client.appendBatch(gateway, partition, batch);
                ledger.attempted(last);
                if (last instanceof Outcome.Acknowledged) {
                    acks.add(System.nanoTime());
                    return;
                }
                maybeDone |= last instanceof Outcome.Unknown;
                if (last instanceof Outcome.Refused refused && !refused.mayRepeat()) {
                    ledger.surprise(
                            "writer %d was refused for good at %s: %s"
                                    .formatted(writer, gateway, refused));
                    return;
                }
                if (stopping.isOver()) {
                    return;
                }
                if (!(last instanceof Outcome.Refused refused) || refused.status() != 429) {
                    route.leave(gateway);
                }
                pause(pauseAfter(last, attempt));
            }
        } catch (InterruptedException e) {
            maybeDone = true;
            throw e;
        } finally {
            var outcome =
                    maybeDone && !(last instanceof Outcome.Acknowledged)
                            ? new Outcome.Unknown("of all attempts")
                            : last;
            ledger.add(new Ledger.Entry(partition, writer, next, count, outcome));
            check(outcome, count);
            next += count;
        }
    }

    /** An acknowledgement must lie behind all earlier ones. */
    private void check(Outcome outcome, int count) {
        if (outcome instanceof Outcome.Acknowledged(var baseOffset) && baseOffset >= 0) {
            if (baseOffset < offsetMin) {
                ledger.surprise(
                        "partition %d: %d.%d was acknowledged at offset %d, earlier ones up to %d"
                                .formatted(partition, writer, next, baseOffset, offsetMin - 1));
            }
            offsetMin = baseOffset + count;
        }
    }

    private byte[] batch(int count) {
        var builder = new BatchBuilder(count * (shape.recordBytes() + 16) + 64);
        builder.producer(producerId, (short) 0, (int) next);
        long nowMs = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            builder.append(
                    nowMs, null, new Mark(writer, next + i).value(shape.recordBytes()), List.of());
        }
        ByteBuffer built = builder.build();
        var bytes = new byte[built.remaining()];
        built.get(built.position(), bytes);
        return bytes;
    }

    /** None while there is another gateway to ask; then as the gateway said, or doubling. */
    private Duration pauseAfter(Outcome outcome, int attempt) {
        if (attempt % route.size() != 0) {
            return Duration.ZERO;
        }
        int rounds = Math.min(10, attempt / route.size() - 1);
        Duration doubling = PAUSE_MIN.multipliedBy(1L << rounds);
        Duration own = doubling.compareTo(PAUSE_MAX) > 0 ? PAUSE_MAX : doubling;
        return outcome instanceof Outcome.Refused refused && refused.retryAfter().compareTo(own) > 0
                ? refused.retryAfter()
                : own;
    }

    private static void pause(Duration pause) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(pause.toNanos());
    }
}
