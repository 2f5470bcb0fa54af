package sluice.bench.load;

import java.net.URI;
import java.util.concurrent.TimeUnit;

/**
 * Tries each value once, as JSON and with nothing by which a repetition could be known, and takes
 * what it is told at its word. Goes round the partitions and the gateways.
 */
final class SingleShots implements Runnable {

    private final int writer;
    private final Load.Shape shape;
    private final ProduceClient client;
    private final Route route;
    private final Ledger ledger;
    private final Load.Stopping stopping;

    SingleShots(
            int writer,
            Load.Shape shape,
            ProduceClient client,
            Route route,
            Ledger ledger,
            Load.Stopping stopping) {
        this.writer = writer;
        this.shape = shape;
        this.client = client;
        this.route = route;
        this.ledger = ledger;
        this.stopping = stopping;
    }

    @Override
    public void run() {
        try {
            for (long number = 0; !stopping.isWanted(); number++) {
                int partition = (int) (number % shape.partitions());
                URI gateway = route.gateway();
                Outcome outcome = new Outcome.Unknown("interrupted");
                try {
                    outcome =
                            client.appendRecord(
                                    gateway,
                                    partition,
                                    new Mark(writer, number).text(shape.recordBytes()));
                } finally {
                    ledger.attempted(outcome);
                    ledger.add(new Ledger.Entry(partition, writer, number, 1, outcome));
                }
                if (!(outcome instanceof Outcome.Acknowledged)) {
                    route.leave(gateway);
                }
                TimeUnit.NANOSECONDS.sleep(shape.every().toNanos());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
