package sluice.consumer.group;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * A partition that a member holds. Two holds with different {@code since} are two holds, also if
 * one member has both, one after the other: what it read for the first one is void, and it begins
 * the second one at {@code committed}.
 *
 * @param topicId of the topic that has the name now; another topic may have it later
 * @param since the group's epoch in which the hold began
 * @param committed how far the partition was committed. Empty if it never was and the group starts
 *     at the earliest record; a start elsewhere is found by the coordinator, and committed, before
 *     the partition is given to anybody
 * @param releaseWithin what is left of the time to finish and release; zero if it is ASSIGNED
 */
public record Hold(
        TopicPartition partition,
        long topicId,
        long since,
        State state,
        OptionalLong committed,
        Duration releaseWithin) {

    public enum State {
        /** Read it. */
        ASSIGNED,
        /** Read no more of it; finish, commit, and release it. */
        REVOKING
    }
}
