package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine.Acks;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;

/** What a cluster does while nothing fails. */
class ClusterTest {

    @Test
    void threeGatewaysOpenWalsWithThreeMembersAndShareTheSlotsEvenly() {
        var cluster = SimulatedCluster.running(1, 3);

        Map<UUID, Integer> slots = new HashMap<>();
        cluster.slots()
                .forEach(slot -> slots.merge(slot.owner().orElseThrow().node(), 1, Integer::sum));
        assertEquals(3, slots.size());
        assertEquals(List.of(8, 8, 8), List.copyOf(slots.values()));
        for (WalRecord wal : cluster.wals()) {
            assertEquals(WalRecord.State.OPEN, wal.state());
            assertEquals(3, wal.chain().getFirst().members().size(), wal::toString);
        }
    }

    @Test
    void whatWasAppendedAtAnyGatewayIsReadAtAnyOther() {
        var cluster = SimulatedCluster.running(2, 3);
        TopicRecord topic = cluster.createTopic("orders", 6);
        var producer = cluster.producer();

        for (int partition = 0; partition < 6; partition++) {
            for (int i = 0; i < 3; i++) {
                assertEquals(
                        i, producer.append(cluster.node(i), topic, partition, partition + "-" + i));
            }
        }

        var reader = new LogReader(cluster);
        for (SimulatedGateway node : cluster.nodes) {
            for (int partition = 0; partition < 6; partition++) {
                assertEquals(
                        List.of(partition + "-0", partition + "-1", partition + "-2"),
                        reader.values(node, topic, partition));
            }
        }
        long forwarded = cluster.nodes.stream().mapToLong(n -> n.counter("calls.forwarded")).sum();
        assertTrue(forwarded > 0, "forwarded=" + forwarded);
    }

    @Test
    void anAppendIsAcknowledgedOnlyWhenAllMembersDisksSyncedIt() {
        var limits = new SimulatedLimits();
        limits.memberSlow = Duration.ofSeconds(60);
        limits.ackTimeout = Duration.ofSeconds(60);
        limits.segmentAge = Duration.ofSeconds(60);
        for (int held = 0; held < 3; held++) {
            var cluster = SimulatedCluster.running(3, 3, limits);
            TopicRecord topic = cluster.createTopic("orders", 1);
            cluster.node(held).holdSyncs();

            var answer =
                    cluster.producer().send(cluster.node(0), topic, 0, "a").toCompletableFuture();
            cluster.runFor(Duration.ofSeconds(10));
            assertFalse(answer.isDone(), "held=" + held);
            assertEquals(
                    0, cluster.await(cluster.node(0).engine().status(topic, 0)).highWatermark());

            cluster.node(held).releaseSyncs();
            assertEquals(0, cluster.await(answer).baseOffset());
        }
    }

    @Test
    void acksOfTheOwnerComeEarlierButNothingIsVisibleBeforeTheHighWatermark() {
        var limits = new SimulatedLimits();
        limits.memberSlow = Duration.ofSeconds(60);
        limits.ackTimeout = Duration.ofSeconds(60);
        var cluster = SimulatedCluster.running(4, 3, limits);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway peer = cluster.notOwnerOf(topic, 0);
        peer.holdSyncs();
        var producer = cluster.producer();

        assertEquals(
                0,
                cluster.await(producer.send(peer, topic, Acks.OWNER, producer.next(0, "a")))
                        .baseOffset());
        assertEquals(
                -1,
                cluster.await(producer.send(peer, topic, Acks.NONE, producer.next(0, "b")))
                        .baseOffset());
        cluster.runFor(Duration.ofMillis(100));

        var reader = new LogReader(cluster);
        assertEquals(List.of(), reader.values(cluster.node(0), topic, 0));
        peer.releaseSyncs();
        cluster.runFor(Duration.ofMillis(100));
        assertEquals(List.of("a", "b"), reader.values(cluster.node(0), topic, 0));
    }

    @Test
    void aLongPollWakesWithTheNextRecord() {
        var cluster = SimulatedCluster.running(5, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway reader = cluster.notOwnerOf(topic, 0);

        var poll =
                reader.engine()
                        .fetch(topic, 0, 0, 1000, Duration.ofSeconds(20))
                        .toCompletableFuture();
        cluster.runFor(Duration.ofSeconds(10));
        assertFalse(poll.isDone());
        cluster.producer().append(cluster.node(0), topic, 0, "a");
        cluster.runFor(Duration.ofMillis(20));

        assertTrue(poll.isDone());
        assertEquals(
                List.of(new SimulatedProducer.Found(0, "a")),
                SimulatedProducer.records(cluster.await(poll).batches()));
    }

    @Test
    void aLongPollEndsEmptyWhenItsTimeIsUp() {
        var cluster = SimulatedCluster.running(6, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        long startNs = cluster.time.nowNs();

        var fetched =
                cluster.await(
                        cluster.notOwnerOf(topic, 0)
                                .engine()
                                .fetch(topic, 0, 0, 1000, Duration.ofSeconds(2)));

        assertEquals(List.of(), fetched.batches());
        long waitedMs = (cluster.time.nowNs() - startNs) / 1_000_000;
        assertTrue(waitedMs >= 2000 && waitedMs < 2200, "waitedMs=" + waitedMs);
    }

    @Test
    void aSegmentIsRolledAtItsSizeAndAtItsAge() {
        var limits = new SimulatedLimits();
        limits.segmentAge = Duration.ofSeconds(3);
        var cluster = SimulatedCluster.running(7, 3, limits);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway owner = cluster.ownerOf(topic, 0);
        var producer = cluster.producer();
        long startNs = cluster.time.nowNs();

        String value = "x".repeat(10_000);
        for (int i = 0; i < 4; i++) {
            producer.append(owner, topic, 0, value);
        }
        cluster.await("a roll at size", () -> owner.counter("wal.rolls") == 1);
        assertTrue(cluster.time.nowNs() - startNs < Duration.ofSeconds(1).toNanos());

        producer.append(owner, topic, 0, "small");
        cluster.runFor(Duration.ofSeconds(2));
        assertEquals(1, owner.counter("wal.rolls"));
        cluster.await("a roll at age", () -> owner.counter("wal.rolls") == 2);
        cluster.runFor(Duration.ofSeconds(20));
        assertEquals(2, owner.counter("wal.rolls"), "an empty segment is not rolled");
    }

    @Test
    void sealedSegmentsAreUploadedInOrderAndTrimmedOnAllMembersOnlyAfterTheCommit() {
        var cluster = SimulatedCluster.running(8, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway owner = cluster.ownerOf(topic, 0);
        var producer = cluster.producer();
        String value = "x".repeat(10_000);
        cluster.objects.faults((call, key) -> sluice.uploader.memory.ObjectFaults.Fate.FAIL_BEFORE);
        for (int i = 0; i < 12; i++) {
            producer.append(owner, topic, 0, value + i);
        }
        cluster.runFor(Duration.ofSeconds(10));

        long rolls = owner.counter("wal.rolls");
        assertTrue(rolls >= 3, "rolls=" + rolls);
        for (SimulatedGateway node : cluster.nodes) {
            assertTrue(segmentsOf(node, owner.wal()) >= rolls, "kept before the commit");
        }
        assertEquals(0, cluster.wal(owner.wal()).uploadedEnd());

        cluster.objects.faults(sluice.uploader.memory.ObjectFaults.none());
        cluster.await("uploads", () -> cluster.wal(owner.wal()).uploadedEnd() >= 12);
        cluster.runFor(Duration.ofSeconds(10));
        for (SimulatedGateway node : cluster.nodes) {
            assertTrue(segmentsOf(node, owner.wal()) <= 2, "trimmed after the commit");
        }
        var reader = new LogReader(cluster);
        for (SimulatedGateway node : cluster.nodes) {
            assertEquals(12, reader.values(node, topic, 0).size());
        }
    }

    private static long segmentsOf(SimulatedGateway node, UUID wal) {
        try {
            return node.disk().list().stream()
                    .filter(segment -> segment.wal().equals(wal) && node.disk().exists(segment))
                    .count();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void recordsAreReadFromObjectsAfterARestartOfTheWholeCluster() {
        var cluster = SimulatedCluster.running(9, 3);
        TopicRecord topic = cluster.createTopic("orders", 3);
        var producer = cluster.producer();
        for (int i = 0; i < 9; i++) {
            producer.append(cluster.node(i % 3), topic, i % 3, "v" + i);
        }
        cluster.await(
                "all in objects",
                () -> cluster.wals().stream().allMatch(wal -> wal.uploadedEnd() >= 3));
        cluster.nodes.forEach(SimulatedGateway::crash);
        cluster.startAll();

        var reader = new LogReader(cluster);
        for (SimulatedGateway node : cluster.nodes) {
            for (int partition = 0; partition < 3; partition++) {
                assertEquals(
                        List.of("v" + partition, "v" + (partition + 3), "v" + (partition + 6)),
                        reader.values(node, topic, partition));
            }
        }
    }
}
