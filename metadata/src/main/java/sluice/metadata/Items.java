package sluice.metadata;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;

/**
 * Conditional writes whose lost responses are resolved, once for all users of the tables.
 *
 * <p>Each change carries a fresh attempt id. When its outcome is unknown, the item is read again
 * and its memory of attempts consulted:
 *
 * <pre>
 *   the attempt is remembered                          Applied, even if others wrote since
 *   another attempt wrote the version it wanted        Conflict
 *   the version is still the expected one              the same write again, after a pause
 *   the item forgot, or is gone                        UNKNOWN_OUTCOME
 * </pre>
 *
 * <p>Why the same write again is safe while the first may still be under way: both carry the same
 * condition (the item has version v) and the same content, and every write moves the item away from
 * v, to which it never returns (versions only grow, and a recreated item starts elsewhere). So at
 * most one of them is applied, in whichever order they arrive, and it does not matter which: the
 * item has the same version, attempt and body. Therefore a conflict of a <em>repeated</em> write
 * proves nothing (the first may have arrived in between) and is looked up like a lost response. For
 * the same reason a conflict found by looking is final: a copy still under way names a version that
 * will not come again.
 *
 * <p>One exception bounds how early an item may be removed: a <em>creation</em> names no version,
 * so a copy of it that is still under way after the item was deleted would create it again. An item
 * is removed only long after the longest a request can be under way, tries included.
 *
 * <p>Safe from any thread; calls block.
 */
public final class Items {

    /** Looks taken at an item after a lost response; each but the last may repeat the write. */
    static final int LOOKS_MAX = 6;

    /** Lost races that {@link #update} takes before it gives up. */
    static final int RACES_MAX = 12;

    private static final Duration PAUSE_FIRST = Duration.ofMillis(20);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(1);
    private static final String ID_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

    private final ItemStore store;
    private final RandomGenerator random;
    private final Pause pause;

    /**
     * @param random source of attempt ids and jitter; used under this object's lock, so it need not
     *     be thread-safe. Two processes must not share a seed
     */
    public Items(ItemStore store, RandomGenerator random, Pause pause) {
        this.store = store;
        this.random = random;
        this.pause = pause;
    }

    /** As {@link ItemStore#get}. */
    public Optional<Item> get(Table table, String key) {
        return store.get(table, key);
    }

    /** As {@link ItemStore#scan}. */
    public List<Item> scan(Table table, String prefix) {
        return store.scan(table, prefix);
    }

    /** As {@link ItemStore#scanAfter}. */
    public List<Item> scanAfter(Table table, String prefix, String afterKey, int max) {
        return store.scanAfter(table, prefix, afterKey, max);
    }

    /**
     * Creates ({@code expectedVersion} 0) or replaces an item if its version is as expected.
     *
     * @throws SluiceException UNAVAILABLE if it was not applied and never will be; UNKNOWN_OUTCOME
     *     if it may have been or may yet be applied and looking did not tell; INVALID with code
     *     {@code item-too-large}
     */
    public Written write(Table table, String key, long expectedVersion, String body) {
        String attempt = nextAttempt();
        return resolved(
                table,
                key,
                () -> store.put(table, key, expectedVersion, attempt, body),
                found -> fateOfWrite(attempt, expectedVersion, found),
                new Written.Applied(
                        expectedVersion == 0
                                ? ItemStore.firstVersion(attempt)
                                : expectedVersion + 1));
    }

    /**
     * Removes an item if its version is as expected. Applied means that nothing is under the key,
     * whoever removed it; Conflict means that the key now holds another version.
     *
     * @throws SluiceException as {@link #write}
     */
    public Written delete(Table table, String key, long expectedVersion) {
        return resolved(
                table,
                key,
                () -> store.delete(table, key, expectedVersion),
                found -> fateOfRemoval(expectedVersion, found),
                new Written.Applied(0));
    }

    /**
     * Reads an item, changes its body and writes it back, again from the start when others were
     * faster. When this returns, the change was applied exactly once.
     *
     * @param change from the present body (empty if there is no item) to the next, or to empty to
     *     leave things as they are; called once a race, so it must have no effects of its own
     * @return what the item held when this returned: the changed body, or what was left as it is
     * @throws SluiceException as {@link #write}; UNAVAILABLE with code {@code metadata-contended}
     *     if too many races were lost
     */
    public Optional<Versioned<String>> update(
            Table table, String key, Function<Optional<String>, Optional<String>> change) {
        for (int race = 0; race < RACES_MAX; race++) {
            var found = store.get(table, key);
            var next = change.apply(found.map(Item::body));
            if (next.isEmpty()) {
                return found.map(item -> new Versioned<>(item.body(), item.version()));
            }
            long version = found.map(Item::version).orElse(0L);
            if (write(table, key, version, next.get()) instanceof Written.Applied(long applied)) {
                return Optional.of(new Versioned<>(next.get(), applied));
            }
            pause.pause(backoff(race));
        }
        throw new SluiceException(
                Kind.UNAVAILABLE,
                "metadata-contended",
                "too many others write this item: table=%s key=%s races=%d; nothing was done, retry after a pause"
                        .formatted(table.tableName(), key, RACES_MAX));
    }

    private enum Fate {
        APPLIED,
        NEVER,
        /** Neither applied nor overtaken; it may be repeated. */
        OPEN,
        /** The item no longer tells. */
        FORGOTTEN
    }

    private Written resolved(
            Table table,
            String key,
            Supplier<Written> change,
            Function<Optional<Item>, Fate> fateOf,
            Written applied) {
        SluiceException unknown;
        try {
            return change.get();
        } catch (SluiceException e) {
            if (e.kind() != Kind.UNKNOWN_OUTCOME) {
                throw e;
            }
            unknown = e;
        }
        for (int looks = 1; looks <= LOOKS_MAX; looks++) {
            var found = answered(() -> store.get(table, key));
            if (found.isPresent()) {
                switch (fateOf.apply(found.get())) {
                    case APPLIED -> {
                        return applied;
                    }
                    case NEVER -> {
                        return new Written.Conflict();
                    }
                    case FORGOTTEN -> throw unresolved(table, key, looks, unknown);
                    case OPEN -> {
                        // A conflict here may be the work of the first copy: it is looked up.
                        if (looks < LOOKS_MAX
                                && answered(change).orElse(null) instanceof Written.Applied) {
                            return applied;
                        }
                    }
                }
            }
            pause.pause(backoff(looks - 1));
        }
        throw unresolved(table, key, LOOKS_MAX, unknown);
    }

    /** The answer, or empty if there was none and another try may bring one. */
    private static <T> Optional<T> answered(Supplier<T> call) {
        try {
            return Optional.of(call.get());
        } catch (SluiceException e) {
            return switch (e.kind()) {
                // Not knowing of the repeat is no worse than not knowing of the first, and a
                // repeat that was refused says nothing of the first.
                case UNAVAILABLE, OVERLOADED, UNKNOWN_OUTCOME -> Optional.empty();
                case INVALID, NOT_FOUND, CONFLICT, FENCED, DATA -> throw e;
            };
        }
    }

    private static Fate fateOfWrite(String attempt, long expectedVersion, Optional<Item> found) {
        if (found.isEmpty()) {
            return expectedVersion == 0 ? Fate.OPEN : Fate.FORGOTTEN;
        }
        Item item = found.get();
        if (item.attempt().equals(attempt) || item.earlier().contains(attempt)) {
            return Fate.APPLIED;
        }
        if (item.version() == expectedVersion) {
            return Fate.OPEN;
        }
        if (expectedVersion == 0) {
            // A creation names no version; its author is known while all attempts are remembered.
            return item.earlier().size() < ItemStore.EARLIER_MAX ? Fate.NEVER : Fate.FORGOTTEN;
        }
        long since = item.version() - expectedVersion;
        return since > 0 && since <= item.earlier().size() + 1L ? Fate.NEVER : Fate.FORGOTTEN;
    }

    private static Fate fateOfRemoval(long expectedVersion, Optional<Item> found) {
        if (found.isEmpty()) {
            return Fate.APPLIED;
        }
        return found.get().version() == expectedVersion ? Fate.OPEN : Fate.NEVER;
    }

    private static SluiceException unresolved(
            Table table, String key, int looks, SluiceException cause) {
        return new SluiceException(
                Kind.UNKNOWN_OUTCOME,
                "metadata-unknown-outcome",
                "a change may have been applied: table=%s key=%s looks=%d; read the item before trying again"
                        .formatted(table.tableName(), key, looks),
                cause);
    }

    /** Waits that double, with jitter so that those who collided do not return together. */
    private Duration backoff(int round) {
        long fullNs = Math.min(PAUSE_MAX.toNanos(), PAUSE_FIRST.toNanos() << Math.min(round, 20));
        synchronized (random) {
            return Duration.ofNanos(random.nextLong(fullNs / 2, fullNs + 1));
        }
    }

    private String nextAttempt() {
        long bits;
        synchronized (random) {
            bits = random.nextLong();
        }
        var id = new StringBuilder(13);
        for (int digit = 0; digit < 13; digit++) {
            id.append(ID_DIGITS.charAt((int) (bits & 31)));
            bits >>>= 5;
        }
        return id.toString();
    }
}
