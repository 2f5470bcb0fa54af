package sluice.engine;

import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.PullSessions;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;

/** Refuses polls. */
final class NoPullSessions implements PullSessions {

    @Override
    public void poll(
            GroupName group,
            GroupConfig config,
            GroupRequest.Poll request,
            Consumer<Outcome<GroupReply.Polled>> answer) {
        answer.accept(
                new Outcome.Failure<>(
                        new SluiceException(
                                SluiceException.Kind.INVALID,
                                "not-served",
                                "members that poll are not served by this version; open a stream")));
    }

    @Override
    public void ended(GroupName group, UUID member) {}
}
