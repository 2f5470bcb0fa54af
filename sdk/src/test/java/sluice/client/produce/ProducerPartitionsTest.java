package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where a record goes. */
class ProducerPartitionsTest {

    private static final BatchOutcome.Again BUSY =
            new BatchOutcome.Again("busy", Duration.ZERO, false);

    private final World world = new World(World.defaults());

    @Test
    void keyGoesWhereAGatewayWouldPutIt() {
        world.view = World.viewOf(6, World.ONE);
        byte[] key = {1, 2, 3};

        var written = world.send(ProducerRecord.of(World.TOPIC, key, key));
        world.advanceMs(20);

        assertEquals(sluice.log.batch.Partitioner.forKey(key, 6), written.join().partition());
    }

    @Test
    void recordsWithoutKeyStayForABatchAndThenMoveOn() {
        world.view = World.viewOf(3, World.ONE);
        var partitions = new ArrayList<Integer>();
        var written = new ArrayList<CompletableFuture<RecordMetadata>>();
        for (int i = 0; i < 60; i++) {
            written.add(world.send("x".repeat(200)));
            world.advanceMs(1);
        }
        world.advanceMs(50);
        written.forEach(each -> partitions.add(each.join().partition()));

        assertEquals(3, new HashSet<>(partitions).size());
        int moves = 0;
        for (int i = 1; i < partitions.size(); i++) {
            moves += partitions.get(i).equals(partitions.get(i - 1)) ? 0 : 1;
        }
        assertTrue(moves >= 10 && moves <= 30, "moves=" + moves);
    }

    @Test
    void recordsWithoutKeyPassByAPartitionThatIsBehind() {
        world.view = World.viewOf(2, World.ONE);
        world.settle();
        world.script =
                sent -> {
                    var outcomes = new ArrayList<BatchOutcome>();
                    for (int i = 0; i < sent.bytes().size(); i++) {
                        outcomes.add(
                                sent.partition(i) == 0
                                        ? BUSY
                                        : world.log(1).append(sent.bytes().get(i)));
                    }
                    return new Cluster.RequestOutcome(outcomes, false, false, false);
                };
        world.send(ProducerRecord.of(World.TOPIC, "stuck").toPartition(0));
        world.advanceMs(20);
        var written = new ArrayList<CompletableFuture<RecordMetadata>>();
        for (int i = 0; i < 30; i++) {
            written.add(world.send("x".repeat(400)));
            world.advanceMs(10);
        }

        long ended = written.stream().filter(CompletableFuture::isDone).count();
        assertTrue(ended >= 26, "at most one batch was caught: ended=" + ended);
    }

    @Test
    void whatAGatewayWouldRefuseIsRefusedAtOnce() {
        assertEquals(
                "partition-out-of-range",
                World.refusal(world.send(ProducerRecord.of(World.TOPIC, "v").toPartition(1))));
        assertEquals("record-too-large", World.refusal(world.send("x".repeat((1 << 20) + 1))));
        assertEquals(List.of(), world.requests);
    }

    @Test
    void addedPartitionsAreUsedOnceTheyAreKnown() {
        var first = ProducerRecord.of(World.TOPIC, "v").toPartition(1);
        assertEquals("partition-out-of-range", World.refusal(world.send(first)));
        world.view = World.viewOf(2, World.ONE);
        for (int i = 0; i < 70; i++) {
            world.send("v");
            world.advanceMs(1_000);
        }

        var second = world.send(first);
        world.advanceMs(20);
        assertEquals(0, second.join().offset() - (world.log(1).values.size() - 1));
    }
}
