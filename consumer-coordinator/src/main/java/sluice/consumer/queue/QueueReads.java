package sluice.consumer.queue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.PartitionReply.Peeked;
import sluice.consumer.queue.PartitionRequest.MessageState;
import sluice.consumer.queue.RecordWindow.Found;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;

/** Reads that change nothing: of records at given offsets, and of what a queue still holds. */
final class QueueReads {

    /** Offsets looked at for one page. */
    private static final int LOOKED_MAX = 20_000;

    private static final int TRIES_MAX = 3;

    private final RecordWindow window;
    private final QueueState state;

    QueueReads(RecordWindow window, QueueState state) {
        this.window = window;
        this.state = state;
    }

    /** Those that are still there, and the offsets of those that are gone. */
    record Read(List<LogRecord> records, List<Long> gone) {}

    void read(List<Long> offsets, Consumer<Read> then, Consumer<SluiceException> failed) {
        new Reading(offsets, then, failed).go();
    }

    private final class Reading {
        private final List<Long> offsets;
        private final Consumer<Read> then;
        private final Consumer<SluiceException> failed;
        private final List<LogRecord> records = new ArrayList<>();
        private final List<Long> gone = new ArrayList<>();
        private int at;
        private long bytes;
        private int tries;

        Reading(List<Long> offsets, Consumer<Read> then, Consumer<SluiceException> failed) {
            this.offsets = offsets;
            this.then = then;
            this.failed = failed;
        }

        void go() {
            while (at < offsets.size()) {
                long offset = offsets.get(at);
                switch (window.find(offset)) {
                    case Found.Here(var record) -> {
                        records.add(record);
                        bytes += Picks.sizeBytes(record);
                    }
                    case Found.Gone _ -> gone.add(offset);
                    case Found.AtEnd() -> {}
                    case Found.Elsewhere() -> {
                        if (++tries > TRIES_MAX) {
                            failed.accept(unreadable(offset));
                        } else {
                            window.fetch(
                                    offset, failure -> failure.ifPresentOrElse(failed, this::go));
                        }
                        return;
                    }
                }
                tries = 0;
                at++;
                if (bytes >= PartitionReply.BYTES_MAX) {
                    break;
                }
            }
            then.accept(new Read(records, gone));
        }
    }

    static SluiceException unreadable(long offset) {
        return new SluiceException(
                SluiceException.Kind.UNAVAILABLE,
                "record-out-of-reach",
                "a record could not be read: offset=" + offset + "; retry after a pause");
    }

    void peek(
            PartitionRequest.Peek request,
            long nowMs,
            Consumer<Peeked> then,
            Consumer<SluiceException> failed) {
        new Peeking(request, nowMs, then, failed).go();
    }

    private final class Peeking {
        private final PartitionRequest.Peek request;
        private final long nowMs;
        private final Consumer<Peeked> then;
        private final Consumer<SluiceException> failed;
        private final List<Peeked.Message> messages = new ArrayList<>();
        private long at;
        private long bytes;
        private int looked;
        private int tries;

        Peeking(
                PartitionRequest.Peek request,
                long nowMs,
                Consumer<Peeked> then,
                Consumer<SluiceException> failed) {
            this.request = request;
            this.nowMs = nowMs;
            this.then = then;
            this.failed = failed;
            this.at = Math.max(request.from(), state.floor());
        }

        void go() {
            while (at < window.highWatermark()) {
                if (messages.size() >= request.max()
                        || bytes >= Math.min(request.bytesMax(), PartitionReply.BYTES_MAX)
                        || ++looked > LOOKED_MAX) {
                    then.accept(new Peeked(messages, at, true));
                    return;
                }
                Message message = state.message(at);
                if (message == null && at < state.cursor()) {
                    Long next = state.held().higherKey(at);
                    at = next == null ? state.cursor() : Math.min(next, state.cursor());
                    continue;
                }
                MessageState stands = stands(message);
                if (!request.states().isEmpty() && !request.states().contains(stands)) {
                    at++;
                    continue;
                }
                switch (window.find(at)) {
                    case Found.Here(var record) -> {
                        add(record, message, stands);
                        at++;
                        tries = 0;
                    }
                    case Found.Gone(long next) -> at = message == null ? next : at + 1;
                    case Found.AtEnd() -> at = window.highWatermark();
                    case Found.Elsewhere() -> {
                        long offset = at;
                        if (++tries > TRIES_MAX) {
                            failed.accept(unreadable(offset));
                        } else {
                            window.fetch(
                                    offset, failure -> failure.ifPresentOrElse(failed, this::go));
                        }
                        return;
                    }
                }
            }
            then.accept(new Peeked(messages, Math.max(at, request.from()), false));
        }

        private void add(LogRecord record, @Nullable Message message, MessageState stands) {
            bytes += Picks.sizeBytes(record);
            messages.add(
                    message == null
                            ? new Peeked.Message(
                                    record,
                                    stands,
                                    0,
                                    Optional.empty(),
                                    OptionalLong.empty(),
                                    List.of())
                            : new Peeked.Message(
                                    record,
                                    stands,
                                    message.count(),
                                    message.session(),
                                    stands == MessageState.DELAYED
                                            ? OptionalLong.of(message.readyMs())
                                            : OptionalLong.empty(),
                                    message.attempts()));
        }

        private MessageState stands(@Nullable Message message) {
            if (message == null) {
                return MessageState.READY;
            }
            return switch (message.state()) {
                case LEASED -> MessageState.LEASED;
                case DEAD -> MessageState.DEAD;
                case RETURNED ->
                        message.readyMs() <= nowMs ? MessageState.READY : MessageState.DELAYED;
            };
        }
    }
}
