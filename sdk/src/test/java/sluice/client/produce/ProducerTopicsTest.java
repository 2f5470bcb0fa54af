package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;

/** Topics and owners that come, go and change. */
class ProducerTopicsTest {

    private static final BatchOutcome.Again BUSY =
            new BatchOutcome.Again("busy", Duration.ZERO, false);

    private final World world = new World(World.defaults());

    @Test
    void unknownTopicIsToldAtOnce() {
        world.isTopicThere = false;

        assertEquals("unknown-topic", World.refusal(world.send("v")));
    }

    @Test
    void deletedTopicFailsWhatIsOnItsWayAndTheNewOneIsWrittenTo() {
        world.settle();
        world.isTopicThere = false;
        world.script = sent -> new Cluster.RequestOutcome(List.of(BUSY), false, true, true);
        var caught = world.send("caught");
        world.advanceMs(2_000);
        assertEquals("unknown-topic", World.refusal(caught));

        world.isTopicThere = true;
        world.logs.clear();
        world.script = world::append;
        var written = world.send("anew");
        world.advanceMs(50);
        assertEquals(0, written.join().offset());
    }

    @Test
    void answerForATopicThatWasForgottenSinceHarmsNothing() {
        world.settle();
        world.script = sent -> null;
        world.send("old");
        world.advanceMs(20);
        world.machine.notDescribed(
                World.TOPIC,
                new SluiceApiException("GET", TwinLog.problem("unknown-topic")),
                world.nowNs);
        world.send("new one");
        long answeredNs = world.requests.get(1).atNs() + world.settings.requestTimeout().toNanos();
        world.advance(Duration.ofNanos(answeredNs - world.nowNs).minusMillis(10));
        int before = world.requests.size();
        world.send("behind");
        world.advanceMs(12);

        assertEquals(3, before);
        assertEquals(3, world.requests.size(), "one request of a partition at a time");
    }

    @Test
    void requestsGoToTheOwnerOnceItIsKnown() {
        world.settle();
        assertEquals(World.ONE, world.requests.getLast().request().gateway());
        world.view = World.viewOf(1, World.TWO);
        world.script =
                sent -> {
                    world.script = world::append;
                    return World.all(sent, BUSY, false);
                };
        world.send("moved");
        world.advanceMs(2_000);
        world.send("v");
        world.advanceMs(20);

        assertEquals(World.TWO, world.requests.getLast().request().gateway());
    }

    @Test
    void ownerThatIsGoneIsPassedOverForAWhile() {
        world.settle();
        world.script =
                sent ->
                        sent.request().gateway().equals(World.ONE)
                                ? World.gone(sent, false)
                                : world.append(sent);
        var written = world.send("v");
        world.advanceMs(300);

        assertEquals(1, written.join().offset());
        assertEquals(World.TWO, world.requests.getLast().request().gateway());
    }

    @Test
    void gatewayHasNoMoreRequestsThanAllowed() {
        world.view = World.viewOf(10, World.ONE);
        world.script = sent -> null;
        for (int i = 0; i < 10; i++) {
            world.send(ProducerRecord.of(World.TOPIC, "v").toPartition(i));
            world.advanceMs(10);
        }

        assertEquals(2, world.requests.size());
        assertEquals(2, world.machine.metrics(0).requestsInFlight());
    }

    @Test
    void idleProducerAsksForNothing() {
        world.settle();
        world.advanceMs(3_600_000);

        assertEquals(1, world.requests.size());
        assertEquals(1, world.describes);
    }

    @Test
    void topicThatWasForgottenForBeingIdleIsWrittenToUnderANewEpoch() {
        world.settle();
        world.advanceMs(400_000);
        world.send(ProducerRecord.of("other", "wakes the machine"));
        world.advanceMs(100);

        var written = world.send("back");
        world.advanceMs(100);
        assertEquals(1, written.join().offset());
        assertEquals(List.of(1000L, 1L, 0L), world.sequence(world.requests.size() - 1, 0));
    }

    @Test
    void topicWhoseRecordsAreOnTheirWayIsNotForgotten() {
        var patient =
                new World(
                        World.settings(
                                Acks.ALL, true, 1000, 1 << 20, Duration.ofMinutes(20), 1 << 20));
        patient.script = sent -> World.all(sent, BUSY, false);
        var written = patient.send("v");
        patient.advanceMs(600_000);
        patient.script = patient::append;
        patient.advanceMs(5_000);

        assertEquals(0, written.join().offset());
    }

    @Test
    void whatIsKnownOfATopicServesOnWhileItCannotBeDescribed() {
        world.settle();
        world.view = null;
        world.script =
                sent -> {
                    world.script = world::append;
                    return World.all(sent, BUSY, false);
                };
        var written = world.send("v");
        world.advanceMs(2_000);

        assertEquals(1, written.join().offset());
    }

    @Test
    void topicThatCouldNotBeDescribedIsDescribedLater() {
        world.settle();
        world.view = null;
        world.script =
                sent ->
                        sent.request().gateway().equals(World.ONE)
                                ? World.all(sent, BUSY, false)
                                : world.append(sent);
        world.send("v");
        world.advanceMs(3_000);
        assertTrue(world.describes >= 2, "describes=" + world.describes);

        world.view = World.viewOf(1, World.TWO);
        world.advanceMs(3_000);

        assertEquals(2, world.log(0).values.size());
    }

    @Test
    void topicIsNotDescribedMoreOftenThanItMayHaveChanged() {
        world.settle();
        world.script = sent -> World.all(sent, BUSY, false);
        world.send("v");
        world.advanceMs(5_000);
        assertTrue(world.describes <= 12, "describes=" + world.describes);

        world.view = null;
        int before = world.describes;
        world.advanceMs(5_000);
        assertTrue(world.describes - before <= 12, "describes=" + (world.describes - before));
    }

    @Test
    void topicThatIsNotWrittenToIsNotDescribedAgain() {
        world.settle();
        for (int i = 0; i < 200; i++) {
            world.send(ProducerRecord.of("other", "v"));
            world.advanceMs(1_000);
        }

        assertEquals(1, world.described.stream().filter(World.TOPIC::equals).count());
        assertTrue(world.described.size() >= 4, () -> "" + world.described);
    }

    @Test
    void topicThatHasFewerPartitionsNowFailsWhatIsForTheOthers() {
        world.view = World.viewOf(3, World.ONE);
        world.settle();
        world.script = sent -> World.all(sent, BUSY, false);
        var written = world.send(ProducerRecord.of(World.TOPIC, "v").toPartition(2));
        world.advanceMs(20);
        world.view = World.viewOf(1, World.ONE);
        world.advanceMs(31_000);

        assertInstanceOf(RetriableException.class, World.failure(written));
    }
}
