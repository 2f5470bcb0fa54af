package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.metadata.ItemStore.Table;
import sluice.metadata.TopicRecord;
import sluice.metadata.WalRecord;
import sluice.metadata.memory.MemoryItemStore.Call;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** Heartbeats that come seldom are not taken for a death. */
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
            for (SimulatedGateway node : cluster.nodes) {
                assertEquals(List.of(), node.losses(), "seed=" + seed);
            }
            for (WalRecord wal : cluster.wals()) {
                assertEquals(WalRecord.State.OPEN, wal.state(), "seed=" + seed);
            }
            assertEquals(
                    owners.stream().map(each -> each.owner()).toList(),
                    cluster.slots().stream().map(each -> each.owner()).toList(),
                    "seed=" + seed);
        }
    }
}
