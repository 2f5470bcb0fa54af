package sluice.gateway.group;

import sluice.consumer.group.GroupName;
import sluice.consumer.session.ReadRoom;
import sluice.engine.Engine;
import sluice.gateway.problem.ProblemException;
import sluice.gateway.problem.ProblemType;
import sluice.gateway.problem.Problems;

/** All that streams may be for, by their first frame. */
record StreamUses(
        Engine engine, GroupCalls calls, Problems problems, GroupMetrics metrics, ReadRoom room) {

    /**
     * @param first frame
     * @throws ProblemException if it is none
     */
    StreamUse begin(StreamConnection stream, GroupName group, JsonFields first) {
        if (first.textNeeded("type").equals("open")) {
            return QueueStream.open(this, stream, group, QueueFrame.open(first));
        }
        if (ClientFrame.parse(first) instanceof ClientFrame.Join join) {
            return MemberStream.join(this, stream, group, join);
        }
        throw new ProblemException(
                ProblemType.MALFORMED_REQUEST,
                "The first frame must be join, or open for a session of a queue group");
    }
}
