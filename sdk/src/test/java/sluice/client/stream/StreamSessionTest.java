package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import sluice.client.error.SluiceApiException;

/** One member's session, in virtual time. */
class StreamSessionTest extends SessionWorld {

    @Test
    void recordsOfAllPartitionsComeInTheirOrder() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        append(5);
        until(() -> application.records.size() == 60);

        for (int partition = 0; partition < 4; partition++) {
            assertEquals(upTo(15), application.offsets(partition));
        }
    }

    @Test
    void aSecondMemberTakesHalfAndTheOtherHalfIsNeverTouched() {
        append(10);
        var one = application(0);
        until(() -> one.records.size() == 40);
        var other = application(1);
        until(() -> other.assigned.size() == 2);

        assertEquals(2, one.assigned.size());
        assertEquals(2, one.changes.size(), one.changes::toString);
        assertEquals(Set.of(), one.changes.get(1).assigned());
        assertEquals(2, one.changes.get(1).revoking().size());
        append(10);
        until(() -> one.records.size() + other.records.size() == 80);
        assertEquals(60, one.records.size(), "what was committed is not read again");
    }

    @Test
    void whatIsBufferedOfARevokedPartitionIsNotHandedOut() {
        var one = application(0);
        until(() -> one.assigned.size() == 4);
        one.releasesAtOnce = false;
        var other = application(1);
        until(() -> one.assigned.size() == 2);
        append(10);
        until(() -> one.records.size() == 20);
        time.runFor(Duration.ofSeconds(5));

        assertEquals(20, one.records.size());
        assertEquals(0, other.records.size(), "not released yet");
        one.release(one.changes.get(1).revoking());
        until(() -> other.records.size() == 20);
    }

    @Test
    void aPartitionThatIsKeptAfterAllGoesOnWhereItStood() {
        append(10);
        var one = application(0);
        until(() -> one.records.size() == 40);
        one.releasesAtOnce = false;
        var other = application(1);
        until(() -> one.assigned.size() == 2);
        other.session.leave(() -> {});
        until(() -> one.assigned.size() == 4);
        append(10);

        until(() -> one.records.size() == 80);
    }

    @Test
    void aPartitionWhoseTimeIsOverIsLostAndItsCommitsAreRefused() {
        append(10);
        var one = application(0);
        until(() -> one.records.size() == 40);
        one.releasesAtOnce = false;
        var other = application(1);
        until(() -> one.assigned.size() == 2);
        var taken = one.changes.get(1).revoking();
        var holds = one.session.partitions().positions();
        group.takeRevoking();
        until(() -> one.changes.get(one.changes.size() - 1).lost().equals(taken));

        var commit = one.session.commits().add(holds, CommitQueue.Lost.FAILS);

        var refused = assertThrows(CompletionException.class, commit::join);
        assertEquals(
                "not-assigned",
                assertInstanceOf(SluiceApiException.class, refused.getCause()).code());
        until(() -> other.records.size() == 20);
    }

    @Test
    void anotherGatewayTakesOverWithoutALostPartitionOrRecord() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        cluster.stop(FakeCluster.GATEWAYS.get(0));
        cluster.newest().reset(1006);
        append(10);

        until(() -> application.records.size() == 80);
        assertEquals(1, application.changes.size(), application.changes::toString);
        for (int partition = 0; partition < 4; partition++) {
            assertEquals(upTo(20), application.offsets(partition));
        }
    }

    @Test
    void aConnectionThatSaysNothingIsLeft() {
        var application = application(0);
        until(() -> application.assigned.size() == 4);
        cluster.newest().cut();
        append(10);

        until(() -> application.records.size() == 40);
        assertEquals(2, cluster.streams.size());
    }

    @Test
    void aProcessThatSleptLongerThanItsSessionHandsOutNothingOld() {
        var lane = FakeCluster.clientLane(process.lane("sleeper"));
        var application = new FakeApplication(cluster, lane, FakeCluster.settings(0, 1 << 20));
        until(() -> {
            if (application.assigned.isEmpty()) {
                application.ask(100);
            }
            return application.assigned.size() == 4;
        });
        append(10);
        until(() -> application.session.partitions().bufferedBytes() > 0);
        process.pause(Duration.ofSeconds(60));
        cluster.newest().cut();
        group.leave(group.members.values().iterator().next());
        time.runFor(Duration.ofSeconds(59));
        application.ask(100); // Before any timer of the process has run.

        assertEquals(List.of(), application.records);
        until(() -> {
            application.ask(100);
            return application.records.size() == 40;
        });
        assertEquals(4, application.changes.get(1).lost().size());
    }

    @Test
    void aMemberThatIsNotKnownAnyMoreJoinsAnew() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        group.leave(group.members.values().iterator().next());
        cluster.newest().reset(1006);

        until(() -> application.records.size() == 80);
        assertEquals(4, application.changes.get(1).lost().size());
    }

    @Test
    void aMemberThatIsFencedStops() {
        var application = application(0);
        until(() -> application.assigned.size() == 4);
        cluster.newest().error("member-fenced", 409);

        until(() -> application.failure != null);
        assertEquals(
                "member-fenced",
                assertInstanceOf(SluiceApiException.class, application.failure).code());
        time.runFor(Duration.ofSeconds(30));
        assertEquals(1, cluster.streams.size(), "it does not come back");
    }

    @Test
    void whoHasFailedHasNobodyToSayGoodbyeTo() {
        var application = application(0);
        until(() -> application.assigned.size() == 4);
        cluster.newest().error("member-fenced", 409);
        until(() -> application.failure != null);
        var closed = new ArrayList<String>();
        application.session.leave(() -> closed.add("at once"));

        assertEquals(List.of("at once"), closed);
    }

    @Test
    void aResetVoidsWhatWasReadBefore() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        var old = application.session.partitions().positions();
        group.reset(0, 3);
        until(() -> application.records.size() == 47);

        assertEquals(3, application.offsets(0).get(10));
        var commit = application.session.commits().add(old, CommitQueue.Lost.LEFT_OUT);
        until(commit::isDone);
        assertEquals(3, group.committed.get(FIRST), "the old hold's position is left out");
        assertEquals(List.of(), group.violations);
    }

    @Test
    void aCommitWhoseAnswerIsLostIsRepeated() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        cluster.answersLost = 100;
        var commit = application.commit();
        until(() -> cluster.streams.size() > 3);
        assertFalse(commit.isDone());
        cluster.answersLost = 0;

        until(commit::isDone);
        commit.join();
        assertEquals(10, group.committed.get(FIRST));
    }

    @Test
    void anEarlierCommitNeverOvertakesALaterOne() {
        append(10);
        var application = application(0);
        until(() -> application.records.size() == 40);
        var hold = Objects.requireNonNull(application.session.partitions().known(FIRST));
        cluster.coordinatorDown = 70;
        var commits = new ArrayList<Long>();
        for (long offset = 1; offset <= 10; offset++) {
            long committed = offset;
            application
                    .session
                    .commits()
                    .add(Map.of(hold, offset), CommitQueue.Lost.FAILS)
                    .thenRun(() -> commits.add(committed));
        }
        until(() -> commits.size() == 10);

        assertEquals(LongStream.rangeClosed(1, 10).boxed().toList(), commits);
        assertEquals(10, group.committed.get(FIRST));
    }

    @Test
    void leavingGivesThePartitionsToOthersAtOnce() {
        append(10);
        var one = application(0);
        var other = application(1);
        until(() -> one.records.size() + other.records.size() == 40);
        one.commit();
        other.commit();
        time.runFor(Duration.ofSeconds(1));
        var closed = new ArrayList<String>();
        one.session.leave(() -> closed.add("one"));
        until(() -> other.assigned.size() == 4);

        assertEquals(List.of("one"), closed);
        assertNull(other.failure);
        assertEquals(20, other.records.size());
    }
}
