package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import sluice.client.stream.ScriptedDialer.Dial;

/** What a session that comes back says, and what it believes before it is told. */
class StreamResumeTest extends ScriptedWorld {

    private int dials() {
        return gateways.dials.size();
    }

    @Test
    void itSaysWhoItIsAndWhereItStands() {
        Dial first = reading();
        first.records(0, 0, 5, 10);
        pass(0);
        assertEquals("orders/0@0+5", ask());
        first.listener.closed(1006, "gone");
        pass(100);
        Dial second = open(gateways.last());

        var join = second.sent("join").get(0);
        assertEquals("m 1", join.text("member") + " " + join.number("epoch"));
        assertEquals(List.of("0@5"), places(join, "positions"));
    }

    @Test
    void nothingIsHandedOutBeforeItIsToldThatItIsHeldStill() {
        Dial first = reading();
        first.records(0, 0, 5, 10);
        pass(0);
        first.listener.closed(1006, "gone");
        pass(100);
        assertEquals("", ask(), "what was buffered goes with the connection");
        Dial second = resumed();
        assertFalse(session.isJoined());

        second.assigned(1, 0, 0);
        pass(0);
        second.records(0, 0, 5, 10);
        pass(0);

        assertEquals("orders/0@0+5", ask());
        assertTrue(session.isJoined());
    }

    @Test
    void whatIsNotSaidBeforeAnyOtherFrameIsLost() {
        reading().listener.closed(1006, "gone");
        pass(100);
        resumed().heartbeat();
        pass(0);

        assertEquals("lost [orders/0]", ask());
    }

    @Test
    void recordsOfAnotherPartitionAreSuchAFrameToo() {
        reading().listener.closed(1006, "gone");
        pass(100);
        Dial second = resumed();
        second.assigned(1, 1, 0);
        pass(0);
        second.records(1, 0, 1, 10);
        pass(0);

        assertEquals("lost [orders/0] assigned [orders/1]", ask());
    }

    @Test
    void whatIsToBeGivenBackIsHeldStill() {
        reading().listener.closed(1006, "gone");
        pass(100);
        resumed().revoking(2, 0);
        pass(0);

        assertTrue(session.isJoined());
        assertEquals("revoking [orders/0]", ask());
    }

    @Test
    void aHoldThatBeginsElsewhereIsAnotherOne() {
        Dial first = reading();
        first.records(0, 0, 5, 10);
        pass(0);
        ask();
        first.listener.closed(1006, "gone");
        pass(100);
        resumed().assigned(7, 0, 2);
        pass(0);

        assertEquals("lost [orders/0] assigned [orders/0]", ask());
    }

    @Test
    void commitsWaitUntilAllIsConfirmed() {
        Dial first = reading();
        first.listener.closed(1006, "gone");
        pass(100);
        var hold = Objects.requireNonNull(session.partitions().known(P0));
        on(() -> session.commits().add(Map.of(hold, 3L), CommitQueue.Lost.FAILS));
        Dial second = resumed();
        assertEquals(List.of(), second.sent("commit"));

        second.assigned(1, 0, 0);
        pass(0);

        assertEquals(List.of("0@3"), places(second.sent("commit").get(0), "offsets"));
    }

    @Test
    void aPausedPartitionStaysPaused() {
        Dial first = reading();
        on(() -> session.partitions().pause(List.of(P0)));
        assertEquals(1, first.sent("pause").size());
        first.listener.closed(1006, "gone");
        pass(100);
        Dial second = resumed();
        second.assigned(1, 0, 0);
        pass(0);
        assertEquals(1, second.sent("pause").size());

        on(() -> session.partitions().resume(List.of(P0)));

        assertEquals(1, second.sent("resume").size());
    }

    @Test
    void aSeekOfTheTimeBetweenCounts() {
        Dial first = reading();
        first.listener.closed(1006, "gone");
        pass(100);
        Dial second = open(gateways.last());
        on(() -> assertTrue(session.partitions().seek(P0, 9)));
        second.joined("m", 1);
        second.assigned(1, 0, 0);
        pass(0);

        var seek = second.sent("seek").get(0);
        assertEquals("0@9", seek.integer("partition") + "@" + seek.number("offset"));
    }

    @Test
    void aNewConnectionGetsCreditAnew() {
        Dial first = reading();
        long granted = credit(first);
        first.listener.closed(1006, "gone");
        pass(100);

        assertEquals(granted, credit(resumed()));
        assertTrue(granted >= 32 << 10, "granted=" + granted);
    }

    private long credit(Dial dial) {
        return dial.sent("credit").stream().mapToLong(each -> each.number("bytes")).sum();
    }

    @Test
    void aMemberThatIsNoneAnyMoreJoinsAsANewOneAtOnce() {
        Dial first = reading();
        first.error("unknown-member", 404, "");
        pass(0);
        Dial second = open(gateways.last());

        assertEquals(2, dials());
        assertTrue(second.sent("join").get(0).field("member").isEmpty());
        assertEquals("lost [orders/0]", ask());
    }

    @Test
    void aGatewayThatCannotServeIsLeftAndTheMemberGoesOn() {
        Dial first = reading();
        first.error("group-moved", 503, "");
        pass(100);
        Dial second = open(gateways.last());

        assertEquals("m", second.sent("join").get(0).text("member"));
        assertTrue(first.isAborted);
        assertEquals("", ask());
    }

    @Test
    void whatALeftConnectionSaysDoesNotCount() {
        Dial first = reading();
        first.listener.closed(1006, "gone");
        pass(100);
        first.lost(2, 0);
        first.listener.closed(1006, "once more");
        pass(1_000);

        assertEquals(2, dials());
        assertEquals("", ask());
    }
}
