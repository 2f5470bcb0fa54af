package sluice.consumer.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static sluice.consumer.session.SessionWorld.P0;
import static sluice.consumer.session.SessionWorld.P1;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import sluice.consumer.group.Hold;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.session.Holdings.Positions;
import sluice.consumer.session.SessionEvent.Lost.Reason;

/** What becomes of a member's holds from one look at them to the next. */
class HoldingsTest {

    private final Holdings holdings = new Holdings();

    static Hold assigned(TopicPartition partition, long since) {
        return new Hold(
                partition, 1, since, Hold.State.ASSIGNED, OptionalLong.of(0), Duration.ZERO);
    }

    static Hold revoking(TopicPartition partition, long since, long withinMs) {
        return new Hold(
                partition,
                1,
                since,
                Hold.State.REVOKING,
                OptionalLong.of(0),
                Duration.ofMillis(withinMs));
    }

    private Holdings.Change apply(Hold... holds) {
        return holdings.apply(List.of(holds), Positions.NONE);
    }

    private HeldPartition held(TopicPartition id) {
        return Objects.requireNonNull(holdings.get(id));
    }

    private static List<TopicPartition> ids(Collection<HeldPartition> partitions) {
        return partitions.stream().map(partition -> partition.id).toList();
    }

    @Test
    void whatIsToBeGivenBackIsToldOnce() {
        apply(assigned(P0, 1));

        assertEquals(List.of(P0), ids(apply(revoking(P0, 1, 500)).revoking()));
        assertEquals(List.of(), apply(revoking(P0, 1, 400)).revoking());
    }

    @Test
    void theTimeToldIsTheShortest() {
        apply(assigned(P0, 1), assigned(P1, 1));

        assertEquals(
                Duration.ofMillis(300),
                apply(revoking(P0, 1, 500), revoking(P1, 1, 300)).revokingWithin());
    }

    @Test
    void whatIsToBeGivenBackAlreadyWhenAMemberComesBackIsNotGained() {
        Holdings.Change change = apply(revoking(P0, 1, 500));

        assertEquals(List.of(), change.gained());
        assertEquals(List.of(P0), ids(change.revoking()));
    }

    @Test
    void whatMayBeKeptIsNotReleasedAnyMore() {
        apply(assigned(P0, 1));
        apply(revoking(P0, 1, 500));
        assertTrue(holdings.release(List.of(P0)));
        assertEquals(List.of(P0), holdings.released());

        assertEquals(List.of(P0), ids(apply(assigned(P0, 1)).kept()));

        assertEquals(List.of(), holdings.released());
    }

    @Test
    void onlyWhatIsToBeGivenBackCanBeReleasedAndOnce() {
        apply(assigned(P0, 1));
        assertFalse(holdings.release(List.of(P0, P1)));
        assertEquals(List.of(), holdings.released());

        apply(revoking(P0, 1, 500));

        assertTrue(holdings.release(List.of(P0)));
        assertFalse(holdings.release(List.of(P0)));
    }

    @Test
    void whatWasReleasedIsForgottenWithItsHold() {
        apply(assigned(P0, 1));
        apply(revoking(P0, 1, 500));
        holdings.release(List.of(P0));

        assertEquals(Set.of(Reason.RELEASED), apply().lost().keySet());
        assertEquals(List.of(), holdings.released());
        apply(assigned(P0, 7));
        assertEquals(Set.of(Reason.REMOVED), apply().lost().keySet());
    }

    @Test
    void anotherHoldOfTheSamePartitionIsAnotherOne() {
        apply(assigned(P0, 1));
        HeldPartition first = held(P0);

        Holdings.Change change = apply(assigned(P0, 5));

        assertEquals(List.of(P0), ids(Objects.requireNonNull(change.lost().get(Reason.RESET))));
        assertEquals(1, change.gained().size());
        assertFalse(holdings.stands(first));
    }

    @Test
    void placesOfEarlierHoldsDoNotCount() {
        var positions = new Positions(3, Map.of(P0, 40L, P1, 50L));

        holdings.apply(List.of(assigned(P0, 3), assigned(P1, 4)), positions);

        assertEquals(40, held(P0).next);
        assertEquals(-1, held(P1).next);
    }
}
