package sluice.consumer.coordinator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.stream.CommittedOffsets;
import sluice.consumer.stream.StreamGroup;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;

/**
 * Members that come and come back, answered when that is durable.
 *
 * <p>Who takes the place of a static member takes its partitions as they are. So the old process is
 * refused first, and the new one waits until the last of the old one's commits is written or
 * refused: else it would begin before what was committed.
 */
final class Joins {

    private record Waiting(GroupRequest.Join request, Answer answer) {}

    private final GroupPorts ports;
    private final StreamGroup machine;
    private final CommittedOffsets offsets;
    private final MembershipWrites membership;
    private final List<Waiting> waiting = new ArrayList<>();

    Joins(
            GroupPorts ports,
            StreamGroup machine,
            CommittedOffsets offsets,
            MembershipWrites membership) {
        this.ports = ports;
        this.machine = machine;
        this.offsets = offsets;
        this.membership = membership;
    }

    boolean isIdle() {
        return waiting.isEmpty();
    }

    /**
     * @throws SluiceException as {@link GroupRequest.Join} says
     */
    void join(GroupRequest.Join request, Answer answer) {
        Lane lane = ports.lane();
        if (request.resume().isPresent()) {
            UUID member = request.resume().get().member();
            machine.resume(request, member, lane.nowNs(), lane.wallMs());
            answerWhenDurable(member, answer);
            return;
        }
        Optional<UUID> before = machine.fenceInstance(request.instance());
        if (before.isPresent() && machine.isCommitting(before.get(), offsets)) {
            waiting.add(new Waiting(request, answer));
            return;
        }
        UUID member = ports.ids().get();
        machine.join(request, member, lane.nowNs(), lane.wallMs());
        answerWhenDurable(member, answer);
    }

    private void answerWhenDurable(UUID member, Answer answer) {
        membership.whenDurable(
                () ->
                        answer.reply(
                                new GroupReply.Joined(
                                        member,
                                        machine.epoch(),
                                        machine.config(),
                                        machine.holds(member, offsets, ports.lane().nowNs()))),
                answer::fail);
    }

    /** Commits were written or refused: who waited for them goes on. */
    void committed() {
        List<Waiting> now = List.copyOf(waiting);
        waiting.clear();
        for (Waiting each : now) {
            try {
                join(each.request(), each.answer());
            } catch (SluiceException e) {
                each.answer().fail(e);
            }
        }
    }

    void failAll(SluiceException why) {
        List<Waiting> now = List.copyOf(waiting);
        waiting.clear();
        now.forEach(each -> each.answer().fail(why));
    }
}
