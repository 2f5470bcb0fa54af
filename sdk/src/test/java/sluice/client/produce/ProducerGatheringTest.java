package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.log.batch.RecordBatch;

/** How records become batches, and when these leave. */
class ProducerGatheringTest {

    private final World world = new World(World.defaults());

    @Test
    void batchLeavesWhenItsFirstRecordHasLingered() {
        world.send("first");
        world.advanceMs(4);
        world.send("second");
        assertEquals(List.of(), world.requests);

        world.advanceMs(1);

        assertEquals(1, world.requests.size());
        assertEquals(2, RecordBatch.recordCount(world.bytes(0, 0), 0));
    }

    @Test
    void fullBatchLeavesAtOnce() {
        world.settle();
        for (int i = 0; i < 9; i++) {
            world.send("x".repeat(100));
        }

        assertEquals(2, world.requests.size());
        assertTrue(world.bytes(1, 0).limit() <= world.settings.batchBytes());
    }

    @Test
    void recordLargerThanABatchIsABatchOfItsOwn() {
        world.settle();
        var before = world.send("before");
        var large = world.send("x".repeat(5_000));
        var behind = world.send("behind");
        world.advanceMs(100);

        assertEquals(List.of(1L, 2L, 3L), World.offsets(List.of(before, large, behind)));
        assertEquals(5_000, world.log(0).values.get(2).length());
    }

    @Test
    void nothingLingersWhileSomebodyWaits() {
        world.settle();
        world.send("a");
        world.machine.hurry();
        world.advance(Duration.ZERO);

        assertEquals(2, world.requests.size());
    }

    @Test
    void oneRequestHasBatchesOfAllPartitionsOfAGateway() {
        world.view = World.viewOf(4, World.ONE);
        for (int partition = 0; partition < 4; partition++) {
            world.send(ProducerRecord.of(World.TOPIC, "v").toPartition(partition));
        }
        world.advanceMs(20);

        assertEquals(1, world.requests.size());
        assertEquals(4, world.requests.get(0).bytes().size());
    }

    @Test
    void batchThatIsFullWithItsFirstRecordLeavesAtOnce() {
        world.settle();
        world.send("x".repeat(2_000));

        assertEquals(2, world.requests.size());
    }

    @Test
    void recordsThatNameTheirPartitionMakeNoBatchLargerThanItMayBe() {
        world.settle();
        for (int i = 0; i < 20; i++) {
            world.send(ProducerRecord.of(World.TOPIC, "x".repeat(300)).toPartition(0));
        }
        world.advanceMs(200);

        for (World.Sent sent : world.requests) {
            sent.bytes().forEach(batch -> assertTrue(batch.limit() <= world.settings.batchBytes()));
        }
        assertEquals(21, world.log(0).values.size());
    }

    @Test
    void noBatchHasMoreRecordsThanAGatewayTakes() {
        var large = new World(World.settings(Acks.ALL, true, 64 << 20, 1 << 30));
        large.settle();
        large.script = sent -> null;
        for (int i = 0; i < 100_001; i++) {
            var unused =
                    large.machine.append(
                            large.machine.topic(World.TOPIC, large.nowNs),
                            ProducerRecord.of(World.TOPIC, ""),
                            20,
                            large.nowNs,
                            0);
        }
        large.advanceMs(10);

        assertEquals(100_000, RecordBatch.recordCount(large.bytes(1, 0), 0));
    }

    @Test
    void recordLargerThanAllThatMayBeHeldIsTakenAlone() {
        var small = new World(World.settings(Acks.ALL, true, 1000, 3_000));

        assertTrue(small.machine.hasRoom(5_000));
        small.send("v");
        assertFalse(small.machine.hasRoom(5_000));
    }

    @Test
    void fullBatchMakesWorkBeforeTheMomentThatIsLookedForAnyway() {
        world.settle();
        world.script = sent -> null;
        TopicState topic = world.machine.topic(World.TOPIC, world.nowNs);
        var unused =
                world.machine.append(
                        topic, ProducerRecord.of(World.TOPIC, "v"), 20, world.nowNs, 0);
        assertTrue(world.machine.wantsWork(null));
        assertTrue(world.machine.wantsWork(world.nowNs + 10_000_000));
        assertFalse(world.machine.wantsWork(world.nowNs));
        var more =
                world.machine.append(
                        topic, ProducerRecord.of(World.TOPIC, "v"), 20, world.nowNs, 0);

        assertFalse(world.machine.wantsWork(null), "it changes nothing about when there is work");
    }

    @Test
    void whatIsHeldIsBoundedAndFreedWhenItEnds() {
        var small = new World(World.settings(Acks.ALL, true, 1000, 3_000));
        small.script = sent -> null;
        int taken = 0;
        while (small.machine.hasRoom(500) && taken < 100) {
            small.send("x".repeat(400));
            taken++;
        }

        assertTrue(taken >= 5 && taken <= 7, "taken=" + taken);
        assertTrue(small.machine.metrics(0).bytesHeld() <= 3_500);
        small.script = small::append;
        small.advanceMs(60_000);
        assertEquals(0, small.machine.metrics(0).bytesHeld());
        assertTrue(small.machine.hasRoom(3_000));
    }
}
