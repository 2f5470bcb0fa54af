package sluice.simulation;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.metadata.ItemStore.Item;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.ItemStore.Written;
import sluice.metadata.memory.MemoryItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** The metadata store behind all processes: what is applied here happened, whoever learns of it. */
final class SimulatedMetadata {

    /** Chooses the fault of each call of a process. */
    interface Faults {
        Fault next(SimulatedGateway gateway, Call call, Table table, String key);
    }

    /** Told of each write that was applied, before anything else happens. */
    interface Watch {
        void applied(SimulatedGateway by, Table table, String key, int bodyChars);
    }

    private final SimulatedCluster cluster;
    private final MemoryItemStore store;
    private Faults faults = (gateway, call, table, key) -> Fault.NONE;
    private @Nullable Watch watch;
    private int underWay;
    private int staleReadsPerMille;

    /** What items were before their last write, for a store that does not keep its word. */
    private final Map<String, Optional<Item>> older = new HashMap<>();

    SimulatedMetadata(SimulatedCluster cluster, MemoryItemStore store) {
        this.cluster = cluster;
        this.store = store;
    }

    Faults faults() {
        return faults;
    }

    void faults(Faults next) {
        faults = next;
    }

    void watch(Watch next) {
        watch = next;
    }

    /** Breaks the store's word: so many of a thousand reads of one item give the one before. */
    void staleReads(int perMille) {
        staleReadsPerMille = perMille;
    }

    /** Writes that nobody knows of and that will still be applied if their condition holds. */
    int underWay() {
        return underWay;
    }

    void later(Duration delay, Supplier<Written> write) {
        underWay++;
        cluster.world.schedule(
                delay,
                () -> {
                    underWay--;
                    cluster.coverage.count(
                            write.get() instanceof Written.Applied
                                    ? "metadata: write applied late"
                                    : "metadata: late write came too late");
                });
    }

    Optional<Item> get(SimulatedGateway gateway, Table table, String key) {
        Optional<Item> found = store.get(table, key);
        if (staleReadsPerMille > 0
                && cluster.time.random().nextInt(1000) < staleReadsPerMille
                && older.containsKey(table + key)) {
            return older.getOrDefault(table + key, found);
        }
        return found;
    }

    List<Item> scan(Table table, String prefix) {
        List<Item> found = store.scan(table, prefix);
        if (staleReadsPerMille == 0) {
            return found;
        }
        return found.stream()
                .flatMap(item ->
                        cluster.time.random().nextInt(1000) < staleReadsPerMille
                                ? older.getOrDefault(table + item.key(), Optional.of(item)).stream()
                                : java.util.stream.Stream.of(item))
                .toList();
    }

    Written put(
            SimulatedGateway by,
            Table table,
            String key,
            long expectedVersion,
            String attempt,
            String body) {
        if (watch == null) {
            return store.put(table, key, expectedVersion, attempt, body);
        }
        Optional<Item> before = store.get(table, key);
        Written written = store.put(table, key, expectedVersion, attempt, body);
        if (written instanceof Written.Applied) {
            if (staleReadsPerMille > 0) {
                older.put(table + key, before);
            }
            watch.applied(by, table, key, body.length());
        }
        return written;
    }

    Written delete(Table table, String key, long expectedVersion) {
        return store.delete(table, key, expectedVersion);
    }
}
