package sluice.simulation;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import sluice.engine.EnginePorts;
import sluice.engine.GatewayEngine;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;
import sluice.log.wal.memory.MemoryWalDisk;
import sluice.metadata.GatewayRecord;
import sluice.metadata.Items;
import sluice.uploader.HistoryLimits;

/** A place in the cluster: a disk, and the gateway processes that run on it one after another. */
final class SimulatedGateway {

    private static final int MAILBOX_MAX = 100_000;
    private static final Delay SYNC = Delay.ofMicros(100, 2_000);
    private static final Delay STORE = Delay.ofMicros(200, 5_000);
    private static final Delay THREAD = Delay.ofMicros(1, 300);

    private final SimulatedCluster cluster;
    private final String name;
    private final ArrayDeque<Runnable> heldSyncs = new ArrayDeque<>();
    private final List<String> losses = new ArrayList<>();
    private MemoryWalDisk disk;
    private boolean holdsSyncs;
    private int starts;
    private @Nullable Running process;

    /** Starts the process again, a while after it ended because its wal was lost. */
    boolean restartsWhenLost = true;

    private record Running(
            VirtualTime.Scope scope,
            UUID wal,
            GatewayEngine engine,
            Steps steps,
            ProcessBackground background) {}

    /** Whether a disk that is refused for good is replaced by an empty one. */
    boolean getsAnotherDisk = true;

    /** The present process knows that it must end. */
    private boolean isEnding;

    /** Told when the present process ends, however it does. */
    private final Set<Runnable> waitingForEnd = new LinkedHashSet<>();

    SimulatedGateway(SimulatedCluster cluster, String name) {
        this.cluster = cluster;
        this.name = name;
        this.disk = new MemoryWalDisk(cluster.newId(), Runnable::run);
    }

    String name() {
        return name;
    }

    UUID id() {
        return disk.diskId();
    }

    MemoryWalDisk disk() {
        return disk;
    }

    boolean isUp() {
        return process != null;
    }

    private Running running() {
        Running present = process;
        if (present == null) {
            throw cluster.failure(name + " is not up", null);
        }
        return present;
    }

    UUID wal() {
        return running().wal();
    }

    GatewayEngine engine() {
        return running().engine();
    }

    int starts() {
        return starts;
    }

    /** Why processes here had to end. */
    List<String> losses() {
        return losses;
    }

    /** A running total of the present process. */
    long counter(String wanted) {
        long[] found = new long[] {-1};
        engine().metrics()
                .visit((counter, meaning, value) -> {
                    if (counter.equals(wanted)) {
                        found[0] = value.sum();
                    }
                });
        if (found[0] < 0) {
            throw cluster.failure("no such counter: " + wanted, null);
        }
        return found[0];
    }

    void start() {
        if (isUp()) {
            return;
        }
        var scope = cluster.time.scope(name + "#" + ++starts);
        scope.onFailure(SimulatedGateway::ignoreIfKilled);
        var steps = new Steps(scope);
        cluster.note(name, "starts, disk " + disk.diskId());
        Executor syncs = scope.executor(SYNC);
        disk = disk.reopen(task -> sync(syncs, task));
        UUID wal = cluster.newId();
        var engines = new ArrayDeque<GatewayEngine>(1);
        var lane =
                scope.lane("engine", MAILBOX_MAX, () -> engines.forEach(GatewayEngine::afterDrain));
        var background = new ProcessBackground(cluster, scope, STORE);
        var ports =
                new EnginePorts(
                        new Items(new ProcessItems(cluster, this, steps), random(), wait -> {}),
                        new ProcessObjects(cluster.objects, steps),
                        new ProcessDisk(disk, steps, cluster.diskWatch()),
                        new ProcessTransport(cluster.network.transport(id(), scope), steps),
                        lane,
                        scope.lane("member"),
                        scope.lane("groups"),
                        background,
                        scope.executor(THREAD),
                        cluster::runFor,
                        this::random,
                        new HistoryLimits(4096, 1 << 20, 32, 8));
        var self =
                new GatewayRecord(
                        id(),
                        wal,
                        0,
                        disk.age(),
                        name + ":80",
                        name + ":81",
                        "zone-" + name,
                        false);
        var engine =
                new GatewayEngine(
                        ports, cluster.limits, cluster.cluster, wal, self, why -> lost(scope, why));
        engines.add(engine);
        process = new Running(scope, wal, engine, steps, background);
        engine.start();
    }

    /** What a killed process would still have done is not done, and is no failure. */
    private static void ignoreIfKilled(Throwable failure) {
        switch (failure) {
            case ProcessDied _ -> {}
            case RuntimeException e -> throw e;
            case Error e -> throw e;
            default -> throw new IllegalStateException(failure);
        }
    }

    private SplittableRandom random() {
        return new SplittableRandom(cluster.time.random().nextLong());
    }

    private void sync(Executor syncs, Runnable task) {
        if (holdsSyncs) {
            heldSyncs.add(() -> syncs.execute(task));
        } else {
            syncs.execute(task);
        }
    }

    /** As the process does: it closes its engine, which may take a moment, and is gone. */
    private void lost(VirtualTime.Scope scope, String why) {
        cluster.world.schedule(
                Duration.ZERO,
                () -> {
                    if (isUp() && running().scope().equals(scope) && !isEnding) {
                        losses.add(why);
                        cluster.note(name, "ends: " + why);
                        isEnding = true;
                        engine().drain();
                        cluster.world.schedule(
                                Duration.ofMillis(cluster.time.random().nextInt(300)),
                                () -> ended(scope, why));
                    }
                });
    }

    private void ended(VirtualTime.Scope scope, String why) {
        if (isUp() && running().scope().equals(scope)) {
            crash();
            if (why.startsWith("disk-older-than-told")) {
                cluster.coverage.count("noticed: a disk that is an older state of itself");
                if (getsAnotherDisk) {
                    // As the refusal tells the operator.
                    wipe();
                }
            }
            if (restartsWhenLost) {
                cluster.world.schedule(Duration.ofSeconds(1), this::startAgain);
            }
        }
    }

    private void startAgain() {
        if (restartsWhenLost) {
            start();
        }
    }

    /** kill -9: the process is gone, what it wrote is in the page cache. */
    void crash() {
        if (isUp()) {
            running().scope().kill();
            process = null;
            isEnding = false;
            heldSyncs.clear();
            holdsSyncs = false;
            cluster.network.crash(id(), cluster.time.random().nextInt(3));
            cluster.note(name, "is gone");
            List<Runnable> told = List.copyOf(waitingForEnd);
            waitingForEnd.clear();
            told.forEach(each -> cluster.world.schedule(Duration.ofMillis(1), each));
        }
    }

    /** The machine loses power: what was not synced is gone, or torn. */
    void powerCut() {
        crash();
        disk.powerCut(cluster.time.random());
    }

    /** The process is gone, and the next finds an empty disk. */
    void wipe() {
        crash();
        disk.wipe(cluster.newId());
    }

    void restart() {
        crash();
        start();
    }

    /** SIGTERM; completes when the process has ended. */
    CompletableFuture<Void> drain() {
        Running draining = running();
        var ended = new CompletableFuture<Void>();
        draining.engine()
                .drain()
                .thenRun(() ->
                        cluster.world.schedule(
                                Duration.ZERO,
                                () -> {
                                    if (draining.equals(process)) {
                                        crash();
                                    }
                                    ended.complete(null);
                                }));
        return ended;
    }

    /** The process is gone, and the next finds the disk as it was when the snapshot was taken. */
    void rollBack(MemoryWalDisk snapshot) {
        crash();
        disk = snapshot;
    }

    /** Calls once when the present process ends, unless {@link #forget} comes first. */
    void whenEnded(Runnable told) {
        waitingForEnd.add(told);
    }

    void forget(Runnable told) {
        waitingForEnd.remove(told);
    }

    Steps steps() {
        return running().steps();
    }

    VirtualTime.Scope scope() {
        return running().scope();
    }

    /** The calls to the stores take seconds from now on, or no longer. */
    void slowStores(boolean isSlow) {
        if (isUp()) {
            running().background().slow(isSlow);
        }
    }

    /** SIGSTOP for a while. */
    void pause(Duration duration) {
        running().scope().pause(duration);
    }

    /** The disk's syncs do not end until {@link #releaseSyncs}. */
    void holdSyncs() {
        holdsSyncs = true;
    }

    void releaseSyncs() {
        holdsSyncs = false;
        while (!heldSyncs.isEmpty()) {
            heldSyncs.removeFirst().run();
        }
    }

    @Override
    public String toString() {
        return name + (isUp() ? "(" + wal() + ")" : "(down)");
    }
}
