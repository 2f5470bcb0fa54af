package sluice.bench.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import sluice.bench.beside.Figures;
import sluice.bench.client.WorkShape;
import sluice.log.SluiceException;

/** What a queue is measured by. */
@Timeout(30)
class QueueWorkTest {

    private static final WorkShape ONE = new WorkShape(1, 1, 1);

    private final MemoryQueueSystem system = new MemoryQueueSystem();
    private final QueueSettings settings =
            new QueueSettings(64, 2, 10, Duration.ZERO, Duration.ofMillis(50));

    @Test
    void everyMessageComesToSomebodyAndCounts() throws InterruptedException {
        var figures = new QueueWork("all", ONE, 0, settings).measure(system);

        assertTrue(value(figures, "messages/s") > 0);
        assertTrue(Objects.requireNonNull(figures.times().get("end to end")).getTotalCount() > 0);
        assertEquals(0, value(figures, "repeated"));
    }

    @Test
    void noMoreAreUnderWayThanAllowed() throws InterruptedException {
        system.worksOnlyAfter(settings.outstandingMax());

        var unused = new QueueWork("bounded", ONE, 0, settings).measure(system);

        assertTrue(
                system.mostUnderWay() <= settings.outstandingMax(),
                "under way at most: " + system.mostUnderWay());
    }

    @Test
    void aRateIsKeptWhateverTheSystemDoes() throws InterruptedException {
        system.worksOnlyAfter(3 * settings.outstandingMax());

        var unused = new QueueWork("rate", ONE, 20_000, settings).measure(system);

        assertTrue(
                system.mostUnderWay() > settings.outstandingMax(),
                "under way at most: " + system.mostUnderWay());
    }

    @Test
    void aMessageThatComesAgainIsCountedOnceAndTold() throws InterruptedException {
        system.repeatsEvery(2);

        var figures = new QueueWork("again", ONE, 0, settings).measure(system);

        assertTrue(value(figures, "repeated") > 0);
    }

    @Test
    void aMeasurementInWhichASenderFailedIsNone() {
        system.refusesAfter(5);

        var work = new QueueWork("failed", ONE, 0, settings);

        assertEquals(
                "not-measured",
                assertThrows(SluiceException.class, () -> work.measure(system)).code());
    }

    @Test
    void aMessageThatWasNeverSentIsAFailure() {
        var passage = new Passage(() -> {}, Work.NONE);

        passage.received(0, ByteBuffer.allocate(Passage.STAMP_BYTES - 1));

        assertEquals("not-measured", assertThrows(SluiceException.class, passage::check).code());
    }

    private static double value(Figures figures, String name) {
        return Objects.requireNonNull(figures.values().get(name), name);
    }
}
