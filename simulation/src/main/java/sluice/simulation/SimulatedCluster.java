package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.engine.EngineLimits;
import sluice.log.SluiceException;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;
import sluice.log.peer.memory.MemoryNetwork;
import sluice.log.peer.memory.NetworkLimits;
import sluice.metadata.ClusterRecord;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.Items;
import sluice.metadata.SlotRecord;
import sluice.metadata.SlotStore;
import sluice.metadata.TopicConfig;
import sluice.metadata.TopicRecord;
import sluice.metadata.Versioned;
import sluice.metadata.WalRecord;
import sluice.metadata.WalStore;
import sluice.metadata.memory.MemoryItemStore;
import sluice.uploader.memory.MemoryObjectStore;

/**
 * A cluster in one thread and virtual time: the production engine over stores, disks and a network
 * in memory. The same seed and the same calls give the same run.
 */
final class SimulatedCluster {

    static final int SLOTS = 24;

    /** More than any single step takes in a world without lasting faults. */
    private static final Duration STEP_MAX = Duration.ofSeconds(60);

    final long seed;
    final VirtualTime time;
    final MemoryItemStore itemStore = new MemoryItemStore();
    final MemoryObjectStore objects = new MemoryObjectStore();
    final MemoryNetwork network;
    final SimulatedMetadata metadata;
    final EngineLimits limits;
    final ClusterRecord cluster;
    final Coverage coverage = new Coverage();
    final Journal journal;
    final List<SimulatedGateway> nodes = new ArrayList<>();

    /** Events that belong to no gateway: clients, and the world itself. */
    final VirtualTime.Scope world;

    private final Items probe;
    private long lastProducerId = 1_000_000;
    private @Nullable AssertionError broken;
    private ProcessDisk.@Nullable Watch diskWatch;

    SimulatedCluster(long seed, int gateways) {
        this(seed, gateways, new SimulatedLimits());
    }

    SimulatedCluster(long seed, int gateways, SimulatedLimits limits) {
        this(seed, gateways, limits, new Journal(false));
    }

    SimulatedCluster(long seed, int gateways, SimulatedLimits limits, Journal journal) {
        this.seed = seed;
        this.journal = journal;
        metadata = new SimulatedMetadata(this, itemStore);
        this.limits = limits.build();
        time = new VirtualTime(seed);
        world = time.scope("world");
        network = new MemoryNetwork(time.random(), Delay.ofMicros(30, 400), NetworkLimits.DEFAULT);
        cluster = new ClusterRecord(newId(), limits.slots);
        probe = new Items(itemStore, time.random(), wait -> {});
        for (int i = 0; i < gateways; i++) {
            add();
        }
    }

    /** A place for one more gateway; it is not started. */
    SimulatedGateway add() {
        var gateway = new SimulatedGateway(this, "g" + nodes.size());
        nodes.add(gateway);
        return gateway;
    }

    /** A cluster whose gateways are started and share all slots. */
    static SimulatedCluster running(long seed, int gateways) {
        return running(seed, gateways, new SimulatedLimits());
    }

    static SimulatedCluster running(long seed, int gateways, SimulatedLimits limits) {
        var cluster = new SimulatedCluster(seed, gateways, limits);
        cluster.startAll();
        return cluster;
    }

    void startAll() {
        nodes.forEach(SimulatedGateway::start);
        awaitReady();
    }

    void awaitReady() {
        await(
                "all gateways ready and all slots owned",
                () ->
                        nodes.stream()
                                        .filter(SimulatedGateway::isUp)
                                        .allMatch(node -> node.engine().ready())
                                && slotsOwnedByTheLiving() == cluster.slots());
    }

    int slotsOwnedByTheLiving() {
        List<UUID> wals =
                nodes.stream().filter(SimulatedGateway::isUp).map(SimulatedGateway::wal).toList();
        return (int)
                slots().stream()
                        .filter(slot ->
                                slot.owner()
                                        .filter(owner -> wals.contains(owner.wal()))
                                        .isPresent())
                        .count();
    }

    SimulatedGateway node(int index) {
        return nodes.get(index);
    }

    List<SimulatedGateway> up() {
        return nodes.stream().filter(SimulatedGateway::isUp).toList();
    }

    /** True while an event of this gateway's happens; for faults that one gateway meets alone. */
    boolean isRunning(SimulatedGateway node) {
        VirtualTime.Scope running = time.running();
        return running != null && running.name().startsWith(node.name() + "#");
    }

    UUID newId() {
        return new UUID(time.random().nextLong(), time.random().nextLong());
    }

    SimulatedProducer producer() {
        return new SimulatedProducer(this, ++lastProducerId);
    }

    /** The disk of the gateway that the metadata names as the owner of the partition's slot. */
    UUID ownerIdOf(TopicRecord topic, int partition) {
        return slot(topic.slots().get(partition)).owner().orElseThrow().node();
    }

    /** The gateway whose wal the metadata names as the owner of the partition's slot. */
    SimulatedGateway ownerOf(TopicRecord topic, int partition) {
        UUID wal = slot(topic.slots().get(partition)).owner().orElseThrow().wal();
        return nodes.stream()
                .filter(node -> node.isUp() && node.wal().equals(wal))
                .findFirst()
                .orElseThrow(() -> failure("no gateway runs the owner's wal", null));
    }

    /** A gateway that runs and does not own the partition's slot. */
    SimulatedGateway notOwnerOf(TopicRecord topic, int partition) {
        SimulatedGateway owner = ownerOf(topic, partition);
        return up().stream().filter(node -> node != owner).findFirst().orElseThrow();
    }

    TopicRecord createTopic(String name, int partitions) {
        return up().getFirst()
                .engine()
                .topics()
                .create("default", name, partitions, config())
                .topic();
    }

    static TopicConfig config() {
        return new TopicConfig(Optional.empty(), TopicConfig.Profile.LATENCY, 1 << 20);
    }

    /** Length in bytes of an object in the bucket, past all faults; −1 if there is none. */
    int objectLength(String key) {
        return objects.length(key);
    }

    // What the metadata says, past all faults.

    SlotRecord slot(int slot) {
        return faultless(() -> new SlotStore(probe, cluster.slots()).get(slot).value());
    }

    List<SlotRecord> slots() {
        return faultless(() ->
                new SlotStore(probe, cluster.slots())
                        .list().stream().map(Versioned::value).toList());
    }

    /** The metadata, for what only tests do; faults strike it too. */
    Items probe() {
        return probe;
    }

    /** What the gateway with that disk told last. */
    Optional<GatewayRecord> heartbeat(UUID disk) {
        return faultless(() -> new GatewayStore(probe).get(disk).map(Versioned::value));
    }

    List<WalRecord> wals() {
        return faultless(() -> new WalStore(probe).list().stream().map(Versioned::value).toList());
    }

    WalRecord wal(UUID wal) {
        return faultless(() -> new WalStore(probe).get(wal).orElseThrow().value());
    }

    private MemoryItemStore.Faults itemFaults = (call, table, key) -> MemoryItemStore.Fault.NONE;

    /** Faults that gateways meet from now on; what tests read meets none. */
    void itemFaults(MemoryItemStore.Faults faults) {
        itemFaults = faults;
        itemStore.setFaults(faults);
    }

    private <T> T faultless(Supplier<T> read) {
        itemStore.setFaults((call, table, key) -> MemoryItemStore.Fault.NONE);
        try {
            return read.get();
        } finally {
            itemStore.setFaults(itemFaults);
        }
    }

    // Time.

    void runFor(Duration duration) {
        inTime(() -> {
            time.runFor(duration);
            return true;
        });
    }

    void await(String what, BooleanSupplier condition) {
        if (!inTime(() -> time.runUntil(condition, STEP_MAX))) {
            throw failure("did not come true in " + STEP_MAX + ": " + what, null);
        }
    }

    /**
     * @throws SluiceException if the stage failed with it
     */
    <T> T await(CompletionStage<T> stage) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        await("an answer", future::isDone);
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof SluiceException failure) {
                throw failure;
            }
            throw failure("a stage failed", e);
        }
    }

    private <T> T inTime(Supplier<T> run) {
        T result;
        try {
            result = run.get();
        } catch (RuntimeException e) {
            failIfBroken();
            throw failure("an event failed", e);
        } catch (AssertionError e) {
            failIfBroken();
            throw e.getMessage() != null && e.getMessage().contains("seed=" + seed)
                    ? e
                    : failure("an event failed", e);
        }
        failIfBroken();
        return result;
    }

    /**
     * A promise was broken where nobody can throw: the run ends at the next look. The first such
     * finding counts.
     */
    void broken(String what, @Nullable Throwable cause) {
        if (broken == null) {
            broken = failure(what, cause);
        }
    }

    void broken(String what) {
        broken(what, null);
    }

    private void failIfBroken() {
        if (broken != null) {
            throw broken;
        }
    }

    /** From the next start of a gateway on. */
    void watchDisks(ProcessDisk.Watch watch) {
        diskWatch = watch;
    }

    ProcessDisk.@Nullable Watch diskWatch() {
        return diskWatch;
    }

    /** Writes to the journal who did what, now. */
    void note(String who, String what) {
        journal.add(time.nowNs(), who, what);
    }

    AssertionError failure(String what, @Nullable Throwable cause) {
        return new AssertionError(
                what + ": seed=" + seed + " atMs=" + time.nowNs() / 1_000_000 + " " + this, cause);
    }

    @Override
    public String toString() {
        return "nodes=%s wals=%s"
                .formatted(
                        nodes,
                        wals().stream()
                                .filter(wal -> wal.state() != WalRecord.State.RELEASED)
                                .toList());
    }
}
