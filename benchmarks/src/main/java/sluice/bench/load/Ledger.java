package sluice.bench.load;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Every value that was ever sent, with what its writer was told last. Callable from many threads.
 */
public final class Ledger {

    /**
     * Values of one batch: the writer's numbers from {@code first} on.
     *
     * @param outcome of all attempts together: unknown if any attempt was, unless it was
     *     acknowledged
     */
    record Entry(int partition, int writer, long first, int count, Outcome outcome) {}

    private final List<Entry> entries = new ArrayList<>();
    private final Map<String, Integer> refusals = new TreeMap<>();
    private final List<String> surprises = new ArrayList<>();
    private long retryAfterMissing;

    synchronized void add(Entry entry) {
        entries.add(entry);
    }

    /** Of one attempt, whether or not another followed. */
    synchronized void attempted(Outcome outcome) {
        if (outcome instanceof Outcome.Refused refused) {
            refusals.merge(refused.status() + " " + refused.code(), 1, Integer::sum);
            boolean mustSay = refused.status() == 429 || refused.status() == 503;
            if (mustSay && refused.retryAfter().isZero()) {
                retryAfterMissing++;
            }
        }
        if (outcome instanceof Outcome.Unknown) {
            refusals.merge("unknown", 1, Integer::sum);
        }
    }

    /** Notes what no writer should ever see. */
    synchronized void surprise(String what) {
        surprises.add(what);
    }

    synchronized List<Entry> entries() {
        return List.copyOf(entries);
    }

    synchronized List<String> surprises() {
        return List.copyOf(surprises);
    }

    /** How many attempts ended so, by status and code, or as {@code unknown}. */
    public synchronized Map<String, Integer> refusals() {
        return new TreeMap<>(refusals);
    }

    /** Answers 429 and 503 that did not say when to come back. */
    public synchronized long retryAfterMissing() {
        return retryAfterMissing;
    }

    /** Batches acknowledged up to now. */
    public synchronized long acknowledged() {
        return entries.stream()
                .filter(entry -> entry.outcome() instanceof Outcome.Acknowledged)
                .count();
    }

    @Override
    public synchronized String toString() {
        return "%d batches, %d acknowledged, attempts without: %s"
                .formatted(entries.size(), acknowledged(), refusals);
    }
}
