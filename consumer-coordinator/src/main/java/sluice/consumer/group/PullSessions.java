package sluice.consumer.group;

import java.util.UUID;
import java.util.function.Consumer;
import sluice.log.lane.Outcome;
import sluice.metadata.StreamConfig;

/**
 * Sessions of members that have no connection and take records by {@link GroupRequest.Poll}; they
 * live beside the group's coordinator, which calls this on the groups' lane.
 *
 * <p>A session learns its holds from {@link GroupRequest.Heartbeat}s of its own, without sign of
 * life: each poll is the member's sign of life, and the coordinator has noted it already.
 */
public interface PullSessions {

    /**
     * Answers a poll of a live member; makes its session at the first one.
     *
     * @param answer called on any thread, once
     */
    void poll(
            GroupName group,
            StreamConfig config,
            GroupRequest.Poll request,
            Consumer<Outcome<GroupReply.Polled>> answer);

    /**
     * The member ended, or its group is coordinated elsewhere from now on: what was read ahead is
     * let go. Polls that wait fail UNAVAILABLE.
     */
    void ended(GroupName group, UUID member);
}
