package sluice.bench.redelivery;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import sluice.bench.worker.WorkerEvent;
import sluice.bench.worker.WorkerProcess;
import sluice.log.SluiceException;

/** All that all consumers told, in the order in which it was heard. Used by any thread. */
final class WorkerLog {

    /** What somebody told. */
    record Told(WorkerProcess worker, WorkerEvent event) {}

    private final List<Told> all = new ArrayList<>();

    synchronized void add(WorkerProcess worker, WorkerEvent event) {
        all.add(new Told(worker, event));
        notifyAll();
    }

    /**
     * Waits for the first that fits.
     *
     * @throws SluiceException UNAVAILABLE {@code not-told}
     */
    synchronized Told await(String what, Duration max, Predicate<Told> fits)
            throws InterruptedException {
        long endNs = System.nanoTime() + max.toNanos();
        int looked = 0;
        while (true) {
            for (; looked < all.size(); looked++) {
                if (fits.test(all.get(looked))) {
                    return all.get(looked);
                }
            }
            long leftNs = endNs - System.nanoTime();
            if (leftNs <= 0) {
                throw new SluiceException(
                        SluiceException.Kind.UNAVAILABLE,
                        "not-told",
                        "%s: not within %s".formatted(what, max));
            }
            TimeUnit.NANOSECONDS.timedWait(this, leftNs);
        }
    }

    synchronized List<Told> of(WorkerEvent.Kind kind) {
        return all.stream().filter(each -> each.event().kind() == kind).toList();
    }
}
