package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import sluice.consumer.group.QueueRequest;
import sluice.log.SluiceException.Kind;

/** How a session that has a connection ends, or goes on through another gateway. */
class PushedSessionEndsTest extends PushedWorld {

    @Test
    void itIsClosedAtOnce() {
        open(1);
        on(() -> session.end(() -> told.add("closed")));

        var close = (QueueRequest.Close) last(QueueRequest.Close.class).request();
        assertEquals(SESSION + " " + CONNECTION, close.session() + " " + close.connection());
        assertTold("opened 1", "closed");
    }

    @Test
    void whatIsBeingSettledIsSettledFirst() {
        open(1);
        give(1, 40);
        settle(acknowledge(40));
        on(() -> session.end(() -> told.add("closed")));
        assertEquals(0, count(QueueRequest.Close.class));
        settled(DONE);

        assertEquals(1, count(QueueRequest.Close.class));
        assertTold("opened 1", "delivered 40", "settled done", "closed");
    }

    @Test
    void whatIsNotAnsweredSoonDelaysItNoLonger() {
        open(1);
        give(1, 40);
        settle(acknowledge(40));
        on(() -> session.end(() -> {}));
        pass(500);
        settled(DONE);

        assertEquals(1, count(QueueRequest.Close.class));
    }

    @Test
    void aCloseThatFailedIsRepeated() {
        open(1);
        on(() -> session.end(() -> {}));
        refuse(last(QueueRequest.Close.class), Kind.UNAVAILABLE, "not-now");
        pass(300);

        assertEquals(2, count(QueueRequest.Close.class));
    }

    @Test
    void whoEndsWhileItOpensIsClosedWhenItIsOpen() {
        on(() -> session.open(request(Optional.empty()), OptionalInt.of(1)));
        on(() -> session.end(() -> {}));
        opened(last(QueueRequest.Open.class));

        assertEquals(1, count(QueueRequest.Close.class));
        assertTold();
    }

    @Test
    void whoGoesElsewhereIsNotClosed() {
        open(1);
        give(1, 40);
        goElsewhere();
        on(() -> session.end(() -> {}));
        pass(60_000);

        assertEquals(0, count(QueueRequest.Close.class));
        assertEquals(1, count(QueueRequest.Receive.class));
        assertTold("opened 1", "delivered 40", "elsewhere");
    }

    private void goElsewhere() {
        on(() -> session.goElsewhere(() -> told.add("elsewhere")));
    }

    @Test
    void whoGoesElsewhereGetsWhatIsOnItsWayAndNoMore() {
        open(3);
        var first = last(QueueRequest.Receive.class);
        goElsewhere();
        assertEquals(0, receive().messagesMax());
        give(first, 0);
        assertTold("opened 3");
        give(1, 40);
        on(() -> session.credit(5));

        assertTold("opened 3", "delivered 40", "elsewhere");
        assertEquals(2, count(QueueRequest.Receive.class));
    }

    @Test
    void whoGoesElsewhereSettlesMeanwhile() {
        open(2);
        give(1, 40);
        goElsewhere();
        settle(acknowledge(40));
        settled(DONE);

        assertTold("opened 2", "delivered 40", "settled done");
    }

    @Test
    void noAnswerDelaysThatItGoesElsewhereForLong() {
        open(1);
        goElsewhere();
        pass(500);
        give(1, 40);

        assertTold("opened 1", "elsewhere");
    }

    @ParameterizedTest
    @EnumSource(
            value = Kind.class,
            names = {"UNAVAILABLE", "CONFLICT"})
    void whoCannotBeGivenAnythingMoreGoesElsewhereAtOnce(Kind kind) {
        open(1);
        var first = last(QueueRequest.Receive.class);
        goElsewhere();
        refuse(first, kind, "session-moved");
        refuse(last(QueueRequest.Receive.class), kind, "session-moved");

        assertTold("opened 1", "elsewhere");
    }

    @Test
    void whoseConnectionEndsWhileItGoesElsewhereIsClosed() {
        open(1);
        goElsewhere();
        on(() -> session.end(() -> {}));
        pass(500);

        assertEquals(1, count(QueueRequest.Close.class));
        assertTold("opened 1", "elsewhere");
    }

    @Test
    void whoGoesElsewhereWhileItOpensIsNotClosed() {
        on(() -> session.open(request(Optional.empty()), OptionalInt.of(1)));
        goElsewhere();
        opened(last(QueueRequest.Open.class));

        assertEquals(0, count(QueueRequest.Close.class));
        assertTold("elsewhere");
    }

    @Test
    void nothingIsToldAfterTheEnd() {
        open(1);
        on(() -> session.end(() -> {}));
        give(1, 40);

        assertTold("opened 1");
        assertEquals(1, count(QueueRequest.Receive.class));
    }
}
