package sluice.consumer.queue.memory;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import sluice.consumer.queue.Attempt;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.log.batch.LogRecord;

/** A message that is not done; {@link MemoryQueue} changes it. */
final class MemoryMessage {

    final long offset;
    PartitionRequest.MessageState state = PartitionRequest.MessageState.READY;
    int count;

    /** Deliveries that count toward the limit. */
    int counted;

    long firstAtMs;
    long lease = -1;
    long sinceMs;
    long readyMs;
    OptionalLong deadlineMs = OptionalLong.empty();
    Optional<UUID> session = Optional.empty();
    final List<Attempt> attempts = new ArrayList<>();
    Attempt.Why why = Attempt.Why.RELEASED;

    MemoryMessage(long offset) {
        this.offset = offset;
    }

    /** Its lease is over. */
    void ended(Attempt.Why how, String reason, long nowMs) {
        attempts.add(new Attempt(lease, sinceMs, nowMs, how, reason));
        why = how;
    }

    /** True if nobody has it, and it is not given up. */
    boolean isFree() {
        return state == PartitionRequest.MessageState.READY
                || state == PartitionRequest.MessageState.DELAYED;
    }

    PartitionReply.Lease toLease() {
        return new PartitionReply.Lease(offset, lease, session, count, sinceMs, deadlineMs);
    }

    PartitionReply.DeadLetter toDeadLetter(LogRecord record) {
        return new PartitionReply.DeadLetter(
                record, count, firstAtMs, sinceMs, why, attempts.getLast().reason(), attempts);
    }

    PartitionReply.Peeked.Message toPeeked(LogRecord record) {
        return new PartitionReply.Peeked.Message(
                record, state, count, session, OptionalLong.empty(), attempts);
    }
}
