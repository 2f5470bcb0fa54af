package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Offsets are committed before records leave. */
class AtMostOnceTest {

    private final SessionWorld world = SessionWorld.ofConfig(SessionWorld.atMostOnce());

    @Test
    void whatIsDeliveredWasCommittedBefore() {
        world.source.append(P0, 5, 10);
        SessionWorld.Client client = world.join();
        world.coordinator.holdCommits();
        world.coordinator.assign(P0, client.member);
        world.until(() -> world.coordinator.heldCommits() == 1);
        world.runFor(500);
        assertEquals(-1, client.deliveredTo(P0));

        world.coordinator.answerCommits();
        world.until(() -> client.deliveredTo(P0) == 5);

        assertEquals(OptionalLong.of(5), world.coordinator.committed(P0));
    }

    @Test
    void aCommitWhoseAnswerWasLostIsRepeated() {
        world.source.append(P0, 5, 10);
        SessionWorld.Client client = world.join();
        world.coordinator.loseAnswers(true);
        world.coordinator.assign(P0, client.member);
        world.runFor(3_000);
        assertEquals(-1, client.deliveredTo(P0));

        world.coordinator.loseAnswers(false);

        world.until(() -> client.deliveredTo(P0) == 5);
    }

    @Test
    void whatBelongsToAnotherMeanwhileIsNotDelivered() {
        world.source.append(P0, 5, 10);
        SessionWorld.Client client = world.join();
        SessionWorld.Client other = world.join();
        world.coordinator.holdCommits();
        world.coordinator.assign(P0, client.member);
        world.until(() -> world.coordinator.heldCommits() == 1);

        world.coordinator.assign(P0, other.member);
        world.coordinator.drop(P0);
        world.coordinator.answerCommits();
        world.until(() -> other.deliveredTo(P0) == 5);

        assertEquals(-1, client.deliveredTo(P0));
    }

    @Test
    void aResetIsNotUndoneByACommitOfBefore() {
        world.source.append(P0, 5, 10);
        SessionWorld.Client client = world.join();
        world.coordinator.assign(P0, client.member);
        world.until(() -> client.deliveredTo(P0) == 5);
        world.coordinator.holdCommits();
        world.source.append(P0, 5, 10);
        world.until(() -> world.coordinator.heldCommits() == 1);

        world.coordinator.reset(P0, 2);
        world.runFor(500);
        assertEquals(OptionalLong.of(2), world.coordinator.committed(P0));
        world.coordinator.answerCommits();
        world.until(() -> client.chunks.getLast().from() == 2);

        assertEquals(10, client.deliveredTo(P0));
    }

    @Test
    void oneThatIsLostDoesNotTakeTheOthersWithIt() {
        world.source.append(P0, 5, 10);
        world.source.append(P1, 5, 10);
        SessionWorld.Client client = world.join();
        SessionWorld.Client other = world.join();
        client.on(client.delivery::close);
        world.coordinator.assign(P0, client.member);
        world.coordinator.assign(P1, client.member);
        world.runFor(100);
        world.coordinator.holdCommits();
        client.on(client.delivery::open);
        world.until(() -> world.coordinator.heldCommits() == 1);

        world.coordinator.assign(P0, other.member);
        world.coordinator.drop(P0);
        world.coordinator.answerCommits();

        world.until(() -> client.deliveredTo(P1) == 5 && other.deliveredTo(P0) == 5);
        assertEquals(-1, client.deliveredTo(P0));
    }

    @Test
    void whatWasCommittedIsDeliveredBeforeItIsToBeGivenBack() {
        world.source.append(P0, 5, 10);
        SessionWorld.Client client = world.join();
        SessionWorld.Client other = world.join();
        world.coordinator.holdCommits();
        world.coordinator.assign(P0, client.member);
        world.until(() -> world.coordinator.heldCommits() == 1);
        world.coordinator.assign(P0, other.member);
        world.runFor(500);
        assertFalse(client.story().contains("revoking [t/0]"), () -> "" + client.story());

        world.coordinator.answerCommits();
        world.until(() -> client.story().contains("revoking [t/0]"));

        assertTrue(client.deliveredTo(P0) == 5);
    }

    @Test
    void aSessionThatWasNotHeardDeliversNothingEvenIfCommitted() {
        world.source.append(P0, 5, 10);
        SessionWorld.Client client = world.join();
        world.coordinator.holdCommits();
        world.coordinator.assign(P0, client.member);
        world.until(() -> world.coordinator.heldCommits() == 1);
        client.on(client.session::drop);

        world.coordinator.answerCommits();
        world.runFor(1_000);

        assertEquals(-1, client.deliveredTo(P0));
    }
}
