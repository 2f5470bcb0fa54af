package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import sluice.engine.Engine.Acks;
import sluice.engine.Engine.Appended;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.metadata.TopicRecord;

/** Idempotent producers, and topics that come and go. */
class ProducerTest {

    /** The bit of a producer id that says that it is the hash of an idempotency key. */
    private static final long KEYED = 1L << 62;

    @Test
    void aRetryAtAnotherGatewayIsADuplicateWithTheSameOffset() {
        var cluster = SimulatedCluster.running(61, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        var producer = cluster.producer();
        var first = producer.next(0, "a", "b");
        var second = producer.next(0, "c");
        cluster.await(producer.send(cluster.node(0), topic, Acks.ALL, first));
        cluster.await(producer.send(cluster.node(1), topic, Acks.ALL, second));

        assertEquals(
                new Appended(0, true),
                cluster.await(producer.send(cluster.node(2), topic, Acks.ALL, first)));
        assertEquals(
                new Appended(2, true),
                cluster.await(producer.send(cluster.node(0), topic, Acks.ALL, second)));
        assertEquals(
                List.of("a", "b", "c"), new LogReader(cluster).values(cluster.node(1), topic, 0));
    }

    @Test
    void aBatchWhosePredecessorIsMissingIsRefused() {
        var cluster = SimulatedCluster.running(62, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        var producer = cluster.producer();
        producer.append(cluster.node(0), topic, 0, "a");
        producer.next(0, "never sent");
        var third = producer.next(0, "c");

        var refused =
                assertThrows(
                        SluiceException.class,
                        () ->
                                cluster.await(
                                        producer.send(cluster.node(1), topic, Acks.ALL, third)));

        assertEquals("out-of-order-sequence", refused.code());
        assertEquals(List.of("a"), new LogReader(cluster).values(cluster.node(1), topic, 0));
    }

    @Test
    void anIdempotencyKeyStandsForOneRequestOnly() {
        var cluster = SimulatedCluster.running(63, 3);
        TopicRecord topic = cluster.createTopic("orders", 1);
        var keyed = new SimulatedProducer(cluster, KEYED | 4711);
        var request = new SimulatedProducer.Numbered(0, KEYED | 4711, 1234, List.of("a"));
        var other = new SimulatedProducer.Numbered(0, KEYED | 4711, 999, List.of("b"));
        assertEquals(
                new Appended(0, false),
                cluster.await(keyed.send(cluster.node(0), topic, Acks.ALL, request)));

        assertEquals(
                new Appended(0, true),
                cluster.await(keyed.send(cluster.node(1), topic, Acks.ALL, request)));
        var refused =
                assertThrows(
                        SluiceException.class,
                        () -> cluster.await(keyed.send(cluster.node(2), topic, Acks.ALL, other)));
        assertEquals(Kind.CONFLICT, refused.kind());
        assertEquals("idempotency-key-reused", refused.code());
    }

    @Test
    void producerIdsAreGivenOnceByWhicheverGateway() {
        var cluster = SimulatedCluster.running(64, 3);
        var ids = new HashSet<Long>();
        for (int i = 0; i < 300; i++) {
            assertTrue(ids.add(cluster.await(cluster.node(i % 3).engine().newProducerId())));
            if (i % 50 == 49) {
                cluster.node(i % 3).restart();
                cluster.awaitReady();
            }
        }
    }

    @Test
    void aTopicMadeAnewHasAnotherIdAndNothingOfTheOldOne() {
        var cluster = SimulatedCluster.running(65, 3);
        TopicRecord before = cluster.createTopic("orders", 3);
        var producer = cluster.producer();
        for (int i = 0; i < 6; i++) {
            producer.append(cluster.node(0), before, i % 3, "old" + i);
        }

        cluster.node(1).engine().topics().delete("default", "orders");
        TopicRecord after = cluster.createTopic("orders", 3);

        assertNotEquals(before.id(), after.id());
        for (int partition = 0; partition < 3; partition++) {
            assertEquals(
                    List.of(), new LogReader(cluster).values(cluster.node(2), after, partition));
            assertEquals(0, producer.append(cluster.node(0), after, partition, "new"));
        }
        cluster.runFor(Duration.ofSeconds(10));
        cluster.nodes.forEach(SimulatedGateway::crash);
        cluster.startAll();
        for (int partition = 0; partition < 3; partition++) {
            assertEquals(
                    List.of("new"),
                    new LogReader(cluster).values(cluster.node(2), after, partition));
        }
    }

    @Test
    void f40FiftyThousandPartitionsComeAndGoWhileTheyAndOthersAreWritten() {
        var cluster = SimulatedCluster.running(67, 3);
        TopicRecord other = cluster.createTopic("orders", 1);
        var producer = cluster.producer();
        int others = 0;
        for (int round = 0; round < 4; round++) {
            TopicRecord big = cluster.createTopic("big", 50_000);
            var ofBig = cluster.producer();
            for (int i = 0; i < 100; i++) {
                int partition = i * 499;
                assertEquals(0, ofBig.append(cluster.node(i % 3), big, partition, "big" + i));
                assertEquals(
                        others++, producer.append(cluster.node(i % 3), other, 0, "v" + others));
            }
            if (round == 2) {
                cluster.node(1).restart();
                cluster.awaitReady();
            }
            assertEquals(
                    List.of("big99"), new LogReader(cluster).values(cluster.node(2), big, 49_401));
            assertEquals(List.of(), new LogReader(cluster).values(cluster.node(0), big, 49_999));
            cluster.node(round % 3).engine().topics().delete("default", "big");
        }
        assertEquals(400, new LogReader(cluster).values(cluster.node(1), other, 0).size());
    }

    @Test
    void whenADeletionReturnsNoGatewayKnowsTheTopic() {
        for (long seed = 660; seed < 670; seed++) {
            var cluster = SimulatedCluster.running(seed, 3);
            cluster.createTopic("orders", 1);
            for (SimulatedGateway node : cluster.nodes) {
                assertTrue(find(cluster, node).isPresent());
                cluster.runFor(Duration.ofMillis(cluster.time.random().nextInt(1500)));
            }

            cluster.node(0).engine().topics().delete("default", "orders");

            for (SimulatedGateway node : cluster.nodes) {
                assertFalse(find(cluster, node).isPresent(), "seed=" + seed);
            }
            var again =
                    assertThrows(
                            SluiceException.class,
                            () -> cluster.node(1).engine().topics().delete("default", "orders"));
            assertEquals("unknown-topic", again.code());
        }
    }

    private static Optional<TopicRecord> find(SimulatedCluster cluster, SimulatedGateway node) {
        return cluster.await(node.engine().topics().find("default", "orders"));
    }

    @Test
    void theNameOfATopicThatIsBeingDeletedIsNotFreeYet() {
        var cluster = SimulatedCluster.running(67, 3);
        cluster.createTopic("orders", 1);
        var refused = new String[1];
        cluster.world.schedule(
                Duration.ofSeconds(1),
                () -> {
                    try {
                        cluster.node(1)
                                .engine()
                                .topics()
                                .create("default", "orders", 1, SimulatedCluster.config());
                    } catch (SluiceException e) {
                        refused[0] = e.code();
                    }
                });

        cluster.node(0).engine().topics().delete("default", "orders");

        assertEquals("topic-exists", refused[0]);
    }
}
