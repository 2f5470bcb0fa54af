package sluice.bench.churn;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import sluice.bench.churn.Findings.Fault;

/** What the log of a run proves, and that each fault is found. */
class ChurnChecksTest {

    private static Map<Fault, Integer> faults(Story story) {
        return ChurnChecks.of(story.told()).counts();
    }

    /** One hands over to the other. */
    private static Story handOver() {
        return new Story()
                .at(1)
                .assigned("ann", 0)
                .at(2)
                .handled("ann", 0, 0, 5)
                .committed("ann", 0, 5)
                .at(3)
                .returned("ann", 0)
                .at(4)
                .assigned("bob", 0)
                .at(5)
                .handled("bob", 0, 5, 8);
    }

    @Test
    void handOverInGoodOrderHasNoFault() {
        Findings findings = ChurnChecks.of(handOver().end(0, 8, 8).told());
        assertEquals(new Findings(Map.of(), List.of(), 8, 0, 0, 0), findings);
    }

    @Test
    void recordsAfterTheLastCommitOfADeadMemberAreHandledAgain() {
        var story =
                new Story()
                        .assigned("ann", 0)
                        .handled("ann", 0, 0, 5)
                        .committed("ann", 0, 3)
                        .killed("ann")
                        .assigned("bob", 0)
                        .handled("bob", 0, 3, 8)
                        .end(0, 8, 8);
        Findings findings = ChurnChecks.of(story.told());
        assertEquals(Map.of(), findings.counts());
        assertEquals(2, findings.repeated());
    }

    @Test
    void recordsThatNobodyHandledBeforeTheNextBeginsAreLost() {
        var story =
                new Story()
                        .assigned("ann", 0)
                        .handled("ann", 0, 0, 5)
                        .killed("ann")
                        .assigned("bob", 0)
                        .handled("bob", 0, 6, 8)
                        .end(0, 8, 8);
        assertEquals(Map.of(Fault.LOST, 1, Fault.OUT_OF_ORDER, 1), faults(story));
    }

    @Test
    void recordsAtTheEndThatNobodyHandledAreLost() {
        assertEquals(
                Map.of(Fault.LOST, 2, Fault.NOT_COMMITTED, 1), faults(handOver().end(0, 9, 8)));
    }

    @Test
    void whatIsNotCommittedInTheEndIsFound() {
        assertEquals(Map.of(Fault.NOT_COMMITTED, 1), faults(handOver().end(0, 8, 7)));
    }

    @Test
    void nobodyHandlesWhatAnotherWasGiven() {
        var story = new Story().assigned("ann", 0).handled("ann", 0, 0, 1).assigned("bob", 0);
        assertEquals(Map.of(), faults(story));
        assertEquals(Map.of(), faults(story.handled("bob", 0, 0, 2)));
        assertEquals(Map.of(Fault.HANDLED_BY_TWO, 1), faults(story.handled("ann", 0, 1, 2)));
    }

    @Test
    void nobodyHandlesWhatItGaveBackOrLost() {
        assertEquals(Map.of(Fault.NOT_HELD, 1), faults(handOver().handled("ann", 0, 5, 6)));
        var lost = new Story().assigned("ann", 0).lost("ann", 0).handled("ann", 0, 0, 1);
        assertEquals(Map.of(Fault.NOT_HELD, 1), faults(lost));
        var left = new Story().assigned("ann", 0).left("ann").handled("ann", 0, 0, 1);
        assertEquals(Map.of(Fault.NOT_HELD, 1), faults(left));
    }

    @Test
    void holdHandlesItsRecordsOneAfterTheOther() {
        var gap =
                new Story()
                        .assigned("ann", 0)
                        .assigned("bob", 1)
                        .handled("ann", 0, 0, 3)
                        .handledNumber("ann", 0, 4, 3);
        assertEquals(Map.of(Fault.OUT_OF_ORDER, 1), faults(gap));
        var twice = new Story().assigned("ann", 0).handled("ann", 0, 0, 3).handled("ann", 0, 2, 4);
        assertEquals(Map.of(Fault.OUT_OF_ORDER, 1), faults(twice));
    }

    @Test
    void recordsOfAKeyAreFirstHandledInTheirOrder() {
        var story =
                new Story()
                        .assigned("ann", 0)
                        .handledNumber("ann", 0, 0, 1)
                        .handledNumber("ann", 0, 1, 0);
        assertEquals(Map.of(Fault.OUT_OF_ORDER, 1), faults(story));
    }

    @Test
    void nobodyBeginsBeforeWhatWasCommitted() {
        var story =
                new Story()
                        .assigned("ann", 0)
                        .handled("ann", 0, 0, 5)
                        .committed("ann", 0, 5)
                        .killed("ann")
                        .assigned("bob", 0)
                        .handled("bob", 0, 4, 6);
        assertEquals(Map.of(Fault.COMMIT_UNDONE, 1), faults(story));
    }

    /** Falls silent, and others get its partition. */
    private static Story silence() {
        return new Story()
                .assigned("ann", 0)
                .handled("ann", 0, 0, 5)
                .stopped("ann")
                .assigned("bob", 0)
                .handled("bob", 0, 0, 6)
                .woken("ann");
    }

    @Test
    void commitOfOneWhosePartitionIsAnothersIsRefused() {
        Findings findings = ChurnChecks.of(silence().zombie("ann", "not-assigned").told());
        assertEquals(Map.of(), findings.counts());
        assertEquals("1 of 1", findings.refused() + " of " + findings.zombies());
        assertEquals(Map.of(Fault.ZOMBIE_COMMITTED, 1), faults(silence().zombie("ann", "")));
    }

    @Test
    void lateCommitWithoutAClientIsRefused() {
        assertEquals(Map.of(), faults(silence().lateCommit("404 unknown-member")));
        assertEquals(Map.of(Fault.ZOMBIE_COMMITTED, 1), faults(silence().lateCommit("")));
    }

    @Test
    void oneThatWakesInTimeHoldsWhatItHeld() {
        var story =
                new Story()
                        .assigned("ann", 0)
                        .handled("ann", 0, 0, 5)
                        .stopped("ann")
                        .woken("ann")
                        .zombie("ann", "")
                        .handled("ann", 0, 5, 6);
        assertEquals(Map.of(), faults(story));
    }

    @Test
    void oneThatWakesLateHandlesNothingMore() {
        assertEquals(Map.of(Fault.NOT_HELD, 1), faults(silence().handled("ann", 0, 5, 6)));
    }
}
