package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.stream.CommitQueue.Lost;
import sluice.client.stream.ScriptedDialer.Dial;

/** Which commits are sent, repeated, refused and left out. */
class StreamCommitsTest extends ScriptedWorld {

    private CompletableFuture<Void> commit(long offset, Lost lost) {
        HeldPartition hold = hold();
        return session.commits().add(Map.of(hold, offset), lost);
    }

    private static String code(CompletableFuture<Void> commit) {
        return assertInstanceOf(SluiceApiException.class, commit.exceptionNow()).code();
    }

    @Test
    void moreThanMayWaitAreRefused() {
        reading();
        for (int i = 0; i <= CommitQueue.WAITING_MAX; i++) {
            assertFalse(commit(1, Lost.FAILS).isDone());
        }

        assertInstanceOf(RetriableException.class, commit(1, Lost.FAILS).exceptionNow());
    }

    @Test
    void aHoldThatIsOverFailsACommitThatNamesIt() {
        Dial dial = reading();
        HeldPartition old = hold();
        dial.lost(2, 0);
        dial.assigned(3, 0, 0);
        pass(0);
        ask();

        var commit = session.commits().add(Map.of(old, 1L), Lost.FAILS);

        assertEquals("not-assigned", code(commit));
        assertEquals(List.of(), dial.sent("commit"));
    }

    @Test
    void oneLostHoldOfSeveralFailsItToo() {
        Dial dial = reading();
        dial.assigned(1, 1, 0);
        pass(0);
        ask();
        HeldPartition first = hold();
        HeldPartition second = Objects.requireNonNull(session.partitions().known(P1));
        dial.lost(2, 0);
        pass(0);

        assertEquals(
                "not-assigned",
                code(session.commits().add(Map.of(first, 1L, second, 1L), Lost.FAILS)));
        session.commits().add(Map.of(first, 1L, second, 1L), Lost.LEFT_OUT);
        assertEquals(List.of("1@1"), places(dial.sent("commit").get(0), "offsets"));
    }

    @Test
    void ofNothingButLostHoldsNothingIsLeftToCommit() {
        Dial dial = reading();
        HeldPartition old = hold();
        dial.lost(2, 0);
        pass(0);

        assertTrue(session.commits().add(Map.of(old, 1L), Lost.LEFT_OUT).isDone());
        assertEquals(List.of(), dial.sent("commit"));
    }

    @Test
    void aRefusalForGoodFailsItAndTheNextGoes() {
        Dial dial = reading();
        var first = commit(99, Lost.FAILS);
        var second = commit(1, Lost.FAILS);
        dial.error("offset-out-of-range", 400, ",'id':1");
        pass(0);

        assertEquals("offset-out-of-range", code(first));
        assertEquals(2, dial.sent("commit").size());
        dial.say("{'type':'committed','id':2,'epoch':1}");
        pass(0);
        assertTrue(second.isDone());
    }

    @Test
    void whatIsLeftOutIsTriedAgainWithoutWhatTheGatewayIsAboutToTakeAway() {
        Dial dial = reading();
        var named = commit(1, Lost.FAILS);
        dial.error("stale-epoch", 409, ",'id':1");
        pass(0);
        assertEquals("stale-epoch", code(named));
        for (String code : List.of("not-assigned", "stale-epoch")) {
            int before = dial.sent("commit").size();
            var all = commit(1, Lost.LEFT_OUT);
            long id = dial.sent("commit").get(before).number("id");
            dial.error(code, 409, ",'id':" + id);
            pass(0);
            assertFalse(all.isDone(), code);
            pass(100);
            assertEquals(before + 2, dial.sent("commit").size(), code);
            long again = dial.sent("commit").get(before + 1).number("id");
            dial.say("{'type':'committed','id':%d,'epoch':1}".formatted(again));
            pass(0);
            assertTrue(all.isDone(), code);
        }
    }

    @Test
    void anOverloadedCoordinatorIsAskedAgain() {
        Dial dial = reading();
        commit(1, Lost.FAILS);
        dial.error("overloaded", 429, ",'id':1");
        pass(100);

        assertEquals(2, dial.sent("commit").size());
    }

    @Test
    void whatIsRepeatedComesBeforeWhatFollowed() {
        Dial first = reading();
        commit(1, Lost.FAILS);
        commit(2, Lost.FAILS);
        first.error("group-moved", 503, ",'id':1");
        pass(100);
        assertEquals(List.of("0@1"), places(first.sent("commit").get(1), "offsets"));
        first.listener.closed(1006, "gone");
        pass(100);
        Dial second = resumed();
        second.assigned(1, 0, 0);
        pass(0);

        assertEquals(List.of("0@1"), places(second.sent("commit").get(0), "offsets"));
    }

    @Test
    void whatIsCommittedIsNotCommittedAgain() {
        Dial dial = reading();
        dial.records(0, 0, 3, 10);
        pass(0);
        ask();
        assertEquals(Map.of(hold(), 3L), session.partitions().positions());
        commit(3, Lost.FAILS);
        dial.say("{'type':'committed','id':1,'epoch':1}");
        pass(0);

        assertEquals(Map.of(), session.partitions().positions());
    }
}
