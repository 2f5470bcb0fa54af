package sluice.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.GatewayRecord;
import sluice.metadata.GatewayStore;
import sluice.metadata.WalRecord;
import sluice.uploader.SegmentPacker;

/** What an operator can do about a wal whose members do not come back, and what is written down. */
class ForcedSealTest {

    private static final int BY = 3;

    private final WalWorld world = new WalWorld(91, 4);
    private final Membership membership = membership();

    /** As place 3 sees it: only gateways with a heartbeat live. */
    private Membership membership() {
        WalPlace place = world.place(BY);
        var self = new GatewayRecord(place.id(), world.wal, 0, 0, "p3:80", "p3:81", "z", false);
        return place.membership(self, WalWorld.LIMITS);
    }

    private void opened() {
        world.open(world.ids(0, 1, 2), world.ids(0, 1, 2));
    }

    private ForcedSeal.Told ask(boolean acceptLoss) {
        WalPlace place = world.place(BY);
        var tools =
                new ForcedSeal.Tools(
                        place.lane(),
                        place.background(),
                        place.calls(),
                        world.store,
                        world.objects,
                        new SegmentPacker(new SplittableRandom(1)),
                        membership);
        var ended = new ArrayList<Outcome<ForcedSeal.Told>>();
        place.lane()
                .execute(() ->
                        new ForcedSeal(
                                        tools,
                                        new ForcedSeal.Request(world.wal, "disks gone", acceptLoss),
                                        ended::add)
                                .start());
        world.await("an answer", () -> !ended.isEmpty());
        return switch (ended.getFirst()) {
            case Outcome.Success<ForcedSeal.Told>(var told) -> told;
            case Outcome.Failure<ForcedSeal.Told>(var error) -> throw error;
        };
    }

    private void assertRefused(String code) {
        assertEquals(code, assertThrows(SluiceException.class, () -> ask(true)).code());
        assertEquals(0, world.record().value().objects().size());
    }

    @Test
    void whatIsInObjectsIsAllThatIsKeptIfNobodyAnswers() {
        opened();
        world.append(5);
        world.roll(true, world.ids(0, 1, 2));
        world.append(2);
        for (int i = 0; i < 3; i++) {
            world.place(i).crash();
        }

        ForcedSeal.Told told = ask(true);

        assertTrue(told.sealed());
        WalRecord sealed = world.record().value();
        assertEquals(WalRecord.State.SEALED, sealed.state());
        assertEquals(0, sealed.uploadedEnd());
        WalRecord.Loss loss = sealed.loss().orElseThrow();
        assertEquals(told.loss(), loss);
        assertEquals(0, loss.end());
        assertEquals(5, loss.committedEnd(), "the metadata knows where segment 0 ended");
        assertEquals(Set.copyOf(world.ids(0, 1, 2)), Set.copyOf(loss.silent()));
        assertEquals("disks gone", loss.reason());
        assertEquals(world.place(BY).id(), loss.by());
    }

    @Test
    void withoutTheLossAcceptedItIsToldAndNothingIsSealed() {
        opened();
        world.append(5);
        for (int i = 0; i < 3; i++) {
            world.place(i).crash();
        }

        ForcedSeal.Told told = ask(false);

        assertFalse(told.sealed());
        assertEquals(0, told.loss().end());
        assertEquals(WalRecord.State.FENCING, world.record().value().state());
        world.place(1).restart();
        assertTrue(world.recover(BY).sealed(), "the ordinary way is still open");
        assertEquals(5, world.record().value().uploadedEnd());
        assertTrue(world.record().value().loss().isEmpty());
    }

    @Test
    void theLongestRunWithoutAHoleIsKept() {
        opened();
        world.append(5);
        world.roll(true, world.ids(0));
        world.append(4);
        world.roll(true, world.ids(0, 1, 2));
        world.append(3);
        // Segments 0 and 1 are on all three, segment 2 with the last entries on place 0 alone.
        world.place(0).crash();

        ForcedSeal.Told told = ask(true);

        assertEquals(9, told.loss().end());
        assertEquals(9, world.record().value().uploadedEnd());
        assertEquals(List.of(world.place(0).id()), told.loss().silent());
        assertEquals(2, world.record().value().objects().size());
    }

    @Test
    void aDamagedCopyIsKeptUpToItsDamage() throws IOException {
        opened();
        for (int i = 0; i < 6; i++) {
            world.append(1);
        }
        var place = world.place(1);
        long lengthBytes = place.disk.length(place.segment(0));
        place.crash();
        world.place(0).crash();
        world.place(2).crash();
        place.disk.flipBit(place.segment(0), lengthBytes / 2, 3);
        place.restart();

        ForcedSeal.Told told = ask(true);

        assertTrue(told.loss().end() >= 1 && told.loss().end() <= 3, told::toString);
        assertTrue(told.loss().committedEnd() > told.loss().end(), told::toString);
        assertEquals(told.loss().end(), world.record().value().uploadedEnd());
        assertTrue(told.loss().silent().contains(place.id()));
    }

    @Test
    void itIsRefusedWhileTheOrdinaryWayIsOpen() {
        opened();
        world.append(5);
        world.place(0).crash();
        world.place(1).crash();

        assertRefused("wal-recoverable");
        assertTrue(world.recover(BY).sealed());
        assertEquals("wal-sealed", assertThrows(SluiceException.class, () -> ask(true)).code());
    }

    @Test
    void itIsRefusedWhileTheOwnerIsAlive() {
        opened();
        world.append(5);
        new GatewayStore(world.items())
                .put(
                        new GatewayRecord(
                                world.place(0).id(), world.wal, 7, 0, "p0:80", "p0:81", "z", false),
                        0);
        world.place(BY).lane().execute(membership::start);
        world.runFor(Duration.ofSeconds(2));

        assertRefused("wal-alive");
        assertEquals(WalRecord.State.OPEN, world.record().value().state(), "and not fenced");
    }

    @Test
    void copiesThatDifferAreNotChosenBetweenEvenByForce() {
        opened();
        world.append(5);
        world.place(0).crash();
        world.forge(1, 5);

        assertRefused("wal-copies-differ");
    }

    @Test
    void anUnknownWalIsSaidToBeUnknown() {
        assertEquals("unknown-wal", assertThrows(SluiceException.class, () -> ask(true)).code());
    }

    @Test
    void whileOthersClaimTheWalInTheOrdinaryWayItIsSealedAllTheSame() {
        opened();
        world.append(5);
        for (int i = 0; i < 3; i++) {
            world.place(i).crash();
        }
        var found = world.record();
        world.write(WalChanges.fencing(found.value(), world.place(1).id()), found.version());

        assertTrue(ask(true).sealed());
        assertEquals(3, world.record().value().epoch());
    }
}
