package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;

/** One run from one seed: load and faults, then quiet, then every promise is checked. */
final class SimulatedRun {

    /** Some seconds after the faults ended, all is served again (I13). */
    private static final Duration LIVE_MAX = Duration.ofSeconds(45);

    private static final Duration LEARNED = Duration.ofSeconds(6);
    private static final int SLICE_MS = 500;
    private static final int DRAINS_MAX = 3;

    private final RunShape shape;
    private final SimulatedCluster cluster;
    private final RandomGenerator random;
    private final Promises promises;
    private final SimulatedFaults faults;
    private final ReadHistory history;
    private final List<SimulatedClient> clients = new ArrayList<>();
    private final List<PlainProducer> plain = new ArrayList<>();
    private final List<SimulatedReader> readers = new ArrayList<>();
    private final List<SimulatedGroup> groups = new ArrayList<>();
    private final List<SimulatedQueueGroup> queues = new ArrayList<>();

    SimulatedRun(long seed) {
        this(seed, RunShape.of(seed), new Journal(false));
    }

    SimulatedRun(long seed, RunShape shape, Journal journal) {
        this.shape = shape;
        cluster = new SimulatedCluster(seed, shape.gateways(), shape.limits(), journal);
        random = cluster.time.random();
        SimulationLogging.of(cluster);
        promises = new Promises(cluster);
        promises.watch();
        faults = new SimulatedFaults(cluster, shape);
        history = new ReadHistory(cluster);
        cluster.coverage.declare(
                "produce: acknowledged values",
                "produce: batch sent again",
                "produce: duplicate answered",
                "produce: refused for good",
                "produce: outcome unknown",
                "read: answers",
                "read: records soon after a failover",
                "scrub: objects looked at",
                "process: lost its wal to a recoverer",
                "process: ended by its disk");
    }

    long traceHash() {
        return cluster.time.traceHash();
    }

    SimulatedCluster cluster() {
        return cluster;
    }

    /**
     * Runs it all.
     *
     * @throws AssertionError if a promise was broken
     */
    Coverage run() {
        cluster.note("", "shape " + shape);
        cluster.startAll();
        TopicRecord topic = cluster.createTopic("orders", shape.partitions());
        startClients(topic);
        faults.start();
        long endNs = cluster.time.nowNs() + shape.load().toNanos();
        while (cluster.time.nowNs() < endNs) {
            cluster.runFor(Duration.ofMillis(SLICE_MS));
            checkBounds();
        }
        cluster.note("FAULT", "faults end");
        faults.stop();
        settle(topic);
        history.readAll(topic);
        checkLogs();
        for (SimulatedGateway gateway : cluster.up()) {
            cluster.coverage.add("scrub: objects looked at", gateway.counter("scrub.objects"));
        }
        faults.close();
        drainAll();
        rebuild(topic);
        startAnew(topic);
        count();
        return cluster.coverage;
    }

    private void startClients(TopicRecord topic) {
        for (int i = 0; i < shape.clients(); i++) {
            clients.add(new SimulatedClient(cluster, topic, "c" + i, shape.pauseMsMax()));
        }
        plain.add(new PlainProducer(cluster, topic, "p0", shape.pauseMsMax()));
        readers.add(
                new SimulatedReader(cluster, history, promises.slots(), topic, shape.pauseMsMax()));
        if (shape.members() > 0) {
            groups.add(new SimulatedGroup(cluster, topic, shape.members(), shape.pauseMsMax()));
        }
        if (shape.consumers() > 0) {
            queues.add(new SimulatedQueueGroup(cluster, topic, shape));
        }
        clients.forEach(SimulatedClient::start);
        plain.forEach(PlainProducer::start);
        readers.forEach(SimulatedReader::start);
        groups.forEach(SimulatedGroup::start);
        queues.forEach(SimulatedQueueGroup::start);
    }

    /** I13: after the faults, everyone has an answer, and every slot takes writes. */
    private void settle(TopicRecord topic) {
        // The last who were stopped wake up, and learn what they missed.
        long sinceNs = Math.max(cluster.time.nowNs(), faults.pausedUntilNs());
        cluster.runFor(Duration.ofNanos(sinceNs - cluster.time.nowNs()).plusSeconds(3));
        clients.forEach(SimulatedClient::stop);
        plain.forEach(PlainProducer::stop);
        readers.forEach(SimulatedReader::stop);
        groups.forEach(SimulatedGroup::calm);
        queues.forEach(SimulatedQueueGroup::calm);
        awaitLive("all clients have their answers", this::areClientsIdle);
        cluster.awaitReady();
        for (int partition = 0; partition < topic.partitions(); partition++) {
            SimulatedClient client = clients.get(partition % clients.size());
            client.send(partition);
            awaitLive("a write to partition " + partition, client::isIdle);
        }
        // Who lost its wal while it was asleep or cut off has learned of it by then.
        cluster.runFor(LEARNED);
        cluster.awaitReady();
        long tookMs = (cluster.time.nowNs() - sinceNs) / 1_000_000;
        cluster.coverage.max("longest ms until live again", tookMs);
        long[] ends = ends(topic);
        groups.forEach(group -> readAll(group, ends));
        queues.forEach(queue -> takeAll(queue, ends));
        if (tookMs > LIVE_MAX.toMillis()) {
            throw cluster.failure("I13: not live again in time: tookMs=" + tookMs, null);
        }
    }

    /** All below was acknowledged to clients. */
    private long[] ends(TopicRecord topic) {
        long[] ends = new long[topic.partitions()];
        for (int partition = 0; partition < ends.length; partition++) {
            for (SimulatedClient client : clients) {
                for (SimulatedClient.Acknowledged each : client.acknowledged(partition)) {
                    ends[partition] = Math.max(ends[partition], each.offset() + 1);
                }
            }
        }
        return ends;
    }

    /** Members go on by themselves, and nothing was passed over. */
    private void readAll(SimulatedGroup group, long[] ends) {
        try {
            cluster.await("the group has read all", () -> group.hasCommitted(ends));
        } catch (AssertionError e) {
            throw cluster.failure("I13: not live: group=" + group, e);
        }
        group.stop(ends);
    }

    /** Consumers go on by themselves, and nothing is left. */
    private void takeAll(SimulatedQueueGroup queue, long[] ends) {
        try {
            cluster.await("the queue is done", () -> queue.hasDone(ends));
        } catch (AssertionError e) {
            throw cluster.failure("I13: not live: queue=" + queue, e);
        }
        queue.stop(ends);
    }

    private boolean areClientsIdle() {
        return clients.stream().allMatch(SimulatedClient::isIdle);
    }

    private void awaitLive(String what, java.util.function.BooleanSupplier condition) {
        try {
            cluster.await(what, condition);
        } catch (AssertionError e) {
            throw cluster.failure("I13: not live: clients=" + clients, e);
        }
    }

    /** I14, of what runs now. */
    private void checkBounds() {
        for (SimulatedGateway gateway : cluster.up()) {
            Map<String, Long> gauges = gateway.engine().gauges();
            long unacked = gauges.getOrDefault("wal.unacked.bytes", 0L);
            long tail = gauges.getOrDefault("tail.entries", 0L);
            if (unacked > cluster.limits.wal().unackedBytesMax()
                    || tail > cluster.limits.tailEntriesMax()) {
                throw cluster.failure("I14: over a limit: " + gateway + " " + gauges, null);
            }
            if (gateway.counter("scrub.lost") > 0) {
                throw cluster.failure("I10: objects are told to be lost: " + gateway, null);
            }
        }
    }

    private void checkLogs() {
        for (int partition = 0; partition < shape.partitions(); partition++) {
            Map<Long, String> log = history.log(partition);
            for (SimulatedClient client : clients) {
                for (SimulatedClient.Acknowledged each : client.acknowledged(partition)) {
                    if (!each.value().equals(log.get(each.offset()))) {
                        throw cluster.failure(
                                "I1: acknowledged and not there: partition=%d %s found=%s"
                                        .formatted(partition, each, log.get(each.offset())),
                                null);
                    }
                }
            }
            for (PlainProducer producer : plain) {
                producer.check(partition, log);
            }
            checkOnceAndInOrder(partition, log);
        }
        cluster.runFor(Duration.ZERO);
    }

    private void checkOnceAndInOrder(int partition, Map<Long, String> log) {
        Map<String, Integer> lastOf = new HashMap<>();
        Set<String> seen = new HashSet<>();
        for (Map.Entry<Long, String> each : log.entrySet()) {
            String value = each.getValue();
            if (!seen.add(value)) {
                throw cluster.failure("I7: twice in partition " + partition + ": " + value, null);
            }
            String client = value.substring(0, value.indexOf(':'));
            int number = Integer.parseInt(value.substring(value.indexOf(':') + 1));
            Integer before = lastOf.put(client, number);
            if (client.startsWith("c") && before != null && before > number) {
                throw cluster.failure(
                        "I3: out of its producer's order: partition=%d offset=%d value=%s before=%d"
                                .formatted(partition, each.getKey(), value, before),
                        null);
            }
        }
    }

    /** Until all of every wal is in objects; a gateway may lose its wal meanwhile, as ever. */
    private void drainAll() {
        for (int i = 0; i < DRAINS_MAX; i++) {
            cluster.nodes.forEach(node -> node.restartsWhenLost = false);
            cluster.up().forEach(SimulatedGateway::drain);
            cluster.await("all drained", () -> cluster.up().isEmpty());
            cluster.nodes.forEach(node -> node.restartsWhenLost = true);
            if (cluster.wals().stream().allMatch(SimulatedRun::isEnded)) {
                return;
            }
            // Also one that was on its way out when the faults ended: its disk may be needed.
            faults.allBack();
            cluster.awaitReady();
            cluster.runFor(Duration.ofSeconds(5));
        }
        throw cluster.failure("I13: a drain of all leaves a wal that is not sealed", null);
    }

    private static boolean isEnded(WalRecord wal) {
        return wal.state() == WalRecord.State.SEALED || wal.state() == WalRecord.State.RELEASED;
    }

    /** What is in bucket and tables alone is all that was ever read or acknowledged. */
    private void rebuild(TopicRecord topic) {
        var rebuild = new Rebuild(cluster);
        for (int partition = 0; partition < topic.partitions(); partition++) {
            Map<Long, String> rebuilt = rebuild.log(topic, partition);
            if (!rebuilt.equals(history.log(partition))) {
                throw cluster.failure(
                        "I10: the bucket and the tables do not hold the log: partition=%d rebuilt=%d read=%d"
                                .formatted(
                                        partition, rebuilt.size(), history.log(partition).size()),
                        null);
            }
        }
    }

    /** A cluster with empty disks reads all of it, through each gateway. */
    private void startAnew(TopicRecord topic) {
        cluster.nodes.forEach(SimulatedGateway::wipe);
        cluster.nodes.stream().limit(shape.gateways()).forEach(SimulatedGateway::start);
        cluster.awaitReady();
        history.readAll(topic);
        checkLogs();
    }

    private void count() {
        Coverage coverage = cluster.coverage;
        clients.forEach(
                each -> coverage.add("produce: acknowledged values", each.acknowledgedCount()));
        plain.forEach(
                each -> coverage.add("produce: acknowledged values", each.acknowledgedCount()));
        coverage.add("read: answers", history.reads());
        for (SimulatedGateway gateway : cluster.nodes) {
            for (String loss : gateway.losses()) {
                coverage.count(
                        loss.startsWith("the wal disk failed")
                                ? "process: ended by its disk"
                                : "process: lost its wal to a recoverer");
            }
        }
    }
}
