package sluice.simulation;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import sluice.log.lane.Delay;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.memory.MemoryWalDisk.Operation;
import sluice.metadata.ItemStore.Table;

/** Breaks things by chance, a few at a time, with quiet between, and counts what it broke. */
final class SimulatedFaults {

    private static final int LONG_PAUSE_MS_MAX = 60_000;
    private static final Duration QUIET = Duration.ofSeconds(10);
    private static final Delay LINK = Delay.ofMicros(30, 400);
    private static final int GATEWAYS_MAX = 6;
    private static final int STALL_MS_MAX = 400;
    private static final int STEPS_MAX = 60;

    private final SimulatedCluster cluster;
    private final RandomGenerator random;
    private final RunShape shape;
    private final List<FaultKind> kinds;
    private final DiskFaults disks;
    private final StoreFaults stores;
    private final Comings comings;
    private boolean isStopped;
    private long pausedUntilNs;

    SimulatedFaults(SimulatedCluster cluster, RunShape shape) {
        this.cluster = cluster;
        this.random = cluster.time.random();
        this.shape = shape;
        this.kinds = List.copyOf(shape.faults());
        this.disks = new DiskFaults(cluster);
        this.stores = new StoreFaults(cluster, shape.storeFaultsPerMille());
        this.comings = new Comings(cluster, disks, this::after);
        for (FaultKind kind : FaultKind.all()) {
            cluster.coverage.declare(kind.counter());
        }
    }

    void start() {
        stores.start();
        if (!kinds.isEmpty()) {
            after(some(2_000), this::next);
        }
    }

    /** Everything is made well again, and whoever is down and did not leave starts. */
    void stop() {
        isStopped = true;
        stores.stop();
        cluster.network.healAll();
        for (SimulatedGateway gateway : cluster.nodes) {
            gateway.releaseSyncs();
            gateway.slowStores(false);
            gateway.disk().capacityBytes(1L << 30);
            gateway.disk().failNoMore();
            for (SimulatedGateway other : cluster.nodes) {
                cluster.network.slow(gateway.id(), other.id(), LINK);
            }
            if (gateway.isUp()) {
                gateway.scope().drift(0);
                gateway.steps().disarm();
            }
        }
        comings.allBack();
    }

    private void next() {
        FaultKind kind = kinds.get(random.nextInt(kinds.size()));
        if (strike(kind)) {
            cluster.coverage.count(kind.counter());
        }
        boolean isQuiet = random.nextInt(8) == 0;
        after(isQuiet ? QUIET : some(shape.faultEveryMsMax()), this::next);
    }

    private void after(Duration delay, Runnable task) {
        cluster.world.schedule(
                delay,
                () -> {
                    if (!isStopped) {
                        task.run();
                    }
                });
    }

    private Duration some(int millisMax) {
        return Duration.ofMillis(1 + random.nextInt(millisMax));
    }

    private SimulatedGateway any() {
        return cluster.nodes.get(random.nextInt(cluster.nodes.size()));
    }

    private SimulatedGateway otherThan(SimulatedGateway gateway) {
        int step = 1 + random.nextInt(cluster.nodes.size() - 1);
        int index = cluster.nodes.indexOf(gateway) + step;
        return cluster.nodes.get(index % cluster.nodes.size());
    }

    /** Also of processes that do not run: some faults wait for them. */
    private boolean strike(FaultKind kind) {
        SimulatedGateway one = any();
        SimulatedGateway other = otherThan(one);
        boolean done = strike(kind, one, other);
        if (done) {
            cluster.note("FAULT", kind + " " + one + " " + other.name());
        }
        return done;
    }

    private boolean strike(FaultKind kind, SimulatedGateway one, SimulatedGateway other) {
        return switch (kind) {
            case KILL -> one.isUp() && kill(one, 12_000);
            case KILL_AT_STEP -> one.isUp() && trap(one, () -> kill(one, 8_000));
            case KILL_OF_TWO -> kill(one, 8_000) & kill(other, 8_000);
            case KILL_OF_ALL -> {
                cluster.nodes.forEach(each -> kill(each, 4_000));
                yield true;
            }
            case RESTART_AT_ONCE -> one.isUp() && kill(one, 1_000);
            case POWER_CUT -> one.isUp() && cutPower(one);
            case POWER_CUT_AT_STEP -> one.isUp() && trap(one, () -> cutPower(one));
            case POWER_CUT_OF_ALL -> {
                if (random.nextBoolean()) {
                    // Half of the time, much waits for the disks when the power goes.
                    cluster.up().forEach(SimulatedGateway::holdSyncs);
                    after(some(STALL_MS_MAX), () -> cluster.nodes.forEach(this::cutPower));
                } else {
                    cluster.nodes.forEach(this::cutPower);
                }
                yield true;
            }
            case PAUSE -> one.isUp() && pause(one, 12_000);
            case PAUSE_AT_STEP -> one.isUp() && trap(one, () -> pause(one, 12_000));
            case LONG_PAUSE -> one.isUp() && pause(one, LONG_PAUSE_MS_MAX);
            case DRAIN -> comings.drain(one);
            case ROLLING_RESTART -> comings.rollingRestart();
            case SCALE_TO_ZERO -> comings.scaleToZero();
            case JOIN -> cluster.nodes.size() < GATEWAYS_MAX && comings.join();
            case LEAVE -> comings.leave(one);
            case DISK_WIPED -> disks.wipe(one) && comings.back(one, some(8_000));
            case DISK_ROLLED_BACK -> {
                disks.snapshot(one);
                after(
                        some(8_000),
                        () -> {
                            if (disks.rollBack(one)) {
                                cluster.note("FAULT", "rolled back " + one.name());
                                comings.back(one, some(4_000));
                            }
                        });
                yield true;
            }
            case BIT_FLIP -> disks.flipBit(one);
            case PAGE_ZEROED -> disks.zeroPage(one);
            case FENCE_DAMAGED -> disks.damageFence(one);
            case SYNC_ERROR -> fail(one, Operation.SYNC);
            case WRITE_ERROR -> fail(one, Operation.WRITE);
            case CREATE_ERROR -> fail(one, Operation.CREATE);
            case FENCE_ERROR -> fail(one, Operation.FENCE);
            case READ_ERROR -> fail(one, Operation.READ);
            case DISK_FULL -> {
                disks.fillFor(one, some(8_000));
                yield true;
            }
            case DISK_STALLS -> {
                if (one.isUp()) {
                    one.holdSyncs();
                    after(some(6_000), one::releaseSyncs);
                }
                yield one.isUp();
            }
            case CUT_ONE_WAY -> {
                cluster.network.cut(one.id(), other.id());
                after(some(10_000), () -> cluster.network.heal(one.id(), other.id()));
                yield true;
            }
            case CUT_OFF -> {
                cluster.network.cutOff(one.id());
                after(some(12_000), cluster.network::healAll);
                yield true;
            }
            case LINK_RESET -> {
                var link = random.nextBoolean() ? PeerTransport.Link.WAL : PeerTransport.Link.CALL;
                cluster.network.reset(one.id(), other.id(), link);
                yield true;
            }
            case SLOW_LINK -> {
                int slowest = random.nextBoolean() ? 300_000 : 3_000_000;
                slow(one, other, Delay.ofMicros(1_000, slowest));
                if (random.nextBoolean()) {
                    slow(other, one, Delay.ofMicros(1_000, slowest));
                }
                yield true;
            }
            case CLOCK_JUMP -> {
                if (one.isUp()) {
                    one.scope().jumpWallClock(Duration.ofHours(random.nextBoolean() ? 1 : -1));
                }
                yield one.isUp();
            }
            case CLOCK_DRIFT -> {
                if (one.isUp()) {
                    one.scope().drift(random.nextBoolean() ? 50 : -50);
                }
                yield one.isUp();
            }
            default -> strikeStores(kind, one);
        };
    }

    private boolean strikeStores(FaultKind kind, SimulatedGateway one) {
        switch (kind) {
            case CUT_OFF_METADATA -> {
                stores.withoutMetadata = one;
                after(some(12_000), () -> stores.withoutMetadata = null);
            }
            case METADATA_AWAY -> {
                stores.isMetadataAway = true;
                after(some(8_000), () -> stores.isMetadataAway = false);
            }
            case METADATA_LONG_AWAY -> {
                stores.isMetadataAway = true;
                after(some(180_000), () -> stores.isMetadataAway = false);
            }
            case METADATA_ANSWERS_LOST -> {
                stores.areAnswersLost = true;
                after(some(4_000), () -> stores.areAnswersLost = false);
            }
            case METADATA_WRITES_LATE -> {
                stores.areWritesLate = true;
                after(some(4_000), () -> stores.areWritesLate = false);
            }
            case METADATA_SLOW -> {
                one.slowStores(true);
                after(some(10_000), () -> one.slowStores(false));
            }
            case HEARTBEATS_THROTTLED -> throttle(Table.HEARTBEATS);
            case WALS_THROTTLED -> throttle(Table.WALS);
            case OBJECTS_AWAY -> {
                stores.areObjectsAway = true;
                after(some(12_000), () -> stores.areObjectsAway = false);
            }
            case OBJECTS_LONG_AWAY -> {
                stores.areObjectsAway = true;
                after(some(180_000), () -> stores.areObjectsAway = false);
            }
            case OBJECTS_STORM -> {
                stores.isStorm = true;
                after(some(15_000), () -> stores.isStorm = false);
            }
            case OBJECTS_ANSWERS_LOST -> {
                stores.areObjectAnswersLost = true;
                after(some(6_000), () -> stores.areObjectAnswersLost = false);
            }
            default -> throw new AssertionError(kind);
        }
        return true;
    }

    private void slow(SimulatedGateway from, SimulatedGateway to, Delay delay) {
        cluster.network.slow(from.id(), to.id(), delay);
        after(some(8_000), () -> cluster.network.slow(from.id(), to.id(), LINK));
    }

    private void throttle(Table table) {
        stores.throttled = table;
        after(some(10_000), () -> stores.throttled = null);
    }

    /** Lets it strike at a step of the process that is still to come. */
    private boolean trap(SimulatedGateway gateway, Runnable strike) {
        var ports = Steps.Port.values();
        Steps.Port port = ports[random.nextInt(ports.length)];
        gateway.steps().trap(port, 1 + random.nextInt(STEPS_MAX), random.nextBoolean(), strike);
        return true;
    }

    private boolean kill(SimulatedGateway gateway, int downMsMax) {
        gateway.crash();
        return comings.back(gateway, some(downMsMax));
    }

    private boolean cutPower(SimulatedGateway gateway) {
        gateway.powerCut();
        return comings.back(gateway, some(8_000));
    }

    /** When the last who was stopped goes on. */
    long pausedUntilNs() {
        return pausedUntilNs;
    }

    /** From now on, who is down stays down until {@link #allBack}. */
    void close() {
        comings.close();
    }

    /** Starts whoever did not leave for good. */
    void allBack() {
        comings.allBack();
    }

    private boolean pause(SimulatedGateway gateway, int millisMax) {
        Duration duration = some(millisMax);
        gateway.pause(duration);
        pausedUntilNs = Math.max(pausedUntilNs, cluster.time.nowNs() + duration.toNanos());
        return true;
    }

    private static boolean fail(SimulatedGateway gateway, Operation operation) {
        gateway.disk().failNext(operation);
        return true;
    }
}
