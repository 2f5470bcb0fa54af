package sluice.engine;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.engine.peer.CallReply;

/** An entry of the own wal that is not committed yet, and who waits for it. */
final class PendingAppend {
    final long sequence;
    final PartitionLog log;
    final long baseOffset;
    final long nextOffset;
    final long deadlineNs;
    private @Nullable Consumer<CallReply> answer;

    PendingAppend(
            long sequence,
            PartitionLog log,
            long baseOffset,
            long nextOffset,
            long deadlineNs,
            @Nullable Consumer<CallReply> answer) {
        this.sequence = sequence;
        this.log = log;
        this.baseOffset = baseOffset;
        this.nextOffset = nextOffset;
        this.deadlineNs = deadlineNs;
        this.answer = answer;
    }

    void answerOnce(CallReply reply) {
        Consumer<CallReply> waiting = answer;
        answer = null;
        if (waiting != null) {
            waiting.accept(reply);
        }
    }
}
