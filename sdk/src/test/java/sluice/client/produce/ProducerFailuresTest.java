package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.error.RetriableException;
import sluice.client.error.UnknownOutcomeException;
import sluice.log.batch.RecordBatch;

/** What fails, what is told of it, and what becomes of the records behind it. */
class ProducerFailuresTest {

    private static final BatchOutcome.Again BUSY =
            new BatchOutcome.Again("busy", Duration.ZERO, false);

    private final World world = new World(World.defaults());

    @Test
    void batchToBlameFailsAloneAndTheOthersAreWritten() {
        world.view = World.viewOf(3, World.ONE);
        world.script =
                sent -> {
                    for (ByteBuffer batch : sent.bytes()) {
                        if (new String(batch.array(), java.nio.charset.StandardCharsets.UTF_8)
                                .contains("bad")) {
                            return World.refused(sent, "malformed-batch");
                        }
                    }
                    return world.append(sent);
                };
        var good = world.send(ProducerRecord.of(World.TOPIC, "good").toPartition(0));
        var bad = world.send(ProducerRecord.of(World.TOPIC, "bad").toPartition(1));
        var fine = world.send(ProducerRecord.of(World.TOPIC, "fine").toPartition(2));
        world.advanceMs(2_000);
        var later = world.send(ProducerRecord.of(World.TOPIC, "later").toPartition(1));
        world.advanceMs(2_000);

        assertEquals("malformed-batch", World.refusal(bad));
        assertEquals(0, good.join().offset());
        assertEquals(0, fine.join().offset());
        assertEquals(0, later.join().offset());
    }

    @Test
    void behindABatchThatFailedTheSequenceBeginsAnewUnderTheNextEpoch() {
        world.settle();
        world.script =
                sent -> {
                    world.script = world::append;
                    return World.refused(sent, "malformed-batch");
                };
        var refused = world.send("refused");
        world.advanceMs(50);
        var next = world.send("next");
        world.advanceMs(50);

        assertEquals("malformed-batch", World.refusal(refused));
        assertEquals(1, next.join().offset());
        assertEquals(1, RecordBatch.producerEpoch(world.bytes(2, 0), 0));
        assertEquals(0, RecordBatch.baseSequence(world.bytes(2, 0), 0));
    }

    @Test
    void whatWasNeverAnsweredFailsAsUnknownAndItsLateArrivalIsRefused() {
        world.settle();
        var lost = new ArrayList<World.Sent>();
        world.script =
                sent -> {
                    lost.add(sent);
                    return null;
                };
        var unknown = world.send("unknown");
        world.advanceMs(31_000);
        assertInstanceOf(UnknownOutcomeException.class, World.failure(unknown));

        world.script = world::append;
        var next = world.send("next");
        world.advanceMs(5_000);
        assertEquals(1, next.join().offset());
        lost.forEach(world::append);
        assertEquals(List.of("first", "next"), world.log(0).values);
    }

    @Test
    void whatWasNeverSentFailsAsNotWritten() {
        world.script = sent -> World.gone(sent, false);
        var written = world.send("v");
        world.advanceMs(31_000);

        assertInstanceOf(RetriableException.class, World.failure(written));
    }

    @Test
    void youngerBatchesOfARunThatTimedOutAreWrittenIfTheyCannotBeThereYet() {
        world.settle();
        world.script = sent -> World.all(sent, BUSY, false);
        var old = world.send("x".repeat(800));
        world.advanceMs(20_000);
        var young = world.send("young");
        world.advanceMs(11_000);
        world.script = world::append;
        world.advanceMs(5_000);

        assertInstanceOf(RetriableException.class, World.failure(old));
        assertEquals(1, young.join().offset());
    }

    @Test
    void ownerThatLostWhatItAcknowledgedIsWrittenToAllTheSame() {
        world.settle();
        world.send("second");
        world.advanceMs(50);
        world.log(0).lose(1, 1);

        var written = world.send("third");
        world.advanceMs(500);

        assertEquals(1, written.join().offset());
        assertEquals(List.of("first", "third"), world.log(0).values);
    }

    @Test
    void afterTheLastEpochComesAnotherProducer() {
        world.settle();
        World.Script refusing = sent -> World.refused(sent, "malformed-batch");
        world.script = refusing;
        for (int i = 0; i < Identity.EPOCH_MAX; i++) {
            world.send("refused");
            world.advanceMs(10);
        }
        world.script = world::append;
        for (int i = 0; i < 3; i++) {
            world.send("written");
            world.advanceMs(50);
        }
        int last = world.requests.size() - 1;
        assertEquals(List.of(1000L, (long) Identity.EPOCH_MAX, 2L), world.sequence(last, 0));

        world.script = refusing;
        world.send("refused");
        world.advanceMs(10);
        world.script = world::append;
        var written = world.send("written");
        world.advanceMs(50);

        assertEquals(4, written.join().offset());
        assertEquals(List.of(1001L, 0L, 0L), world.sequence(world.requests.size() - 1, 0));
    }

    @Test
    void acknowledgedWithoutDiskHasNoOffset() {
        var plain = new World(World.settings(Acks.NONE, false, 1000, 1 << 20));
        plain.script =
                sent ->
                        World.all(
                                sent,
                                new BatchOutcome.Appended(RecordMetadata.NO_OFFSET, false),
                                false);
        var written = plain.send("v");
        plain.advanceMs(50);

        assertFalse(written.join().hasOffset());
    }

    @Test
    void closingTellsWhatIsKnownOfEachRecord() {
        world.settle();
        world.script = sent -> null;
        var underWay = world.send("under way");
        world.advanceMs(20);
        var waiting = world.send("waiting");
        world.machine.abandon("closed");
        world.advanceMs(1);

        assertInstanceOf(UnknownOutcomeException.class, World.failure(underWay));
        assertInstanceOf(RetriableException.class, World.failure(waiting));
    }
}
