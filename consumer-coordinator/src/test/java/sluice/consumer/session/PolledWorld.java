package sluice.consumer.session;

import static sluice.consumer.session.SessionWorld.GROUP;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/** Members that poll, in virtual time. */
abstract class PolledWorld {

    SessionWorld world = SessionWorld.usual();
    StreamConfig config = GroupConfig.stream(List.of("t"));
    Lane lane = world.scope.lane("groups");
    PolledSessions sessions = sessions(100);
    UUID member = world.coordinator.newMember();

    final PolledSessions sessions(int max) {
        return new PolledSessions(
                lane, world.coordinator, _ -> world.source, world.limits, world.room, max);
    }

    void atMostOnce() {
        become(SessionWorld.atMostOnce());
    }

    void become(StreamConfig wanted) {
        config = wanted;
        world = SessionWorld.ofConfig(config);
        lane = world.scope.lane("groups");
        sessions = sessions(100);
        member = world.coordinator.newMember();
    }

    /** A poll on its way. */
    final class Call {
        @Nullable Outcome<GroupReply.Polled> outcome;

        Call(UUID who, long received, int max, long waitMs) {
            var request =
                    new GroupRequest.Poll(
                            who, -1, received, max, 1 << 20, Duration.ofMillis(waitMs));
            lane.execute(() -> sessions.poll(GROUP, config, request, told -> outcome = told));
        }

        GroupReply.Polled reply() {
            world.until(() -> outcome != null);
            if (outcome instanceof Outcome.Success<GroupReply.Polled>(var reply)) {
                return reply;
            }
            throw new AssertionError(String.valueOf(outcome));
        }

        String failure() {
            world.until(() -> outcome != null);
            return outcome instanceof Outcome.Failure<GroupReply.Polled>(SluiceException e)
                    ? e.kind() + " " + e.code()
                    : "" + outcome;
        }
    }

    GroupReply.Polled poll(long received, int max, long waitMs) {
        return new Call(member, received, max, waitMs).reply();
    }

    static String slices(GroupReply.Polled polled) {
        return String.join(
                " ",
                polled.slices().stream()
                        .map(slice -> slice.partition() + "@" + slice.from() + ".." + slice.to())
                        .toList());
    }
}
