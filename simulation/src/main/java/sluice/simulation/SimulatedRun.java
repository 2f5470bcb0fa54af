package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import sluice.metadata.SlotRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;

/** One run from one seed: load and faults, then quiet, then every promise is checked. */
final class SimulatedRun {

    private static final int GATEWAYS = 4;
    private static final int PARTITIONS = 5;
    private static final int CLIENTS = 4;
    private static final Duration LOAD = Duration.ofSeconds(60);

    private final long seed;
    private final SimulatedCluster cluster;
    private final RandomGenerator random;
    private final SimulatedFaults faults;
    private final ReadHistory history;
    private final List<SimulatedClient> clients = new ArrayList<>();

    SimulatedRun(long seed) {
        this.seed = seed;
        var limits = new SimulatedLimits();
        limits.segmentBytesMax = 4 << 10;
        cluster = new SimulatedCluster(seed, GATEWAYS, limits);
        random = cluster.time.random();
        faults = new SimulatedFaults(cluster);
        history = new ReadHistory(cluster);
    }

    long traceHash() {
        return cluster.time.traceHash();
    }

    /** Runs it all; tells how often what was reached. */
    Map<String, Long> run() {
        cluster.startAll();
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        for (int i = 0; i < CLIENTS; i++) {
            var client = new SimulatedClient(cluster, history, topic, "c" + i);
            clients.add(client);
            client.start();
        }
        faults.start();
        long endNs = cluster.time.nowNs() + LOAD.toNanos();
        while (cluster.time.nowNs() < endNs) {
            cluster.runFor(Duration.ofMillis(100 + random.nextInt(400)));
            checkSlots();
        }
        faults.stop();
        // The last who were stopped wake up, and learn what they missed.
        cluster.runFor(SimulatedFaults.PAUSE_MAX.plusSeconds(3));
        clients.forEach(SimulatedClient::stop);
        awaitAnswers();
        cluster.awaitReady();
        history.readAll(topic);
        checkAcknowledged();
        drainAndReadAgain(topic);
        return reached();
    }

    private void awaitAnswers() {
        try {
            cluster.await(
                    "all clients have their answers",
                    () -> clients.stream().allMatch(SimulatedClient::isIdle));
        } catch (AssertionError e) {
            throw cluster.failure("not live: clients=" + clients, e);
        }
    }

    /** No slot has two owners that are not fenced: its record has one, and epochs only grow. */
    private final Map<Integer, SlotRecord> slotsBefore = new HashMap<>();

    private void checkSlots() {
        for (SlotRecord slot : cluster.slots()) {
            SlotRecord before = slotsBefore.put(slot.slot(), slot);
            if (before != null
                    && (slot.epoch() < before.epoch()
                            || (slot.epoch() == before.epoch()
                                    && slot.owner().isPresent()
                                    && !slot.owner().equals(before.owner())))) {
                throw cluster.failure(
                        "a slot changed hands without an epoch: " + before + " " + slot, null);
            }
        }
        for (WalRecord wal : cluster.wals()) {
            if (wal.chain().size() > 200 || wal.objects().size() > 200) {
                throw cluster.failure("a wal record grows: " + wal, null);
            }
        }
    }

    private void checkAcknowledged() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            Map<Long, String> log = history.log(partition);
            for (SimulatedClient client : clients) {
                for (SimulatedClient.Acknowledged each : client.acknowledged(partition)) {
                    if (!each.value().equals(log.get(each.offset()))) {
                        throw cluster.failure(
                                "acknowledged and not there: partition=%d %s found=%s"
                                        .formatted(partition, each, log.get(each.offset())),
                                null);
                    }
                }
            }
            checkOnceAndInOrder(partition, log);
        }
    }

    private void checkOnceAndInOrder(int partition, Map<Long, String> log) {
        Map<String, Integer> lastOf = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Map.Entry<Long, String> each : log.entrySet()) {
            String value = each.getValue();
            if (!seen.add(value)) {
                throw cluster.failure("twice in partition " + partition + ": " + value, null);
            }
            String client = value.substring(0, value.indexOf(':'));
            int number = Integer.parseInt(value.substring(value.indexOf(':') + 1));
            Integer before = lastOf.put(client, number);
            if (before != null && before > number) {
                throw cluster.failure(
                        "out of its producer's order: partition=%d offset=%d value=%s before=%d"
                                .formatted(partition, each.getKey(), value, before),
                        null);
            }
        }
    }

    private void drainAndReadAgain(TopicRecord topic) {
        cluster.nodes.forEach(node -> node.restartsWhenLost = false);
        var drained = cluster.up().stream().map(SimulatedGateway::drain).toList();
        cluster.await("all drained", () -> drained.stream().allMatch(each -> each.isDone()));
        cluster.nodes.forEach(SimulatedGateway::crash);
        cluster.nodes.forEach(node -> node.restartsWhenLost = true);
        cluster.startAll();
        history.readAll(topic);
        checkAcknowledged();
    }

    private Map<String, Long> reached() {
        Map<String, Long> reached = new TreeMap<>(faults.reached());
        long acknowledged = 0;
        long retried = 0;
        for (SimulatedClient client : clients) {
            acknowledged += client.acknowledgedCount();
            retried += client.retries();
        }
        reached.put("acknowledged", acknowledged);
        reached.put("retries", retried);
        reached.put("reads", history.reads());
        reached.put(
                "wals recovered",
                cluster.wals().stream().filter(wal -> wal.recoverer().isPresent()).count());
        reached.put(
                "recoveries taken over",
                cluster.wals().stream().filter(wal -> wal.epoch() > 2).count());
        reached.put(
                "processes that lost their wal",
                cluster.nodes.stream().mapToLong(node -> node.losses().size()).sum());
        return reached;
    }

    @Override
    public String toString() {
        return "seed=" + seed;
    }
}
