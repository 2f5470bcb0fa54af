package sluice.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.wal.Fenced;
import sluice.log.wal.SegmentId;
import sluice.metadata.WalRecord;
import sluice.metadata.WalRecord.Segment;

/**
 * Fences all members of all segments of a claimed wal, and ends as soon as their answers decide.
 *
 * <p>Every answer is that of a member which stored the fence under the epoch of this claim before
 * it answered. With write-all one definite answer for a segment is enough: what that member does
 * not hold was acknowledged by nobody, and from now on it takes nothing more. So a stopped gateway,
 * whose disk never answers, holds nothing up: once the answers decide, the others are given {@link
 * #GRACE} more, since each further copy is one more to read from and to compare. What comes later
 * changes nothing any more. Owned by the engine's lane.
 */
final class FenceRound {

    /** How long a member may take to answer while the answers so far do not decide. */
    static final Duration ANSWER_MAX = Duration.ofSeconds(5);

    /** How long the others are waited for once the answers decide. */
    static final Duration GRACE = Duration.ofMillis(300);

    /** What the members said: by segment index and member. */
    record Answers(Map<Integer, Map<UUID, Fenced>> bySegment) {
        Fenced.Held held(int segment, UUID member) {
            if (bySegment.getOrDefault(segment, Map.of()).get(member) instanceof Fenced.Held held) {
                return held;
            }
            throw new AssertionError("no holder of segment " + segment + ": " + member);
        }
    }

    /** Told once, on the lane. */
    interface Done {
        void done(RecoveryPlan plan, Answers answers);
    }

    private final Lane lane;
    private final PeerCalls calls;
    private final WalRecord record;
    private final boolean waitsForAll;
    private final Done done;
    private final Map<Integer, Map<UUID, Fenced>> answers = new HashMap<>();
    private int waitingFor;
    private boolean isEnded;
    private Lane.@Nullable Timer grace;

    /**
     * @param record as claimed: FENCING under the caller's epoch
     * @param waitsForAll true if a decision is not enough, and every answer counts
     */
    FenceRound(Lane lane, PeerCalls calls, WalRecord record, boolean waitsForAll, Done done) {
        assert record.state() == WalRecord.State.FENCING : "not claimed: " + record.state();
        this.lane = lane;
        this.calls = calls;
        this.record = record;
        this.waitsForAll = waitsForAll;
        this.done = done;
    }

    void start() {
        lane.assertOwner();
        // All are counted first: a call to a member that is not in reach ends at once.
        waitingFor = record.chain().stream().mapToInt(segment -> segment.members().size()).sum();
        if (waitingFor == 0) {
            end();
            return;
        }
        for (Segment segment : record.chain()) {
            for (UUID member : segment.members()) {
                calls.call(
                        member,
                        new CallRequest.Fence(
                                new SegmentId(record.wal(), segment.index()), record.epoch()),
                        ANSWER_MAX,
                        outcome -> answered(segment, member, outcome));
            }
        }
    }

    private void answered(Segment segment, UUID member, Outcome<CallReply> outcome) {
        waitingFor--;
        if (isEnded) {
            return; // The plan is made, and another would be another truth.
        }
        if (outcome instanceof Outcome.Success<CallReply>(CallReply.FenceOutcome(var said))) {
            answers.computeIfAbsent(segment.index(), _ -> new HashMap<>()).put(member, said);
        }
        if (waitingFor == 0) {
            end();
        } else if (!waitsForAll && grace == null && isDecided()) {
            grace = lane.schedule(GRACE, this::graceOver);
        }
    }

    private boolean isDecided() {
        return RecoveryPlan.decide(record, answers) instanceof RecoveryPlan.Ready;
    }

    private void graceOver() {
        grace = null;
        // A further answer may have shown that a copy cannot be what it seemed.
        if (!isEnded && isDecided()) {
            end();
        }
    }

    private void end() {
        isEnded = true;
        if (grace != null) {
            grace.cancel();
        }
        done.done(RecoveryPlan.decide(record, answers), new Answers(answers));
    }
}
