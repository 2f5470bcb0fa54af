package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;

/** Gateways that come, go in order, and come back after they were struck. */
final class Comings {

    private static final Duration DRAIN_MAX = Duration.ofSeconds(20);

    private final SimulatedCluster cluster;
    private final DiskFaults disks;
    private final BiConsumer<Duration, Runnable> after;
    private final Set<SimulatedGateway> left = new HashSet<>();
    private final Set<SimulatedGateway> leaving = new HashSet<>();
    private boolean isClosed;
    private boolean areOver;

    /**
     * @param after runs later, unless the faults ended before
     */
    Comings(SimulatedCluster cluster, DiskFaults disks, BiConsumer<Duration, Runnable> after) {
        this.cluster = cluster;
        this.disks = disks;
        this.after = after;
        cluster.coverage.declare(
                "drain: ended",
                "drain: killed since it took too long",
                "gateway left for good",
                "scaled to zero, back with empty disks");
    }

    /** Starts again after a while whoever is down then and did not leave. */
    boolean back(SimulatedGateway gateway, Duration delay) {
        cluster.world.schedule(
                delay,
                () -> {
                    if (!left.contains(gateway) && !isClosed) {
                        gateway.start();
                    }
                });
        return true;
    }

    /** From now on, who is down stays down until {@link #allBack}. */
    void close() {
        isClosed = true;
    }

    /** The faults are over: whoever did not leave starts. */
    void allBack() {
        areOver = true;
        cluster.nodes.stream()
                .filter(each -> !left.contains(each))
                .forEach(SimulatedGateway::start);
    }

    boolean drain(SimulatedGateway gateway) {
        return gateway.isUp() && drainThen(gateway, () -> back(gateway, Duration.ofSeconds(2)));
    }

    private boolean drainThen(SimulatedGateway gateway, Runnable then) {
        int process = gateway.starts();
        gateway.drain()
                .thenRun(() -> {
                    cluster.coverage.count("drain: ended");
                    cluster.world.schedule(Duration.ofMillis(1), then);
                });
        cluster.world.schedule(
                DRAIN_MAX,
                () -> {
                    if (!isClosed && gateway.isUp() && gateway.starts() == process) {
                        cluster.coverage.count("drain: killed since it took too long");
                        gateway.crash();
                        back(gateway, Duration.ofMillis(500));
                    }
                });
        return true;
    }

    boolean rollingRestart() {
        Duration delay = Duration.ZERO;
        for (SimulatedGateway gateway : cluster.nodes) {
            after.accept(delay, () -> drain(gateway));
            delay = delay.plusSeconds(8);
        }
        return true;
    }

    boolean join() {
        cluster.add().start();
        return true;
    }

    /** Goes for good, unless its disk is still needed when it has drained. */
    boolean leave(SimulatedGateway gateway) {
        int staying = cluster.nodes.size() - left.size() - leaving.size();
        if (!gateway.isUp()
                || staying <= cluster.limits.membersMin() + 1
                || !leaving.add(gateway)) {
            return false;
        }
        return drainThen(
                gateway,
                () -> {
                    leaving.remove(gateway);
                    if (!gateway.isUp() && disks.wipe(gateway)) {
                        left.add(gateway);
                        cluster.coverage.count("gateway left for good");
                    } else {
                        back(gateway, Duration.ofSeconds(1));
                    }
                });
    }

    /** All drain; once nobody needs them, the disks go too, and all begin anew. */
    boolean scaleToZero() {
        List<SimulatedGateway> up = new ArrayList<>(cluster.up());
        Map<SimulatedGateway, Integer> processes = new HashMap<>();
        up.forEach(each -> processes.put(each, each.starts()));
        up.forEach(SimulatedGateway::drain);
        cluster.world.schedule(
                DRAIN_MAX,
                () -> {
                    if (isClosed) {
                        return;
                    }
                    if (areOver) {
                        // Who started since is no part of it.
                        up.removeIf(each ->
                                each.isUp() && each.starts() != processes.getOrDefault(each, 0));
                    }
                    up.forEach(SimulatedGateway::crash);
                    if (!areOver && up.stream().allMatch(disks::wipe)) {
                        cluster.coverage.count("scaled to zero, back with empty disks");
                    }
                    up.forEach(gateway -> back(gateway, Duration.ofSeconds(1)));
                });
        return !up.isEmpty();
    }
}
