package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.SlotRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;
import sluice.uploader.memory.ObjectFaults.Fate;

/** Slots that move from one living gateway to another. */
class HandoffTest {

    private static final int PARTITIONS = 12;

    /** Appends to all partitions, one batch after another in each, until it is told to stop. */
    private static final class Load {
        private final SimulatedCluster cluster;
        private final TopicRecord topic;
        private final List<List<String>> acknowledged = new ArrayList<>();
        private final long[] lastNs = new long[PARTITIONS];
        private long longestGapNs;
        private boolean isStopped;
        private int underWay;

        Load(SimulatedCluster cluster, TopicRecord topic) {
            this.cluster = cluster;
            this.topic = topic;
            for (int partition = 0; partition < PARTITIONS; partition++) {
                acknowledged.add(new ArrayList<>());
                lastNs[partition] = cluster.time.nowNs();
                next(partition, cluster.producer());
            }
        }

        private void next(int partition, SimulatedProducer producer) {
            if (!isStopped) {
                underWay++;
                String value = partition + ":" + acknowledged.get(partition).size();
                send(partition, producer, producer.next(partition, value));
            }
        }

        private void send(
                int partition, SimulatedProducer producer, SimulatedProducer.Numbered batch) {
            SimulatedGateway via = cluster.up().getFirst();
            producer.send(via, topic, Acks.ALL, batch)
                    .whenComplete((appended, failure) ->
                            cluster.world.schedule(
                                    Duration.ofMillis(failure == null ? 15 : 50),
                                    () -> {
                                        if (failure == null) {
                                            underWay--;
                                            done(partition, batch, appended);
                                            next(partition, producer);
                                        } else {
                                            send(partition, producer, batch);
                                        }
                                    }));
        }

        private void done(int partition, SimulatedProducer.Numbered batch, Appended appended) {
            List<String> values = acknowledged.get(partition);
            assertEquals(values.size(), appended.baseOffset(), "partition " + partition);
            values.addAll(batch.values());
            long nowNs = cluster.time.nowNs();
            longestGapNs = Math.max(longestGapNs, nowNs - lastNs[partition]);
            lastNs[partition] = nowNs;
        }

        void stop() {
            isStopped = true;
            cluster.await("the last answers", () -> underWay == 0);
        }

        void assertReadEverywhere() {
            var reader = new LogReader(cluster);
            for (SimulatedGateway node : cluster.up()) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    assertEquals(
                            acknowledged.get(partition),
                            reader.values(node, topic, partition),
                            "via " + node + " partition " + partition);
                }
            }
        }
    }

    private static long slotsOf(SimulatedCluster cluster, UUID wal) {
        return cluster.slots().stream()
                .filter(slot -> slot.owner().filter(o -> o.wal().equals(wal)).isPresent())
                .count();
    }

    private static SimulatedGateway join(SimulatedCluster cluster) {
        var joining = new SimulatedGateway(cluster, "g" + cluster.nodes.size());
        cluster.nodes.add(joining);
        joining.start();
        return joining;
    }

    private static void awaitShare(SimulatedCluster cluster, SimulatedGateway gateway) {
        cluster.await(
                "its share",
                () ->
                        gateway.isUp()
                                && slotsOf(cluster, gateway.wal())
                                        >= cluster.slots().size() / cluster.up().size()
                                && cluster.slotsOwnedByTheLiving() == cluster.slots().size());
    }

    private static void assertNoWalWasLost(SimulatedCluster cluster) {
        cluster.nodes.forEach(node -> assertEquals(List.of(), node.losses(), node::name));
    }

    /** What gateways wait for at the first start of a cluster is no reason to wait now. */
    @Test
    void aGatewayThatHasNoSlotYetTakesThoseOfALostOneAtOnce() {
        var limits = new SimulatedLimits();
        limits.startGrace = Duration.ofMinutes(10);
        var cluster = SimulatedCluster.running(816, 3, limits);
        SimulatedGateway joining = cluster.nodes.get(2);
        joining.crash();
        cluster.awaitReady();
        joining.start();
        cluster.await("its wal", () -> joining.isUp() && isOpen(cluster, joining.wal()));
        assertEquals(0, slotsOf(cluster, joining.wal()), "it came a moment ago");

        cluster.nodes.get(0).crash();

        cluster.await(
                "owners of all slots",
                () -> cluster.slotsOwnedByTheLiving() == cluster.slots().size());
        assertTrue(slotsOf(cluster, joining.wal()) > 0);
    }

    private static boolean isOpen(SimulatedCluster cluster, UUID wal) {
        return cluster.wals().stream()
                .anyMatch(each -> each.wal().equals(wal) && each.state() == WalRecord.State.OPEN);
    }

    @Test
    void aGatewayThatJoinsGetsItsShareFromLivingOwnersUnderLoad() {
        var cluster = SimulatedCluster.running(801, 3);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        cluster.runFor(Duration.ofSeconds(3));
        load.longestGapNs = 0;

        SimulatedGateway joined = join(cluster);
        awaitShare(cluster, joined);

        cluster.runFor(Duration.ofSeconds(3));
        load.stop();
        System.out.println("longest pause of a partition: ms=" + load.longestGapNs / 1_000_000);
        assertNoWalWasLost(cluster);
        cluster.wals().forEach(wal -> assertEquals(WalRecord.State.OPEN, wal.state()));
        assertTrue(
                topic.slots().stream()
                        .map(cluster::slot)
                        .anyMatch(s -> s.owner().orElseThrow().wal().equals(joined.wal())),
                "some partitions with records moved");
        load.assertReadEverywhere();
    }

    @Test
    void batchesInFlightKeepTheirOrderWhileTheirSlotMoves() {
        for (long seed = 802; seed < 808; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
            var producer = cluster.producer();
            SimulatedGateway joined = join(cluster);
            var answers = new ArrayList<CompletionStage<Appended>>();
            for (int round = 0; slotsOf(cluster, joined.wal()) < 6 && round < 2_000; round++) {
                for (int partition = 0; partition < PARTITIONS; partition++) {
                    String value = round + ":" + partition;
                    answers.add(producer.send(cluster.node(0), topic, partition, value));
                }
                cluster.runFor(Duration.ofMillis(5));
            }
            awaitShare(cluster, joined);
            cluster.await(
                    "all answers",
                    () -> answers.stream().allMatch(each -> each.toCompletableFuture().isDone()));
            for (int i = 0; i < answers.size(); i++) {
                assertEquals(
                        i / PARTITIONS, cluster.await(answers.get(i)).baseOffset(), "seed=" + seed);
            }
        }
    }

    @Test
    void slotsThatGoAndComeBackKeepRecordsAndProducers() {
        var cluster = SimulatedCluster.running(803, 3);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        for (int round = 0; round < 3; round++) {
            SimulatedGateway joined = join(cluster);
            awaitShare(cluster, joined);
            cluster.runFor(Duration.ofSeconds(1));
            CompletableFuture<Void> drained = joined.drain();
            cluster.await("drained", drained::isDone);
            cluster.nodes.remove(joined);
            cluster.awaitReady();
        }
        load.stop();
        assertNoWalWasLost(cluster);
        load.assertReadEverywhere();
    }

    @Test
    void aReleaseOfWhichTheAnswerIsLostIsNeverServedByTwo() {
        var cluster = SimulatedCluster.running(804, 3);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        cluster.runFor(Duration.ofSeconds(1));
        int[] lost = new int[1];
        cluster.itemFaults((call, table, key) -> {
            boolean hit = call == Call.PUT && table == Table.SLOTS && lost[0] < 40;
            lost[0] += hit ? 1 : 0;
            return hit && lost[0] % 2 == 0 ? Fault.LOST_RESPONSE : Fault.NONE;
        });
        SimulatedGateway joined = join(cluster);
        awaitShare(cluster, joined);
        assertTrue(lost[0] > 4);
        load.stop();
        load.assertReadEverywhere();
    }

    @Test
    void aReleaseThatIsAppliedMuchLaterTakesNothingFromASlotThatIsServed() {
        var limits = new SimulatedLimits();
        limits.foldObjects = 1_000; // Nothing but a release writes to a slot's record.
        var cluster = SimulatedCluster.running(809, 3, limits);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        cluster.runFor(Duration.ofSeconds(1));
        boolean[] isUnderWay = new boolean[1];
        cluster.itemFaults((call, table, key) -> {
            if (table != Table.SLOTS
                    || cluster.nodes.size() < 4
                    || cluster.isRunning(cluster.node(3))) {
                return Fault.NONE;
            }
            boolean isFirst =
                    call == Call.PUT
                            && !isUnderWay[0]
                            && topic.slots().contains(Integer.parseInt(key));
            boolean isLater = isUnderWay[0];
            isUnderWay[0] |= isFirst;
            return isFirst ? Fault.DELAYED : isLater ? Fault.REFUSED : Fault.NONE;
        });
        SimulatedGateway joined = join(cluster);
        cluster.await("a release under way", () -> isUnderWay[0]);
        cluster.runFor(Duration.ofSeconds(3));
        cluster.itemStore.applyDelayed(0);
        cluster.runFor(Duration.ofSeconds(3));
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        awaitShare(cluster, joined);
        load.stop();
        load.assertReadEverywhere();
    }

    @Test
    void whileTheObjectStoreIsAwaySlotsStayAndAreServed() {
        var cluster = SimulatedCluster.running(805, 3);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        cluster.runFor(Duration.ofSeconds(1));
        cluster.objects.faults((call, key) -> Fate.FAIL_BEFORE);
        SimulatedGateway joined = join(cluster);
        cluster.runFor(Duration.ofSeconds(5));
        load.longestGapNs = 0;
        cluster.runFor(Duration.ofSeconds(30));
        assertTrue(load.longestGapNs < Duration.ofSeconds(4).toNanos(), "writes went on");
        cluster.objects.faults((call, key) -> Fate.WELL);
        awaitShare(cluster, joined);
        load.stop();
        load.assertReadEverywhere();
    }

    /** The owner, or the gateway that joins, dies at its n-th call to a store after the join. */
    @Test
    void whoeverDiesInTheMiddleNothingIsLostAndAllSlotsFindAnOwner() {
        int reached = 0;
        for (int step = 1; step <= 25; step += 2) {
            for (boolean isOwner : new boolean[] {true, false}) {
                var cluster = SimulatedCluster.running(810 + step, 3);
                TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
                var load = new Load(cluster, topic);
                cluster.runFor(Duration.ofMillis(1500));
                SimulatedGateway joined = join(cluster);
                SimulatedGateway victim = isOwner ? cluster.node(1) : joined;
                int[] left = new int[] {step};
                cluster.itemFaults((call, table, key) -> {
                    boolean isStep =
                            call == Call.PUT
                                    && cluster.isRunning(victim)
                                    && (table == Table.SLOTS || table == Table.WALS);
                    if (isStep && --left[0] == 0) {
                        cluster.world.schedule(Duration.ZERO, victim::crash);
                        cluster.world.schedule(Duration.ofSeconds(2), victim::start);
                        return Fault.LOST_RESPONSE;
                    }
                    return Fault.NONE;
                });
                cluster.runFor(Duration.ofSeconds(8));
                reached += left[0] <= 0 ? 1 : 0;
                cluster.itemFaults((call, table, key) -> Fault.NONE);
                cluster.awaitReady();
                load.stop();
                for (SlotRecord slot : cluster.slots()) {
                    assertTrue(slot.owner().isPresent(), slot::toString);
                }
                load.assertReadEverywhere();
            }
        }
        System.out.println("deaths in the middle: " + reached);
        assertTrue(reached > 12, "reached=" + reached);
    }

    @Test
    void aDrainedGatewaysSlotsAreWithoutOwnerForAShortTimeOnly() {
        var cluster = SimulatedCluster.running(806, 4);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        cluster.runFor(Duration.ofSeconds(3));
        load.longestGapNs = 0;
        SimulatedGateway leaving = cluster.ownerOf(topic, 0);
        SimulatedGateway first = cluster.up().getFirst();
        CompletableFuture<Void> drained =
                leaving == first ? cluster.node(1).drain() : leaving.drain();
        cluster.await("drained", drained::isDone);
        cluster.awaitReady();
        load.stop();
        long pauseMs = load.longestGapNs / 1_000_000;
        System.out.println("longest pause of a partition at a drain: ms=" + pauseMs);
        assertTrue(pauseMs < 2_000, "well below what a failure costs: ms=" + pauseMs);
        load.assertReadEverywhere();
    }

    @Test
    void noWalCountsOnADiskOnceItsGatewayHasDrained() {
        var cluster = SimulatedCluster.running(807, 4);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        var load = new Load(cluster, topic);
        cluster.runFor(Duration.ofSeconds(3));
        SimulatedGateway leaving = cluster.node(2);
        UUID disk = leaving.id();
        CompletableFuture<Void> drained = leaving.drain();
        cluster.await("drained", drained::isDone);
        for (WalRecord wal : cluster.wals()) {
            wal.chain().forEach(segment -> assertTrue(!segment.members().contains(disk)));
        }
        load.stop();
        load.assertReadEverywhere();
    }

    @Test
    void aDeadProcessIsKnownBeforeItsHeartbeatIsMissed() {
        long longestMs = 0;
        for (long seed = 808; seed < 828; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
            var load = new Load(cluster, topic);
            // At any time between two beats: the last one may be seen only after the death.
            cluster.runFor(Duration.ofMillis(3_000 + 50 * (seed - 808)));
            load.longestGapNs = 0;
            cluster.node(2).crash();
            cluster.awaitReady();
            load.stop();
            long pauseMs = load.longestGapNs / 1_000_000;
            assertTrue(
                    pauseMs < 2_000,
                    "before the heartbeat was missed for 3 s: ms=" + pauseMs + " seed=" + seed);
            load.assertReadEverywhere();
            longestMs = Math.max(longestMs, pauseMs);
        }
        System.out.println("longest pause of a partition at a kill: ms=" + longestMs);
    }
}
