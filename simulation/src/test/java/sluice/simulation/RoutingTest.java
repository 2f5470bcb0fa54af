package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine.Appended;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;
import sluice.metadata.memory.MemoryItemStore.Fault;

/** How requests find the slot's owner. */
class RoutingTest {

    @Test
    void batchesSentWhileTheSlotHasNoOwnerKeepTheirOrder() {
        for (long seed = 700; seed < 710; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 1);
            SimulatedGateway via = cluster.notOwnerOf(topic, 0);
            SimulatedGateway owner = cluster.ownerOf(topic, 0);
            owner.crash();
            cluster.runFor(Duration.ofMillis(100));
            var producer = cluster.producer();
            var answers = new ArrayList<CompletionStage<Appended>>();
            var values = new ArrayList<String>();
            for (int i = 0; i < 50; i++) {
                values.add("v" + i);
                answers.add(producer.send(via, topic, 0, "v" + i));
                cluster.runFor(Duration.ofMillis(cluster.time.random().nextInt(200)));
            }

            for (int i = 0; i < 50; i++) {
                assertEquals(new Appended(i, false), cluster.await(answers.get(i)), "seed=" + seed);
            }
            assertEquals(values, new LogReader(cluster).values(via, topic, 0), "seed=" + seed);
        }
    }

    @Test
    void whatHasNoOwnerForTooLongIsRefusedAndNotInTheLog() {
        var cluster = SimulatedCluster.running(71, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway via = cluster.notOwnerOf(topic, 0);
        cluster.nodes.stream().filter(node -> node != via).forEach(SimulatedGateway::crash);
        cluster.itemFaults((call, table, key) -> Fault.REFUSED);

        var answer = cluster.producer().send(via, topic, 0, "a");

        var refused = assertThrows(SluiceException.class, () -> cluster.await(answer));
        assertEquals(SluiceException.Kind.UNAVAILABLE, refused.kind());
        cluster.itemFaults((call, table, key) -> Fault.NONE);
        cluster.startAll();
        assertEquals(List.of(), new LogReader(cluster).values(via, topic, 0));
    }

    @Test
    void aGatewayWithAnOldTableLearnsTheNewOwnerByAskingTheOldOne() {
        var cluster = SimulatedCluster.running(72, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        SimulatedGateway owner = cluster.ownerOf(topic, 0);
        SimulatedGateway via = cluster.notOwnerOf(topic, 0);
        cluster.producer().append(via, topic, 0, "a");
        var drained = owner.drain();
        cluster.await("drained", drained::isDone);
        owner.start();

        long startNs = cluster.time.nowNs();
        assertEquals(1, cluster.producer().append(via, topic, 0, "b"));

        long tookMs = (cluster.time.nowNs() - startNs) / 1_000_000;
        assertTrue(tookMs < 5_000, "tookMs=" + tookMs);
    }
}
