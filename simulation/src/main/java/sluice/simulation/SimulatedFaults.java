package sluice.simulation;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import sluice.log.lane.Delay;
import sluice.log.peer.PeerTransport;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;
import sluice.uploader.memory.ObjectFaults;

/**
 * Breaks things by chance, a few at a time, with quiet between, and counts what it broke. Never
 * more is lost than the copies allow: one disk's unsynced bytes, and no disk for good.
 */
final class SimulatedFaults {

    static final Duration PAUSE_MAX = Duration.ofSeconds(12);

    private static final Duration QUIET = Duration.ofSeconds(14);

    private final SimulatedCluster cluster;
    private final RandomGenerator random;
    private final Map<String, Long> reached = new TreeMap<>();
    private boolean isStopped;
    private int storeFaultsPerMille;
    private boolean isMetadataAway;
    private boolean areObjectsAway;

    SimulatedFaults(SimulatedCluster cluster) {
        this.cluster = cluster;
        this.random = cluster.time.random();
        for (String each :
                List.of(
                        "kill",
                        "kill of two",
                        "kill of all",
                        "power cut",
                        "drain",
                        "pause",
                        "cut one way",
                        "cut off",
                        "link reset",
                        "slow link",
                        "metadata away",
                        "metadata answers lost",
                        "objects away",
                        "syncs held")) {
            reached.put(each, 0L);
        }
    }

    Map<String, Long> reached() {
        return reached;
    }

    void start() {
        storeFaultsPerMille = random.nextInt(3) == 0 ? 30 : 2;
        cluster.itemFaults((call, table, key) -> {
            if (isMetadataAway) {
                return Fault.REFUSED;
            }
            if (random.nextInt(1000) >= storeFaultsPerMille) {
                return Fault.NONE;
            }
            count("metadata answers lost");
            return call == Call.PUT || call == Call.DELETE
                    ? (random.nextBoolean() ? Fault.LOST_RESPONSE : Fault.LOST_REQUEST)
                    : Fault.REFUSED;
        });
        cluster.objects.faults((call, key) -> {
            if (areObjectsAway) {
                return ObjectFaults.Fate.FAIL_BEFORE;
            }
            return random.nextInt(1000) >= storeFaultsPerMille
                    ? ObjectFaults.Fate.WELL
                    : random.nextBoolean()
                            ? ObjectFaults.Fate.LOSE_RESPONSE
                            : ObjectFaults.Fate.FAIL_BEFORE;
        });
        next();
    }

    /** Everything is made well again. */
    void stop() {
        isStopped = true;
        isMetadataAway = false;
        areObjectsAway = false;
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        cluster.objects.faults(ObjectFaults.none());
        cluster.network.healAll();
        for (SimulatedGateway node : cluster.nodes) {
            node.releaseSyncs();
            for (SimulatedGateway other : cluster.nodes) {
                cluster.network.slow(node.id(), other.id(), Delay.ofMicros(30, 400));
            }
            node.start();
        }
    }

    private void next() {
        if (isStopped) {
            return;
        }
        fault();
        boolean isQuiet = random.nextInt(4) == 0;
        after(isQuiet ? QUIET : Duration.ofMillis(100 + random.nextInt(3000)), this::next);
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

    private void count(String what) {
        reached.merge(what, 1L, Long::sum);
    }

    private SimulatedGateway any() {
        return cluster.nodes.get(random.nextInt(cluster.nodes.size()));
    }

    private SimulatedGateway otherThan(SimulatedGateway node) {
        int step = 1 + random.nextInt(cluster.nodes.size() - 1);
        return cluster.nodes.get((cluster.nodes.indexOf(node) + step) % cluster.nodes.size());
    }

    private Duration some(int millisMax) {
        return Duration.ofMillis(1 + random.nextInt(millisMax));
    }

    private void fault() {
        SimulatedGateway node = any();
        SimulatedGateway other = otherThan(node);
        switch (random.nextInt(14)) {
            case 0, 1 -> {
                count("kill");
                node.crash();
                after(some(12_000), node::start);
            }
            case 2 -> {
                count("kill of two");
                node.crash();
                other.crash();
                after(some(8_000), node::start);
                after(some(8_000), other::start);
            }
            case 3 -> {
                count("kill of all");
                cluster.nodes.forEach(SimulatedGateway::crash);
                cluster.nodes.forEach(each -> after(some(3_000), each::start));
            }
            case 4 -> {
                count("power cut");
                node.powerCut();
                after(some(12_000), node::start);
            }
            case 5 -> {
                if (node.isUp()) {
                    count("drain");
                    node.drain().thenRun(() -> after(some(3_000), node::start));
                    after(Duration.ofSeconds(20), node::start);
                }
            }
            case 6, 7 -> {
                if (node.isUp()) {
                    count("pause");
                    node.pause(some((int) PAUSE_MAX.toMillis()));
                }
            }
            case 8 -> {
                count("cut one way");
                cluster.network.cut(node.id(), other.id());
                after(some(8_000), () -> cluster.network.heal(node.id(), other.id()));
            }
            case 9 -> {
                count("cut off");
                cluster.network.cutOff(node.id());
                after(some(10_000), cluster.network::healAll);
            }
            case 10 -> {
                count("link reset");
                cluster.network.reset(
                        node.id(),
                        other.id(),
                        random.nextBoolean() ? PeerTransport.Link.WAL : PeerTransport.Link.CALL);
            }
            case 11 -> {
                count("slow link");
                cluster.network.slow(node.id(), other.id(), Delay.ofMicros(1_000, 300_000));
                after(
                        some(8_000),
                        () -> cluster.network.slow(node.id(), other.id(), Delay.ofMicros(30, 400)));
            }
            case 12 -> {
                if (random.nextBoolean()) {
                    count("metadata away");
                    isMetadataAway = true;
                    after(some(6_000), () -> isMetadataAway = false);
                } else {
                    count("objects away");
                    areObjectsAway = true;
                    after(some(10_000), () -> areObjectsAway = false);
                }
            }
            default -> {
                if (node.isUp()) {
                    count("syncs held");
                    node.holdSyncs();
                    after(some(6_000), node::releaseSyncs);
                }
            }
        }
    }
}
