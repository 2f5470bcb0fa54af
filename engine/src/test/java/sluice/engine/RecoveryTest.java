package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.metadata.WalRecord;
import sluice.uploader.memory.ObjectFaults;

/** How one pass over a dead wal goes, and how long it takes, whatever its members do. */
class RecoveryTest {

    private static WalWorld opened(long seed, int places) {
        var world = new WalWorld(seed, places);
        world.open(world.ids(0, 1, 2), world.ids(0, 1, 2));
        return world;
    }

    private static void assertSealed(WalWorld world, long end, WalWorld.Recovered recovered) {
        assertTrue(recovered.sealed(), world::toString);
        WalRecord record = world.record().value();
        assertEquals(WalRecord.State.SEALED, record.state());
        assertEquals(end, record.uploadedEnd());
        long next = 0;
        for (WalRecord.WalObject object : record.objects()) {
            assertEquals(next, object.fromEntry());
            next = object.toEntry();
        }
        assertEquals(end, next);
    }

    private static void assertWithin(Duration max, WalWorld.Recovered recovered) {
        assertTrue(recovered.took().compareTo(max) <= 0, recovered::toString);
    }

    @Test
    void aStoppedOwnerWhoseDiskNeverAnswersIsWaitedForAMomentOnly() {
        var world = opened(1, 3);
        world.append(20);

        world.place(0).stop();
        var recovered = world.recover(1);

        assertSealed(world, 20, recovered);
        assertWithin(Duration.ofMillis(500), recovered);
    }

    @Test
    void theOthersAreWaitedForAMomentSoThatThereIsMoreThanOneCopyToReadFrom() {
        var world = opened(2, 3);
        world.append(20);
        // The first to answer is the recoverer's own disk, and slow to read from.
        world.place(0).crash();
        world.network.slow(
                world.place(1).id(),
                world.place(2).id(),
                sluice.log.lane.Delay.ofMicros(100_000, 100_001));
        world.place(2).readTakes = Duration.ofSeconds(30);

        var recovered = world.recover(2);

        assertSealed(world, 20, recovered);
        assertTrue(world.place(1).reads > 0, "read from the one that answered later");
    }

    @Test
    void aKilledOwnerIsNotWaitedForAtAll() {
        var world = opened(3, 3);
        world.append(20);

        world.place(0).crash();
        var recovered = world.recover(1);

        assertSealed(world, 20, recovered);
        assertWithin(Duration.ofMillis(200), recovered);
    }

    @Test
    void answersThatDoNotDecideAreWaitedForLonger() {
        var world = opened(4, 4);
        world.append(5);
        world.place(0).stop();
        world.place(1).crash();
        world.network.slow(
                world.place(2).id(),
                world.place(3).id(),
                sluice.log.lane.Delay.ofMicros(400_000, 400_001));

        var recovered = world.recover(3);

        assertSealed(world, 5, recovered);
    }

    @Test
    void aHolderThatIsSlowIsPassedOverAfterASecond() {
        var world = opened(5, 4);
        world.append(20);
        world.place(0).crash();
        var slow = world.ids(1).getFirst().compareTo(world.ids(2).getFirst()) < 0 ? 1 : 2;
        world.place(slow).readTakes = Duration.ofSeconds(20);

        var recovered = world.recover(3);

        assertSealed(world, 20, recovered);
        assertWithin(Duration.ofMillis(1_500), recovered);
        assertEquals(1, world.place(slow).reads);
    }

    @Test
    void holdersThatAreAllSlowAreGivenMoreTimeInTheSamePass() {
        var world = opened(6, 4);
        world.append(20);
        world.place(0).crash();
        world.place(1).readTakes = Duration.ofMillis(1_500);
        world.place(2).readTakes = Duration.ofMillis(1_500);

        assertSealed(world, 20, world.recover(3));
    }

    @Test
    void aLongTailIsReadWithSeveralPartsOnTheWayAtOnce() {
        var world = opened(7, 4);
        for (int i = 0; i < 12; i++) {
            world.send(1, 900_000);
            world.await("commit", () -> world.machine().hwm() == world.machine().next());
        }
        world.place(0).crash();
        world.place(1).readTakes = Duration.ofMillis(100);
        world.place(2).readTakes = Duration.ofMillis(100);

        var recovered = world.recover(3);

        assertSealed(world, 12, recovered);
        int atOnce = world.place(1).readsAtOnceMax + world.place(2).readsAtOnceMax;
        assertTrue(atOnce > 1 && atOnce <= 4, "at once: " + atOnce);
        assertWithin(Duration.ofMillis(900), recovered);
    }

    @Test
    void severalSegmentsAreInObjectsInTheirOrder() {
        var world = opened(8, 4);
        world.append(7);
        world.roll(true, world.ids(0, 1, 3));
        world.append(8);
        world.roll(true, world.ids(1, 2, 3));
        world.append(9);
        world.roll(false, List.of());
        world.append(2);

        world.place(0).crash();
        var recovered = world.recover(3);

        assertSealed(world, 26, recovered);
        assertEquals(4, world.record().value().objects().size());
    }

    @Test
    void anObjectThatIsNotPutEndsThePassAndTheNextOneSucceeds() {
        var world = opened(9, 3);
        world.append(7);
        world.roll(true, world.ids(0, 1, 2));
        world.append(8);
        world.place(0).crash();
        world.objects.faults((_, _) -> ObjectFaults.Fate.FAIL_BEFORE);

        assertEquals(false, world.recover(1).sealed());
        assertEquals(WalRecord.State.FENCING, world.record().value().state());

        world.objects.faults(ObjectFaults.none());
        assertSealed(world, 15, world.recover(2));
        assertEquals(3, world.record().value().epoch());
    }

    @Test
    void ofTwoRecoverersAtOnceOneSeals() {
        var world = opened(10, 4);
        world.append(20);
        world.place(0).crash();
        var first = new ArrayList<Boolean>();
        world.beginRecovery(1, world.record(), first::add);
        world.await("the first claim", () -> world.record().value().recoverer().isPresent());

        assertSealed(world, 20, world.recover(3));
        world.await("the end of the first", () -> !first.isEmpty());
        assertEquals(List.of(false), first);
    }

    @Test
    void f16OfThreeRecoverersOneSealsWhereverTheOthersSleepMeanwhile() {
        int sealedByTheThird = 0;
        for (int step = 0; step < 60; step++) {
            var world = new WalWorld(100 + step, 5);
            world.open(world.ids(0, 3, 4), world.ids(0, 3, 4));
            world.append(20);
            world.place(0).crash();
            // The first two fall asleep, each at another step of its recovery.
            var sleepers = new ArrayList<Boolean>();
            var found = world.record();
            world.beginRecovery(1, found, sleepers::add);
            world.runFor(Duration.ofNanos(500_000L * step));
            world.place(1).pause(Duration.ofMinutes(10));
            var now = world.record();
            boolean isOver = now.value().state() == WalRecord.State.SEALED;
            world.beginRecovery(2, isOver ? found : now, sleepers::add);
            world.runFor(Duration.ofNanos(700_000L * (59 - step)));
            world.place(2).pause(Duration.ofMinutes(10));
            if (world.record().value().state() != WalRecord.State.SEALED) {
                assertSealed(world, 20, world.recover(3));
                sealedByTheThird++;
            }
            WalRecord sealed = world.record().value();

            world.runFor(Duration.ofMinutes(11));

            assertEquals(2, sleepers.size(), "both woke, and ended: step=" + step);
            assertEquals(sealed, world.record().value(), "sealed once: step=" + step);
            assertEquals(20, sealed.uploadedEnd(), "step=" + step);
        }
        assertTrue(sealedByTheThird > 20, "by the third: " + sealedByTheThird);
    }

    @Test
    void marksAreInNoObjectAndDoNotDisturb() {
        var world = opened(11, 3);
        world.append(4);
        world.machine().markIfIdle(0, world.time.nowNs(), 0);
        world.append(3);
        world.machine().markIfIdle(0, world.time.nowNs(), 0);
        world.await("commit", () -> world.machine().hwm() == 9);
        world.place(0).crash();

        assertSealed(world, 9, world.recover(1));
    }

    @Test
    void theLastCommittedEntryIsNotLostWithTheOnlyCopyInReachDamaged() throws IOException {
        var world = opened(12, 3);
        world.append(4);
        var place = world.place(1);
        long lastByte = place.disk.length(place.segment(0)) - 1;
        world.machine().markIfIdle(0, world.time.nowNs(), 0);
        world.await("commit", () -> world.machine().hwm() == 5);
        world.place(0).crash();
        world.place(2).crash();
        place.crash();
        place.disk.flipBit(place.segment(0), lastByte, 1);
        place.restart();

        assertFalse(world.recover(1).sealed(), "the copy cannot tell");

        world.place(2).restart();
        assertSealed(world, 5, world.recover(1));
    }

    @Test
    void anEmptyOpenSegmentWhoseMembersAreAllGoneHoldsNothingUp() {
        var world = new WalWorld(13, 5);
        world.open(world.ids(0, 1), world.ids(2, 3));
        world.send(3, 10);
        world.roll(false, List.of());
        world.await("commit", () -> world.machine().hwm() == 3);
        world.place(0).crash();
        world.place(1).crash();

        assertSealed(world, 3, world.recover(4));
    }

    @Test
    void i17CopiesThatDifferAreNeverChosenBetween() {
        for (int forged : new int[] {3, 5}) {
            var world = opened(14, 3);
            world.append(5);
            world.place(0).crash();
            world.forge(1, forged);

            assertFalse(world.recover(2).sealed(), "entries=" + forged);
            assertEquals(WalRecord.State.FENCING, world.record().value().state());
            assertEquals(0, world.record().value().objects().size());
        }
    }

    @Test
    void i17TheNextSegmentSaysWhichOfTheCopiesIsTheLog() {
        for (int forged : new int[] {3, 5, 7}) {
            for (int bad : new int[] {1, 2}) {
                var world = opened(15, 4);
                world.append(5);
                world.roll(false, List.of());
                world.append(2);
                world.place(0).crash();
                world.forge(bad, forged);

                var recovered = world.recover(3);

                assertSealed(world, 7, recovered);
                assertTrue(world.place(3 - bad).reads >= 1, "read from the one that is right");
            }
        }
    }

    @Test
    void i17TheOnlyCopyInReachIsNotReadIfTheNextSegmentDisagrees() {
        for (int forged : new int[] {5, 7}) {
            var world = opened(16, 4);
            world.append(5);
            world.roll(false, List.of());
            world.append(2);
            world.place(0).crash();
            world.place(2).crash();
            world.forge(1, forged);

            assertFalse(world.recover(3).sealed(), "entries=" + forged);

            world.place(2).restart();
            assertSealed(world, 7, world.recover(3));
        }
    }
}
