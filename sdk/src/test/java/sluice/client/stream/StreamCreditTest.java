package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import sluice.client.json.Json;
import sluice.client.stream.ScriptedDialer.Dial;

/** How much a session asks for, and of which partitions. */
class StreamCreditTest extends ScriptedWorld {

    private static long credit(Dial dial) {
        return dial.sent("credit").stream().mapToLong(each -> each.number("bytes")).sum();
    }

    @Test
    void creditComesBackWhenWhatIsBufferedIsLost() {
        Dial dial = reading();
        dial.records(0, 0, 1, 48 << 10);
        pass(0);
        long before = credit(dial);
        dial.lost(2, 0);
        pass(0);

        assertTrue(credit(dial) >= before + (16 << 10), () -> before + " " + credit(dial));
    }

    @Test
    void orIsToBeGivenBack() {
        Dial dial = reading();
        dial.records(0, 0, 1, 48 << 10);
        pass(0);
        long before = credit(dial);
        dial.revoking(2, 0);
        pass(0);

        assertTrue(credit(dial) >= before + (16 << 10), () -> before + " " + credit(dial));
    }

    @Test
    void orIsHandedOut() {
        Dial dial = reading();
        dial.records(0, 0, 1, 48 << 10);
        pass(0);
        long before = credit(dial);
        assertEquals("orders/0@0+1", ask());
        ask();

        assertTrue(credit(dial) >= before + (16 << 10), () -> before + " " + credit(dial));
    }

    @Test
    void framesOfPartitionsThatAreNotHeldAreReplacedToo() {
        Dial dial = reading();
        long before = credit(dial);
        for (int i = 0; i < 10; i++) {
            dial.records(1, i, 1, 8 << 10);
            pass(0);
        }

        assertTrue(credit(dial) >= before + (64 << 10), () -> before + " " + credit(dial));
    }

    @Test
    void aPartitionThatHasMoreThanItsShareIsHeldBackAndLetOnWhenLittleIsLeft() {
        Dial dial = reading();
        dial.assigned(1, 1, 0);
        pass(0);
        ask();
        for (int i = 0; i < 4; i++) {
            dial.records(0, i, 1, 10 << 10);
            pass(0);
        }
        assertEquals(1, dial.sent("pause").size(), "its share is the half of 64 KiB");
        dial.records(0, 4, 1, 10);
        pass(0);
        assertTrue(session.partitions().bufferedBytes() < 42 << 10, "dropped");
        take(1);
        assertEquals(List.of(), dial.sent("resume"));
        take(2);

        assertEquals(1, dial.sent("resume").size());
        Json seek = dial.sent("seek").get(0);
        assertEquals(4, seek.number("offset"), "what was dropped comes again");
    }

    private void take(int records) {
        session.partitions().take(records, partition -> false);
    }

    @Test
    void aSeekOfAPartitionThatIsHeldBackLetsItOn() {
        Dial dial = reading();
        dial.records(0, 0, 1, 80 << 10);
        pass(0);
        assertEquals(1, dial.sent("pause").size());

        on(() -> session.partitions().seek(P0, 7));

        assertEquals(1, dial.sent("resume").size());
        dial.records(0, 7, 1, 10);
        pass(0);
        assertEquals("orders/0@7+1", ask());
    }

    @Test
    void aSeekOfAPausedOneDoesNot() {
        Dial dial = reading();
        on(() -> session.partitions().pause(List.of(P0)));
        on(() -> session.partitions().seek(P0, 7));
        assertEquals(List.of(), dial.sent("resume"));
        dial.records(0, 7, 1, 10);
        pass(0);
        assertEquals("", ask());
    }

    @Test
    void whatIsPausedIsNotBuffered() {
        Dial dial = reading();
        dial.records(0, 0, 2, 10);
        pass(0);
        on(() -> session.partitions().pause(List.of(P0)));
        assertEquals(0, session.partitions().bufferedBytes());
        dial.records(0, 2, 2, 10);
        pass(0);
        assertEquals(0, session.partitions().bufferedBytes());

        on(() -> session.partitions().resume(List.of(P0)));
        assertEquals(0, dial.sent("seek").get(0).number("offset"));
    }

    @Test
    void whatIsToBeGivenBackCannotBeSought() {
        Dial dial = reading();
        dial.revoking(2, 0);
        pass(0);

        on(() -> assertFalse(session.partitions().seek(P0, 5)));
        on(() -> assertFalse(session.partitions().seek(P1, 5)));
        assertEquals(List.of(), dial.sent("seek"));
    }

    @Test
    void whatAHandlerDidNotComeToIsHandedOutAgain() {
        Dial dial = reading();
        dial.records(0, 0, 3, 10);
        pass(0);
        ask();
        HeldPartition hold = hold();
        on(() -> session.partitions().moveBack(hold, 1));
        assertEquals(1, dial.sent("seek").get(0).number("offset"));
        dial.revoking(2, 0);
        pass(0);
        on(() -> session.partitions().moveBack(hold, 0));
        assertEquals(0, hold.position());
        dial.lost(3, 0);
        pass(0);

        on(() -> session.partitions().moveBack(hold, 2));

        assertEquals(1, dial.sent("seek").size());
        assertEquals(0, hold.position(), "another hold of it is none of its business");
    }
}
