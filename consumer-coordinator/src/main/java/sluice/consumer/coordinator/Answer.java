package sluice.consumer.coordinator;

import java.util.function.Consumer;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/** Takes the outcome of a request, once. */
record Answer(Consumer<Outcome<GroupReply>> to) {

    void reply(GroupReply reply) {
        to.accept(new Outcome.Success<>(reply));
    }

    void fail(SluiceException error) {
        to.accept(new Outcome.Failure<>(error));
    }

    /** The epoch that whoever asks was told last; −1 if the request tells none. */
    static long knownEpoch(GroupRequest request) {
        return switch (request) {
            case GroupRequest.Heartbeat heartbeat -> heartbeat.knownEpoch();
            case GroupRequest.Commit commit when commit.member().isPresent() -> commit.epoch();
            case GroupRequest.Join join ->
                    join.resume().map(GroupRequest.Resume::epoch).orElse(-1L);
            default -> -1;
        };
    }
}
