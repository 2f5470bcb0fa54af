package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.SlotRecord;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** What is no death: heartbeats that come seldom, and clocks on the wall that are wrong. */
class HeartbeatsTest {

    @Test
    void f25BeatsThatAreThrottledNowAndThenAreNoDeath() {
        for (long seed = 250; seed < 255; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 3);
            var producer = cluster.producer();
            var owners = cluster.slots();
            var beats = new HashMap<String, Integer>();
            cluster.itemFaults((call, table, key) -> {
                boolean isBeat = table == Table.HEARTBEATS && call == Call.PUT;
                return isBeat && beats.merge(key, 1, Integer::sum) % 2 == 0
                        ? Fault.REFUSED
                        : Fault.NONE;
            });

            for (int i = 0; i < 30; i++) {
                producer.append(cluster.node(i % 3), topic, i % 3, "v" + i);
                cluster.runFor(Duration.ofSeconds(1));
            }

            assertTrue(beats.values().stream().allMatch(each -> each > 20), beats::toString);
            assertNothingMoved(cluster, owners, seed);
        }
    }

    @Test
    void f25BeatsThatAreThrottledForMinutesAreNoDeathOfWhoAnswersThatItIsWell() {
        for (long seed = 255; seed < 258; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 3);
            var producer = cluster.producer();
            var owners = cluster.slots();
            throttleBeats(cluster);

            for (int i = 0; i < 60; i++) {
                producer.append(cluster.node(i % 3), topic, i % 3, "v" + i);
                cluster.runFor(Duration.ofSeconds(2));
            }

            assertNothingMoved(cluster, owners, seed);
        }
    }

    @Test
    void f25AGatewayThatStopsWhileBeatsAreThrottledIsReplaced() {
        for (long seed = 258; seed < 261; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 1);
            SimulatedGateway owner = cluster.ownerOf(topic, 0);
            throttleBeats(cluster);
            cluster.runFor(Duration.ofSeconds(20));

            owner.pause(Duration.ofMinutes(2));

            cluster.await("a new owner", () -> !cluster.ownerIdOf(topic, 0).equals(owner.id()));
        }
    }

    @Test
    void f10AGatewayThatReachesItsPeersButNotTheMetadataIsReplaced() {
        for (long seed = 261; seed < 264; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 1);
            SimulatedGateway owner = cluster.ownerOf(topic, 0);

            cluster.metadata.faults((gateway, call, table, key) ->
                    gateway.equals(owner) ? Fault.REFUSED : Fault.NONE);

            cluster.await("a new owner", () -> !cluster.ownerIdOf(topic, 0).equals(owner.id()));
        }
    }

    @Test
    void f25AGatewayWhoseBeatsAndWalRecordAreThrottledIsReplacedOnceItIsStuck() {
        for (long seed = 264; seed < 267; seed++) {
            var limits = new SimulatedLimits();
            limits.segmentAge = Duration.ofSeconds(3);
            var cluster = SimulatedCluster.running(seed, 3, limits);
            TopicRecord topic = cluster.createTopic("orders", 1);
            SimulatedGateway owner = cluster.ownerOf(topic, 0);
            var producer = cluster.producer();

            cluster.metadata.faults((gateway, call, table, key) ->
                    gateway.equals(owner) && call == Call.PUT ? Fault.REFUSED : Fault.NONE);
            // Entries make it roll, and a roll must be written.
            producer.append(owner, topic, 0, "a");

            cluster.await("a new owner", () -> !cluster.ownerIdOf(topic, 0).equals(owner.id()));
        }
    }

    private static void throttleBeats(SimulatedCluster cluster) {
        cluster.itemFaults((call, table, key) ->
                table == Table.HEARTBEATS && call == Call.PUT ? Fault.REFUSED : Fault.NONE);
    }

    @Test
    void f27WallClocksThatJumpTakeNoWalFromAnybody() {
        for (long seed = 270; seed < 275; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 3);
            var producer = cluster.producer();
            var owners = cluster.slots();

            for (int i = 0; i < 30; i++) {
                var hours = Duration.ofHours(i % 2 == 0 ? 1 : -1);
                cluster.node(i % 3).scope().jumpWallClock(hours);
                cluster.node((i + 1) % 3).scope().drift(i % 2 == 0 ? 50 : -50);
                assertEquals(i / 3, producer.append(cluster.node(i % 3), topic, i % 3, "v" + i));
                cluster.runFor(Duration.ofSeconds(1));
            }

            var reader = new LogReader(cluster);
            for (int partition = 0; partition < 3; partition++) {
                assertEquals(10, reader.values(cluster.node(0), topic, partition).size());
            }
            assertNothingMoved(cluster, owners, seed);
        }
    }

    private static void assertNothingMoved(
            SimulatedCluster cluster, List<SlotRecord> before, long seed) {
        for (SimulatedGateway node : cluster.nodes) {
            assertEquals(List.of(), node.losses(), "seed=" + seed);
        }
        for (WalRecord wal : cluster.wals()) {
            assertEquals(WalRecord.State.OPEN, wal.state(), "seed=" + seed);
        }
        assertEquals(
                before.stream().map(SlotRecord::owner).toList(),
                cluster.slots().stream().map(SlotRecord::owner).toList(),
                "seed=" + seed);
    }
}
