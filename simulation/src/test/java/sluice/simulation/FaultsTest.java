package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.SlotRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;
import sluice.uploader.memory.ObjectFaults;

/** What a cluster does while a store is away or answers badly, and when it is full. */
class FaultsTest {

    @Test
    void writesGoOnWhileTheMetadataStoreIsAwayForSomeSeconds() {
        var limits = new SimulatedLimits();
        limits.segmentAge = Duration.ofSeconds(20);
        var cluster = SimulatedCluster.running(41, 3, limits);
        TopicRecord topic = cluster.createTopic("orders", 1);
        var producer = cluster.producer();
        SimulatedGateway owner = cluster.ownerOf(topic, 0);
        producer.append(owner, topic, 0, "v0");

        cluster.itemFaults((call, table, key) -> Fault.REFUSED);
        for (int i = 1; i < 20; i++) {
            assertEquals(i, producer.append(cluster.node(i % 3), topic, 0, "v" + i));
            cluster.runFor(Duration.ofSeconds(1));
        }
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        cluster.runFor(Duration.ofSeconds(30));

        assertEquals(List.of(), cluster.nodes.stream().flatMap(n -> n.losses().stream()).toList());
        assertEquals(20, new LogReader(cluster).values(cluster.node(0), topic, 0).size());
        for (WalRecord wal : cluster.wals()) {
            assertEquals(WalRecord.State.OPEN, wal.state(), "nobody was taken for dead");
        }
        cluster.await("uploads", () -> cluster.wal(owner.wal()).uploadedEnd() >= 20);
    }

    @Test
    void writesGoOnWhileTheObjectStoreIsAwayAndUploadsCatchUp() {
        var cluster = SimulatedCluster.running(42, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        var producer = cluster.producer();
        SimulatedGateway owner = cluster.ownerOf(topic, 0);

        cluster.objects.faults((call, key) -> ObjectFaults.Fate.FAIL_BEFORE);
        for (int i = 0; i < 30; i++) {
            assertEquals(i, producer.append(cluster.node(i % 3), topic, 0, "v" + i));
            cluster.runFor(Duration.ofMillis(500));
        }
        assertTrue(owner.counter("wal.rolls") > 3);
        assertEquals(0, cluster.wal(owner.wal()).uploadedEnd());
        assertEquals(30, new LogReader(cluster).values(cluster.node(1), topic, 0).size());

        cluster.objects.faults(ObjectFaults.none());
        cluster.await("uploads", () -> cluster.wal(owner.wal()).uploadedEnd() >= 30);
        assertEquals(30, new LogReader(cluster).values(cluster.node(2), topic, 0).size());
    }

    @Test
    void aFullDiskRefusesHonestlyAndTakesWritesAgainOnceUploadsCaughtUp() {
        var limits = new SimulatedLimits();
        limits.diskBytesMax = 400 << 10;
        limits.unackedBytesMax = 64 << 10;
        var cluster = SimulatedCluster.running(43, 3, limits);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway owner = cluster.ownerOf(topic, 0);
        var producer = cluster.producer();
        cluster.objects.faults((call, key) -> ObjectFaults.Fate.FAIL_BEFORE);

        var acknowledged = new ArrayList<Long>();
        var codes = new HashSet<String>();
        String value = "x".repeat(8_000);
        SimulatedProducer.Numbered waiting = producer.next(0, value);
        for (int i = 0; i < 200; i++) {
            try {
                acknowledged.add(
                        cluster.await(producer.send(owner, topic, Acks.ALL, waiting)).baseOffset());
                waiting = producer.next(0, value);
            } catch (SluiceException e) {
                assertTrue(
                        e.kind() == Kind.OVERLOADED || e.kind() == Kind.UNKNOWN_OUTCOME,
                        e::toString);
                codes.add(e.kind() + " " + e.code());
                cluster.runFor(Duration.ofMillis(200));
            }
        }
        assertTrue(codes.stream().anyMatch(code -> code.startsWith("OVERLOADED")), codes::toString);
        assertTrue(acknowledged.size() > 10, acknowledged::toString);
        cluster.runFor(Duration.ofMinutes(5));
        for (WalRecord wal : cluster.wals()) {
            assertTrue(wal.chain().size() < 60, () -> "the record stays small: " + wal);
        }

        cluster.objects.faults(ObjectFaults.none());
        cluster.runFor(Duration.ofSeconds(40));
        acknowledged.add(
                cluster.await(producer.send(owner, topic, Acks.ALL, waiting)).baseOffset());
        List<SimulatedProducer.Found> found =
                new LogReader(cluster).found(cluster.node(0), topic, 0);
        assertTrue(acknowledged.getLast() < found.size());
        assertEquals(Set.copyOf(acknowledged).size(), acknowledged.size());
    }

    @Test
    void lostResponsesOfAllWritesLoseNothingAndGiveNoSlotTwoOwners() {
        for (long seed = 440; seed < 450; seed++) {
            var cluster = new SimulatedCluster(seed, 3);
            cluster.itemFaults((call, table, key) ->
                    (call == Call.PUT || call == Call.DELETE)
                                    && cluster.time.random().nextInt(3) == 0
                            ? Fault.LOST_RESPONSE
                            : Fault.NONE);
            cluster.startAll();
            TopicRecord topic = cluster.createTopic("orders", 3);
            var producer = cluster.producer();
            for (int i = 0; i < 30; i++) {
                if (i == 15) {
                    cluster.node(1).crash();
                    cluster.awaitReady();
                    cluster.node(1).start();
                }
                assertEquals(
                        i / 3,
                        producer.append(cluster.node(0), topic, i % 3, "v" + i),
                        "seed=" + seed);
                cluster.runFor(Duration.ofMillis(300));
            }
            cluster.awaitReady();
            var reader = new LogReader(cluster);
            for (SimulatedGateway node : cluster.nodes) {
                for (int partition = 0; partition < 3; partition++) {
                    List<String> values = reader.values(node, topic, partition);
                    assertEquals(10, values.size(), "seed=" + seed);
                    assertEquals(10, new HashSet<>(values).size(), "seed=" + seed);
                }
            }
            assertEquals(
                    List.of(),
                    cluster.nodes.stream().flatMap(n -> n.losses().stream()).toList(),
                    "seed=" + seed);
        }
    }

    @Test
    void aWriteOfTheMetadataWhoseOutcomeStaysUnknownIsNoLoss() {
        // All looks after the write fail too, so that the store's users are told UNKNOWN_OUTCOME.
        for (Table table : List.of(Table.WALS, Table.SLOTS, Table.HEARTBEATS)) {
            var cluster = new SimulatedCluster(46, 3);
            var until = new long[] {Duration.ofSeconds(8).toNanos()};
            cluster.itemFaults((call, called, key) -> {
                if (called != table || cluster.time.nowNs() > until[0]) {
                    return Fault.NONE;
                }
                return call == Call.PUT
                        ? Fault.LOST_RESPONSE
                        : call == Call.GET ? Fault.REFUSED : Fault.NONE;
            });
            cluster.startAll();
            TopicRecord topic = cluster.createTopic("orders", 1);
            var producer = cluster.producer();
            // A gateway whose beats fail for longer is rightly taken for dead.
            int seconds = table == Table.HEARTBEATS ? 1 : 6;
            until[0] = cluster.time.nowNs() + Duration.ofSeconds(seconds).toNanos();
            for (int i = 0; i < 20; i++) {
                producer.append(cluster.node(0), topic, 0, "v" + i);
                cluster.runFor(Duration.ofMillis(500));
            }
            assertEquals(
                    List.of(),
                    cluster.nodes.stream().flatMap(n -> n.losses().stream()).toList(),
                    table.toString());
            assertEquals(20, new LogReader(cluster).values(cluster.node(2), topic, 0).size());
        }
    }

    @Test
    void aDrainWhoseSealHasALostResponseEnds() {
        var cluster = SimulatedCluster.running(47, 3);
        SimulatedGateway node = cluster.node(0);
        var wal = node.wal();
        node.restartsWhenLost = false;
        cluster.itemFaults((call, table, key) -> {
            if (!key.equals(wal.toString())) {
                return Fault.NONE;
            }
            return call == Call.PUT ? Fault.LOST_RESPONSE : Fault.REFUSED;
        });

        CompletableFuture<Void> drained = node.drain();
        cluster.runFor(Duration.ofSeconds(3));
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        cluster.await("drained", drained::isDone);

        assertEquals(List.of(), node.losses());
        assertTrue(cluster.wal(wal).state().compareTo(WalRecord.State.SEALED) >= 0);
        assertTrue(cluster.wal(wal).recoverer().isEmpty());
    }

    @Test
    void aDuplicateOfWhatIsNotCommittedIsToldThatTheOutcomeIsUnknown() {
        var limits = new SimulatedLimits();
        limits.memberSlow = Duration.ofSeconds(60);
        limits.segmentAge = Duration.ofSeconds(60);
        var cluster = SimulatedCluster.running(48, 3, limits);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway owner = cluster.ownerOf(topic, 0);
        cluster.notOwnerOf(topic, 0).holdSyncs();
        var producer = cluster.producer();
        var numbered = producer.next(0, "a");

        var first = producer.send(owner, topic, Acks.ALL, numbered);
        cluster.runFor(Duration.ofSeconds(1));
        var second = producer.send(owner, topic, Acks.ALL, numbered);

        var told = assertThrows(SluiceException.class, () -> cluster.await(first));
        assertEquals(Kind.UNKNOWN_OUTCOME, told.kind());
        var toldAgain = assertThrows(SluiceException.class, () -> cluster.await(second));
        assertEquals(Kind.UNKNOWN_OUTCOME, toldAgain.kind());
        cluster.nodes.forEach(SimulatedGateway::releaseSyncs);
        assertEquals(
                new Appended(0, true),
                cluster.await(producer.send(owner, topic, Acks.ALL, numbered)));
    }

    @Test
    void aSleeperThatWakesDoesNotTouchTheRecordsOfSlotsThatOthersTook() {
        var limits = new SimulatedLimits();
        limits.foldObjects = 1;
        for (long seed = 490; seed < 500; seed++) {
            var cluster = SimulatedCluster.running(seed, 3, limits);
            TopicRecord topic = cluster.createTopic("orders", 24);
            SimulatedGateway sleeper = cluster.node(0);
            var producer = cluster.producer();
            for (int partition = 0; partition < 24; partition++) {
                producer.append(cluster.node(1), topic, partition, "a");
            }
            cluster.runFor(Duration.ofMillis(cluster.time.random().nextLong(2500)));
            sleeper.pause(Duration.ofSeconds(20));
            cluster.await(
                    "taken",
                    () ->
                            cluster.slots().stream()
                                    .noneMatch(s ->
                                            s.owner().orElseThrow().node().equals(sleeper.id())));
            for (int partition = 0; partition < 24; partition++) {
                producer.append(cluster.node(1), topic, partition, "b");
            }
            cluster.runFor(Duration.ofSeconds(40));

            for (SlotRecord slot : cluster.slots()) {
                assertEquals(
                        slot.owner().orElseThrow().wal(),
                        slot.sources().getLast().wal(),
                        "seed=" + seed + " " + slot);
            }
            assertFalse(sleeper.losses().isEmpty(), "seed=" + seed);
        }
    }
}
