package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.SlotRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;
import sluice.uploader.memory.ObjectFaults.Fate;

/** One gateway that sees a part of the metadata late must not act on what it believes. */
class StaleViewTest {

    private static final int PARTITIONS = SimulatedCluster.SLOTS;

    private static void appendToAll(SimulatedCluster cluster, TopicRecord topic, String value) {
        SimulatedGateway via = cluster.up().getLast();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            cluster.producer().append(via, topic, partition, value);
        }
    }

    private static void assertAllHold(
            SimulatedCluster cluster, TopicRecord topic, List<String> expected) {
        var reader = new LogReader(cluster);
        for (SimulatedGateway node : cluster.up()) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                assertEquals(expected, reader.values(node, topic, partition), node::toString);
            }
        }
    }

    @Test
    void whoseViewOfTheSlotsIsOldReleasesNoWal() {
        var cluster = SimulatedCluster.running(51, 4);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        // The first in order is the one that releases.
        SimulatedGateway releaser =
                cluster.nodes.stream()
                        .min(Comparator.comparing(SimulatedGateway::id))
                        .orElseThrow();
        SimulatedGateway other =
                cluster.nodes.stream().filter(n -> n != releaser).findFirst().get();
        cluster.itemFaults((call, table, key) ->
                call == Call.SCAN && table == Table.SLOTS && cluster.isRunning(releaser)
                        ? Fault.REFUSED
                        : Fault.NONE);
        other.restart();
        cluster.awaitReady();
        appendToAll(cluster, topic, "a");
        UUID wal = other.wal();
        assertFalse(
                cluster.slots().stream()
                        .noneMatch(slot -> slot.owner().orElseThrow().wal().equals(wal)),
                "it took slots that the releaser does not know of");

        other.crash();
        cluster.await("sealed", () -> cluster.wal(wal).state() != WalRecord.State.OPEN);
        cluster.runFor(Duration.ofSeconds(5));
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        cluster.awaitReady();

        assertAllHold(cluster, topic, List.of("a"));
    }

    @Test
    void whoDoesNotKnowThatItsWalWasTakenWritesNoCheckpointForTheNewOwner() {
        var limits = new SimulatedLimits();
        limits.foldObjects = 1;
        var cluster = SimulatedCluster.running(52, 4, limits);
        TopicRecord topic = cluster.createTopic("orders", PARTITIONS);
        SimulatedGateway unaware = cluster.node(0);
        cluster.objects.faults((call, key) ->
                cluster.isRunning(unaware) && !key.startsWith("data/")
                        ? Fate.FAIL_BEFORE
                        : Fate.WELL);
        appendToAll(cluster, topic, "a");
        UUID wal = unaware.wal();
        cluster.await("objects to fold", () -> !cluster.wal(wal).objects().isEmpty());
        cluster.runFor(Duration.ofSeconds(2));

        cluster.itemFaults((call, table, key) ->
                cluster.isRunning(unaware)
                                && (table == Table.WALS
                                        || (table == Table.HEARTBEATS && call == Call.PUT))
                        ? Fault.REFUSED
                        : Fault.NONE);
        cluster.await(
                "its slots are others'",
                () ->
                        cluster.slots().stream()
                                .noneMatch(s -> s.owner().orElseThrow().wal().equals(wal)));
        // All tables are read anew: an append to the unaware one would tell it of its loss.
        cluster.runFor(Duration.ofSeconds(12));
        appendToAll(cluster, topic, "b");
        assertEquals(List.of(), unaware.losses());
        cluster.objects.faults((call, key) -> Fate.WELL);
        for (int step = 0; step < 500; step++) {
            cluster.runFor(Duration.ofMillis(10));
            for (SlotRecord slot : cluster.slots()) {
                assertEquals(slot.owner().orElseThrow().wal(), slot.sources().getLast().wal());
            }
        }
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        cluster.runFor(Duration.ofSeconds(10));
        cluster.nodes.forEach(SimulatedGateway::crash);
        cluster.startAll();
        assertAllHold(cluster, topic, List.of("a", "b"));
    }
}
