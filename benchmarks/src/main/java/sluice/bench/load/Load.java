package sluice.bench.load;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A steady load on one topic that remembers what it was told: one idempotent writer for each
 * partition, which repeats a batch until it is acknowledged, and writers that try each value once.
 *
 * <p>The caller makes the topic, owns the load, and stops it before the comparison.
 */
public final class Load implements AutoCloseable {

    /**
     * How much.
     *
     * @param producers idempotent writers share so many connections' owners, each of which moves to
     *     another gateway by itself
     * @param every pause of each writer between the starts of two batches
     * @param singleShots writers that try each value once
     * @param attemptMax an answer that takes longer is not waited for
     */
    public record Shape(
            String topic,
            int partitions,
            int producers,
            int recordsPerBatch,
            int recordBytes,
            Duration every,
            int singleShots,
            Duration attemptMax) {}

    private final Shape shape;
    private final Ledger ledger = new Ledger();
    private final List<AckTimes> acks = new ArrayList<>();
    private final List<Route> routes = new ArrayList<>();
    private final List<Thread> writers = new ArrayList<>();
    private final List<ProduceClient> clients = new ArrayList<>();
    private final Stopping stopping = new Stopping();

    /** When writers end: the moment after which no new value is sent, and the last of all. */
    static final class Stopping {
        private volatile boolean wanted;
        private volatile long deadlineNs;

        boolean isWanted() {
            return wanted;
        }

        boolean isOver() {
            return wanted && System.nanoTime() - deadlineNs > 0;
        }
    }

    private Load(Shape shape) {
        this.shape = shape;
    }

    /** Starts at once, through these gateways. */
    public static Load start(Shape shape, List<URI> gateways) {
        var load = new Load(shape);
        for (int i = 0; i < shape.producers(); i++) {
            load.clients.add(new ProduceClient(shape.topic(), shape.attemptMax()));
            load.routes.add(new Route(gateways, i));
        }
        for (int partition = 0; partition < shape.partitions(); partition++) {
            load.acks.add(new AckTimes());
        }
        for (int partition = 0; partition < shape.partitions(); partition++) {
            int producer = partition % shape.producers();
            load.begin(
                    "writer-" + partition,
                    new IdempotentWriter(
                            partition,
                            partition,
                            shape,
                            load.clients.get(producer),
                            load.routes.get(producer),
                            load.ledger,
                            load.acks.get(partition),
                            load.stopping));
        }
        for (int i = 0; i < shape.singleShots(); i++) {
            int producer = i % shape.producers();
            load.begin(
                    "single-shots-" + i,
                    new SingleShots(
                            shape.partitions() + i,
                            shape,
                            load.clients.get(producer),
                            load.routes.get(producer),
                            load.ledger,
                            load.stopping));
        }
        return load;
    }

    private void begin(String name, Runnable writer) {
        writers.add(Thread.ofVirtual().name(name).start(writer));
    }

    public Ledger ledger() {
        return ledger;
    }

    /** Of one partition, by its idempotent writer. */
    public AckTimes acks(int partition) {
        return acks.get(partition);
    }

    /** From the next attempt on, only these gateways are known to anybody. */
    public void through(List<URI> gateways) {
        for (int i = 0; i < routes.size(); i++) {
            routes.get(i).through(gateways, i);
        }
    }

    /**
     * Waits until every partition had an acknowledgement after this call.
     *
     * @return the partitions that had none in time
     */
    public List<Integer> awaitProgress(Duration max) throws InterruptedException {
        long startNs = System.nanoTime();
        var silent = new ArrayList<Integer>();
        for (int partition : IntStream.range(0, acks.size()).toArray()) {
            var left = max.minusNanos(System.nanoTime() - startNs);
            if (!acks.get(partition).awaitSince(startNs, left)) {
                silent.add(partition);
            }
        }
        return silent;
    }

    /** Lets the load go on for so long. */
    public void goOn(Duration time) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(time.toNanos());
    }

    /**
     * Sends no new value; goes on with those under way for at most that time. What is not known by
     * then stays unknown.
     */
    public void stop(Duration grace) throws InterruptedException {
        stopping.deadlineNs = System.nanoTime() + grace.toNanos();
        stopping.wanted = true;
        for (Thread writer : writers) {
            writer.join(grace.plus(shape.attemptMax()).plusSeconds(5));
        }
    }

    /** Ends it without waiting for anything. */
    @Override
    public void close() {
        stopping.deadlineNs = System.nanoTime();
        stopping.wanted = true;
        writers.forEach(Thread::interrupt);
        clients.forEach(ProduceClient::close);
    }
}
