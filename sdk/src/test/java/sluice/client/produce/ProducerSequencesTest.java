package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Under which name and number batches go, and how many of them at a time. */
class ProducerSequencesTest {

    private static final BatchOutcome.Again BUSY =
            new BatchOutcome.Again("busy", Duration.ZERO, false);

    private final World world = new World(World.defaults());

    /** So many batches of one partition, all at once. */
    private static List<CompletableFuture<RecordMetadata>> sendMany(World to, int batches) {
        var sent = new ArrayList<CompletableFuture<RecordMetadata>>();
        to.script = request -> null;
        for (int i = 0; i < batches; i++) {
            sent.add(to.send("x".repeat(980)));
        }
        return sent;
    }

    private int batches(int request) {
        return world.requests.get(request).bytes().size();
    }

    @Test
    void theFirstBatchUnderANewEpochGoesAlone() {
        world.settle();
        world.script =
                sent -> {
                    world.script = world::append;
                    return World.refused(sent, "malformed-batch");
                };
        world.send("refused");
        world.advanceMs(5);
        assertEquals(1, batches(1));
        for (int i = 0; i < 6; i++) {
            world.send("x".repeat(980));
        }
        world.advanceMs(500);

        var seen = new ArrayList<String>();
        for (int i = 2; i < world.requests.size(); i++) {
            seen.add(world.sequence(i, 0) + "x" + batches(i));
        }
        assertEquals("[[1000, 1, 0]x1, [1000, 1, 1]x4, [1000, 1, 5]x1]", "" + seen);
    }

    @Test
    void withoutIdempotenceBatchesGoOneByOne() {
        var plain = new World(World.settings(Acks.OWNER, false, 1000, 1 << 20));
        plain.settle();
        for (int i = 0; i < 6; i++) {
            plain.send("x".repeat(980));
        }
        plain.advanceMs(500);

        assertEquals(7, plain.log(0).values.size());
        assertTrue(plain.requests.stream().allMatch(sent -> sent.bytes().size() == 1));
    }

    @Test
    void aRequestIsNoLargerThanItMayBe() {
        var small =
                new World(
                        World.settings(
                                Acks.ALL, true, 1000, 1 << 20, Duration.ofSeconds(30), 2_500));
        small.view = World.viewOf(2, World.ONE);
        for (int i = 0; i < 12; i++) {
            small.send(ProducerRecord.of(World.TOPIC, "x".repeat(900)).toPartition(i % 2));
        }
        small.advanceMs(500);

        assertEquals(12, small.log(0).values.size() + small.log(1).values.size());
        for (World.Sent sent : small.requests) {
            int bytes = sent.bytes().stream().mapToInt(each -> each.limit()).sum();
            assertTrue(bytes <= 2_500, "bytes=" + bytes);
        }
        assertTrue(small.requests.stream().anyMatch(sent -> sent.bytes().size() == 2));
    }

    @Test
    void whatDoesNotFitIntoOneRequestLeavesWithTheNextAtTheSameMoment() {
        var small =
                new World(
                        World.settings(
                                Acks.ALL, true, 1000, 1 << 20, Duration.ofSeconds(30), 1_000));
        small.view = World.viewOf(2, World.ONE);
        small.send(ProducerRecord.of(World.TOPIC, "x".repeat(900)).toPartition(0));
        small.send(ProducerRecord.of(World.TOPIC, "x".repeat(900)).toPartition(1));
        small.advanceMs(20);

        assertEquals(2, small.requests.size());
        assertEquals(small.requests.get(0).atNs(), small.requests.get(1).atNs());
    }

    @Test
    void aPartitionThatAlwaysHasMoreKeepsNoOtherWaiting() {
        var small =
                new World(
                        World.settings(
                                Acks.ALL, true, 1000, 1 << 20, Duration.ofSeconds(30), 1_000));
        small.view = World.viewOf(3, World.ONE);
        for (int i = 0; i < 40; i++) {
            small.send(ProducerRecord.of(World.TOPIC, "x".repeat(900)).toPartition(0));
            small.send(ProducerRecord.of(World.TOPIC, "x".repeat(900)).toPartition(1));
        }
        var third = small.send(ProducerRecord.of(World.TOPIC, "x".repeat(900)).toPartition(2));
        small.advanceMs(30);

        assertTrue(third.isDone());
    }

    @Test
    void theBatchesOfARequestThatWasRefusedAsAWholeGoAlone() {
        world.view = World.viewOf(3, World.ONE);
        world.script =
                sent -> {
                    world.script = world::append;
                    return World.refused(sent, "malformed-batch");
                };
        for (int i = 0; i < 3; i++) {
            world.send(ProducerRecord.of(World.TOPIC, "v").toPartition(i));
        }
        world.advanceMs(20);
        assertEquals(3, batches(0));
        world.machine.hurry();
        world.advanceMs(2_000);

        assertEquals(List.of(1, 1, 1), List.of(batches(1), batches(2), batches(3)));
        assertEquals(4, world.requests.size());
    }

    @Test
    void soDoThoseOfOnePartition() {
        world.settle();
        var sent = sendMany(world, 4); // The first leaves; the others gather behind it.
        world.advanceMs(20);
        world.script =
                request -> {
                    if (request.bytes().size() > 1) {
                        return World.refused(request, "malformed-batch");
                    }
                    return world.append(request);
                };
        world.advanceMs(20_000);

        assertEquals(List.of(1L, 2L, 3L, 4L), World.offsets(sent));
        long many = world.requests.stream().filter(each -> each.bytes().size() > 1).count();
        assertEquals(1, many, "once is enough to know");
    }

    @Test
    void anOwnerThatFindsEverythingOutOfOrderIsNotAskedForEver() {
        world.settle();
        world.script =
                sent ->
                        World.all(
                                sent,
                                new BatchOutcome.OutOfOrder(
                                        TwinLog.problem("out-of-order-sequence")),
                                false);
        var written = world.send("v");
        world.advanceMs(10_000);

        assertEquals("out-of-order-sequence", World.refusal(written));
        assertEquals(5, world.requests.size());
        world.script = world::append;
        var next = world.send("next");
        world.advanceMs(2_000);
        assertEquals(1, next.join().offset());
    }

    @Test
    void pausesGrowWhileAttemptsFailAndAreShortAgainAfterASuccess() {
        world.settle();
        world.script = sent -> World.all(sent, BUSY, false);
        world.send("v");
        world.advanceMs(10_000);
        int attempts = world.requests.size() - 1;
        assertTrue(attempts >= 8 && attempts < 40, "attempts=" + attempts);
        world.script = world::append;
        world.advanceMs(2_000);

        world.script =
                sent -> {
                    world.script = world::append;
                    return World.all(sent, BUSY, false);
                };
        var written = world.send("w");
        world.advanceMs(150);

        assertTrue(written.isDone());
    }

    @Test
    void nothingIsSentBeforeThereIsAnIdentity() {
        world.isIdentityThere = false;
        var written = world.send("v");
        world.advanceMs(10_000);
        assertEquals(List.of(), world.requests);
        assertTrue(
                world.identitiesAsked >= 5 && world.identitiesAsked < 40,
                "asked=" + world.identitiesAsked);

        world.isIdentityThere = true;
        world.advanceMs(2_000);

        assertEquals(0, written.join().offset());
        assertEquals(1000L, world.sequence(0, 0).get(0));
    }

    @Test
    void sequencesBeginAgainAtZeroWhenTheyHaveAllBeenUsed() {
        assertEquals(0, Numbering.after(Integer.MAX_VALUE, 1));
        assertEquals(2, Numbering.after(Integer.MAX_VALUE - 2, 5));
        assertEquals(7, Numbering.after(3, 4));
    }
}
