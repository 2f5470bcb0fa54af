package sluice.metadata.memory;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore;

/**
 * The tables in memory, linearizable, with faults that the test chooses call by call. Nothing waits
 * and nothing happens by itself: a delayed write is applied when the test says so.
 *
 * <p>Safe from any thread; {@link Faults} is asked outside the lock, by the calling thread.
 */
public final class MemoryItemStore implements ItemStore {

    /** What is called. */
    public enum Call {
        GET,
        SCAN,
        PUT,
        DELETE
    }

    /** What goes wrong with one call. A read that meets any fault fails as UNAVAILABLE. */
    public enum Fault {
        NONE,
        /** Nothing is done: UNAVAILABLE. */
        REFUSED,
        /** The request is lost: UNKNOWN_OUTCOME, never applied. */
        LOST_REQUEST,
        /** The response is lost: UNKNOWN_OUTCOME, applied now if its condition holds. */
        LOST_RESPONSE,
        /**
         * The request is under way: UNKNOWN_OUTCOME, applied at {@link #applyDelayed} if its
         * condition holds then.
         */
        DELAYED
    }

    /** Chooses the fault of each call, before anything is done. */
    @FunctionalInterface
    public interface Faults {
        Fault next(Call call, Table table, String key);
    }

    private final Map<Table, TreeMap<String, Item>> tables = new EnumMap<>(Table.class);
    private final List<Supplier<Written>> delayed = new ArrayList<>();
    private volatile Faults faults;

    public MemoryItemStore() {
        this((call, table, key) -> Fault.NONE);
    }

    public MemoryItemStore(Faults faults) {
        this.faults = faults;
        for (Table table : Table.values()) {
            tables.put(table, new TreeMap<>(KEY_ORDER));
        }
    }

    /** From the next call on. */
    public void setFaults(Faults faults) {
        this.faults = faults;
    }

    /** Writes under way, oldest first, are counted from 0. */
    public synchronized int delayedCount() {
        return delayed.size();
    }

    /** Lets the delayed write at {@code index} arrive; its condition is checked now. */
    public synchronized Written applyDelayed(int index) {
        return delayed.remove(index).get();
    }

    @Override
    public Optional<Item> get(Table table, String key) {
        failIf(faults.next(Call.GET, table, key), "get", table, key);
        synchronized (this) {
            return Optional.ofNullable(items(table).get(key));
        }
    }

    @Override
    public List<Item> scan(Table table, String prefix) {
        return scanAfter(table, prefix, "", Integer.MAX_VALUE);
    }

    @Override
    public List<Item> scanAfter(Table table, String prefix, String afterKey, int max) {
        failIf(faults.next(Call.SCAN, table, prefix), "scan", table, prefix);
        String from = KEY_ORDER.compare(prefix, afterKey) > 0 ? prefix : afterKey;
        synchronized (this) {
            return items(table).tailMap(from, true).values().stream()
                    .dropWhile(item -> KEY_ORDER.compare(item.key(), afterKey) <= 0)
                    .takeWhile(item -> item.key().startsWith(prefix))
                    .limit(max)
                    .toList();
        }
    }

    @Override
    public Written put(Table table, String key, long expectedVersion, String attempt, String body) {
        ItemStore.checkLimits(table, key, body);
        return change(
                faults.next(Call.PUT, table, key),
                "put",
                table,
                key,
                () -> putNow(table, key, expectedVersion, attempt, body));
    }

    @Override
    public Written delete(Table table, String key, long expectedVersion) {
        return change(
                faults.next(Call.DELETE, table, key),
                "delete",
                table,
                key,
                () -> deleteNow(table, key, expectedVersion));
    }

    @Override
    public void close() {}

    private synchronized Written change(
            Fault fault, String call, Table table, String key, Supplier<Written> write) {
        switch (fault) {
            case NONE -> {
                return write.get();
            }
            case LOST_RESPONSE -> {
                var unheard = write.get();
            }
            case DELAYED -> delayed.add(write);
            case REFUSED, LOST_REQUEST -> {}
        }
        throw failure(fault, call, table, key);
    }

    private Written putNow(
            Table table, String key, long expectedVersion, String attempt, String body) {
        Item present = items(table).get(key);
        if ((present == null ? 0 : present.version()) != expectedVersion) {
            return new Written.Conflict();
        }
        long version = ItemStore.firstVersion(attempt);
        var earlier = new ArrayList<String>();
        if (present != null) {
            version = expectedVersion + 1;
            earlier.add(present.attempt());
            earlier.addAll(present.earlier());
        }
        items(table)
                .put(
                        key,
                        new Item(
                                key,
                                version,
                                attempt,
                                earlier.subList(0, Math.min(earlier.size(), EARLIER_MAX)),
                                body));
        return new Written.Applied(version);
    }

    private Written deleteNow(Table table, String key, long expectedVersion) {
        Item present = items(table).get(key);
        if (present == null || present.version() != expectedVersion) {
            return new Written.Conflict();
        }
        items(table).remove(key);
        return new Written.Applied(0);
    }

    private TreeMap<String, Item> items(Table table) {
        return Objects.requireNonNull(tables.get(table));
    }

    private static void failIf(Fault fault, String call, Table table, String key) {
        if (fault != Fault.NONE) {
            throw failure(Fault.REFUSED, call, table, key);
        }
    }

    private static SluiceException failure(Fault fault, String call, Table table, String key) {
        boolean refused = fault == Fault.REFUSED;
        return new SluiceException(
                refused ? Kind.UNAVAILABLE : Kind.UNKNOWN_OUTCOME,
                refused ? "metadata-unavailable" : "metadata-no-answer",
                "injected fault: call=%s table=%s key=%s fault=%s"
                        .formatted(call, table.tableName(), key, fault));
    }
}
