package sluice.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** The metadata store as one process sees it. */
final class ProcessItems implements ItemStore {

    private static final int DELAY_MS_MAX = 8_000;

    private final SimulatedCluster cluster;
    private final SimulatedGateway gateway;
    private final Steps steps;

    ProcessItems(SimulatedCluster cluster, SimulatedGateway gateway, Steps steps) {
        this.cluster = cluster;
        this.gateway = gateway;
        this.steps = steps;
    }

    @Override
    public Optional<Item> get(Table table, String key) {
        look(Call.GET, table, key);
        Optional<Item> found = cluster.metadata.get(gateway, table, key);
        steps.after(Steps.Port.METADATA);
        return found;
    }

    @Override
    public List<Item> scan(Table table, String prefix) {
        look(Call.SCAN, table, prefix);
        List<Item> found = cluster.metadata.scan(table, prefix);
        steps.after(Steps.Port.METADATA);
        return found;
    }

    @Override
    public List<Item> scanAfter(Table table, String prefix, String afterKey, int max) {
        look(Call.SCAN, table, prefix);
        List<Item> found = cluster.itemStore.scanAfter(table, prefix, afterKey, max);
        steps.after(Steps.Port.METADATA);
        return found;
    }

    private void look(Call call, Table table, String key) {
        steps.before(Steps.Port.METADATA);
        if (cluster.metadata.faults().next(gateway, call, table, key) != Fault.NONE) {
            throw refused(call, table, key);
        }
    }

    @Override
    public Written put(Table table, String key, long expectedVersion, String attempt, String body) {
        return change(
                Call.PUT,
                table,
                key,
                () -> cluster.metadata.put(gateway, table, key, expectedVersion, attempt, body));
    }

    @Override
    public Written delete(Table table, String key, long expectedVersion) {
        return change(
                Call.DELETE,
                table,
                key,
                () -> cluster.metadata.delete(table, key, expectedVersion));
    }

    private interface Change {
        Written apply();
    }

    private Written change(Call call, Table table, String key, Change change) {
        steps.before(Steps.Port.METADATA);
        Fault fault = cluster.metadata.faults().next(gateway, call, table, key);
        switch (fault) {
            case NONE -> {
                Written written = change.apply();
                steps.after(Steps.Port.METADATA);
                return written;
            }
            case REFUSED -> throw refused(call, table, key);
            case LOST_RESPONSE -> {
                Written unheard = change.apply();
                cluster.coverage.count(
                        unheard instanceof Written.Applied
                                ? "metadata: answer lost, write applied"
                                : "metadata: answer lost, write refused");
            }
            case LOST_REQUEST -> cluster.coverage.count("metadata: request lost");
            case DELAYED -> cluster.metadata.later(delay(), change::apply);
        }
        throw new SluiceException(
                Kind.UNKNOWN_OUTCOME,
                "metadata-no-answer",
                "injected fault: call=%s table=%s key=%s fault=%s"
                        .formatted(call, table.tableName(), key, fault));
    }

    private Duration delay() {
        return Duration.ofMillis(1 + cluster.time.random().nextInt(DELAY_MS_MAX));
    }

    private static SluiceException refused(Call call, Table table, String key) {
        return new SluiceException(
                Kind.UNAVAILABLE,
                "metadata-unavailable",
                "injected fault: call=%s table=%s key=%s".formatted(call, table.tableName(), key));
    }

    @Override
    public void close() {}
}
