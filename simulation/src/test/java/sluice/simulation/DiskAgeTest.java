package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import sluice.log.wal.memory.MemoryWalDisk;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.TopicRecord;
import sluice.metadata.Versioned;

/** Disks that went back in time, or are there twice. */
class DiskAgeTest {

    @Test
    void f4ADiskThatIsAnOlderStateOfItselfIsNotAsked() {
        for (long seed = 400; seed < 410; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 1);
            var producer = cluster.producer();
            SimulatedGateway owner = cluster.ownerOf(topic, 0);
            SimulatedGateway other = cluster.notOwnerOf(topic, 0);
            MemoryWalDisk past = other.disk().snapshot(Runnable::run);
            for (int i = 0; i < 10; i++) {
                assertEquals(i, producer.append(owner, topic, 0, "v" + i));
                cluster.runFor(Duration.ofMillis(500));
            }

            cluster.nodes.forEach(SimulatedGateway::crash);
            other.rollBack(past);
            other.getsAnotherDisk = false;
            other.start();
            cluster.runFor(Duration.ofSeconds(30));

            assertTrue(other.losses().size() > 5, "again and again: " + other.losses());
            for (String why : other.losses()) {
                assertTrue(why.startsWith("disk-older-than-told"), why);
            }
            other.getsAnotherDisk = true;
            cluster.nodes.forEach(SimulatedGateway::start);
            cluster.awaitReady();
            for (SimulatedGateway node : cluster.nodes) {
                assertEquals(
                        10,
                        new LogReader(cluster).values(node, topic, 0).size(),
                        "seed=" + seed + " " + node);
            }
        }
    }

    @Test
    void aDiskThatIsAsOldAsItToldIsAskedWhateverItsProcessWrites() {
        var cluster = SimulatedCluster.running(411, 3);
        for (int i = 0; i < 5; i++) {
            cluster.runFor(Duration.ofSeconds(3));
            cluster.nodes.forEach(SimulatedGateway::powerCut);
            cluster.nodes.forEach(SimulatedGateway::start);
            cluster.awaitReady();
        }

        for (SimulatedGateway node : cluster.nodes) {
            assertEquals(0, node.losses().size(), node.losses()::toString);
            assertTrue(node.disk().age() >= 15, () -> node + " is " + node.disk().age());
        }
    }

    @Test
    void aProcessEndsThatFindsAnothersBeatsUnderItsDisk() {
        var cluster = SimulatedCluster.running(412, 3);
        SimulatedGateway node = cluster.node(1);
        var beats = new GatewayStore(cluster.probe());
        Versioned<GatewayRecord> last = beats.get(node.id()).orElseThrow();
        GatewayRecord own = last.value();
        var ofACopy =
                new GatewayRecord(
                        own.node(),
                        cluster.newId(),
                        1,
                        own.diskAge(),
                        "copy:80",
                        "copy:81",
                        own.zone(),
                        false);
        beats.put(ofACopy, last.version());

        cluster.await("the end", () -> !node.losses().isEmpty());

        assertTrue(node.losses().getFirst().startsWith("disk-used-twice"), node.losses()::toString);
    }
}
