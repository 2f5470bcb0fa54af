package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.error.UnknownOutcomeException;
import sluice.log.batch.RecordBatch;

/** What is sent again, and how. */
class ProducerRetriesTest {

    private static final BatchOutcome.Again BUSY =
            new BatchOutcome.Again("busy", Duration.ZERO, false);
    private static final BatchOutcome.Again LOST =
            new BatchOutcome.Again("lost", Duration.ZERO, true);

    private final World world = new World(World.defaults());

    @Test
    void lostAnswerIsFoundAgainUnderTheSameSequence() {
        world.settle();
        world.script =
                sent -> {
                    world.append(sent);
                    world.script = world::append;
                    return World.all(sent, LOST, false);
                };

        var written = world.send("once");
        world.advanceMs(500);

        assertEquals(1, written.join().offset());
        assertEquals(List.of("first", "once"), world.log(0).values);
        assertEquals(world.sequence(1, 0), world.sequence(2, 0));
        assertEquals(1, world.machine.metrics(0).duplicates());
    }

    @Test
    void nothingOvertakesWhatIsSentAgain() {
        world.settle();
        int[] calls = {0};
        world.script = sent -> calls[0]++ < 3 ? World.all(sent, BUSY, false) : world.append(sent);
        for (int i = 0; i < 40; i++) {
            world.send("v" + i + "-" + "x".repeat(200));
        }
        world.advanceMs(5_000);

        assertEquals(41, world.log(0).values.size());
        for (int i = 0; i < 40; i++) {
            assertTrue(world.log(0).values.get(i + 1).startsWith("v" + i + "-"));
        }
    }

    @Test
    void firstBatchUnderANameGoesAlone() {
        for (int i = 0; i < 20; i++) {
            world.send("x".repeat(300));
        }
        world.advanceMs(200);

        assertEquals(1, world.requests.get(0).bytes().size());
        assertEquals(4, world.requests.get(1).bytes().size());
    }

    @Test
    void pauseIsNeverShorterThanTheGatewayAsks() {
        world.settle();
        var wait = new BatchOutcome.Again("busy", Duration.ofSeconds(2), false);
        world.script =
                sent -> {
                    world.script = world::append;
                    return World.all(sent, wait, false);
                };
        world.send("v");
        world.advanceMs(1_990);
        assertEquals(2, world.requests.size());

        world.advanceMs(100);
        assertEquals(3, world.requests.size());
    }

    @Test
    void withoutIdempotenceAnUnknownOutcomeIsTheEnd() {
        var plain = new World(World.settings(Acks.OWNER, false, 1000, 1 << 20));
        plain.script = sent -> World.all(sent, LOST, false);

        var written = plain.send("v");
        plain.advanceMs(5_000);

        assertInstanceOf(UnknownOutcomeException.class, World.failure(written));
        assertEquals(1, plain.requests.size());
        assertEquals(-1, RecordBatch.producerId(plain.requests.get(0).bytes().get(0), 0));
    }

    @Test
    void withoutIdempotenceWhatIsNotWrittenForSureIsSentAgain() {
        var plain = new World(World.settings(Acks.OWNER, false, 1000, 1 << 20));
        plain.script =
                sent -> {
                    plain.script = plain::append;
                    return World.all(sent, BUSY, false);
                };

        var written = plain.send("v");
        plain.advanceMs(500);

        assertEquals(0, written.join().offset());
    }

    @Test
    void idempotenceNeedsAllDisks() {
        assertThrows(
                IllegalArgumentException.class,
                () -> World.settings(Acks.OWNER, true, 1000, 1 << 20));
    }
}
