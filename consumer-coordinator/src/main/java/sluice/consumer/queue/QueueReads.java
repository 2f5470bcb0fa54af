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

    /** Of records looked at for one page, roughly: a filter may pass over all of them. */
    private static final int LOOKED_BYTES_MAX = 16 << 20;

    private static final int TRIES_MAX = 3;

    private final RecordWindow window;
    private final QueueState state;
    private final long seed;

    /**
     * @param seed of the keys' hashes
     */
    QueueReads(RecordWindow window, QueueState state, long seed) {
        this.window = window;
        this.state = state;
        this.seed = seed;
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
        private long lookedBytes;
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
                        || lookedBytes >= LOOKED_BYTES_MAX
                        || ++looked > LOOKED_MAX) {
                    then.accept(new Peeked(messages, at, true));
                    return;
                }
                Message message = state.message(at);
                boolean isWaiting = message == null && state.waiting().contains(at);
                if (message == null && !isWaiting && at < state.cursor()) {
                    at = next(at);
                    continue;
                }
                if (message == null && !isAnyNotHeldAskedFor()) {
                    Long held = state.held().byOffset().higherKey(at);
                    at = held == null ? window.highWatermark() : held;
                    continue;
                }
                if (message != null && !isAskedFor(stands(message))) {
                    at++;
                    continue;
                }
                switch (window.find(at)) {
                    case Found.Here(var record) -> {
                        lookedBytes += Picks.sizeBytes(record);
                        if (request.filter().matches(record)) {
                            add(record, message);
                        }
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

        /** The next that is not done. */
        private long next(long offset) {
            Long held = state.held().byOffset().higherKey(offset);
            long waiting = state.waiting().ceiling(offset);
            long next = held == null ? state.cursor() : Math.min(held, state.cursor());
            return waiting < 0 ? next : Math.min(next, waiting);
        }

        private boolean isAnyNotHeldAskedFor() {
            return isAskedFor(MessageState.READY)
                    || isAskedFor(MessageState.DELAYED)
                    || isAskedFor(MessageState.BEHIND);
        }

        private boolean isAskedFor(MessageState stands) {
            return request.states().isEmpty() || request.states().contains(stands);
        }

        private void add(LogRecord record, @Nullable Message message) {
            Peeked.Message shown = message == null ? waiting(record) : held(record, message);
            if (isAskedFor(shown.state())) {
                bytes += Picks.sizeBytes(record);
                messages.add(shown);
            }
        }

        private Peeked.Message held(LogRecord record, Message message) {
            MessageState stands = stands(message);
            return new Peeked.Message(
                    record,
                    stands,
                    message.count(),
                    message.session(),
                    stands == MessageState.DELAYED
                            ? OptionalLong.of(message.readyMs())
                            : OptionalLong.empty(),
                    message.attempts());
        }

        /** It was never leased: what its headers say is what holds it back. */
        private Peeked.Message waiting(LogRecord record) {
            var attributes = MessageAttributes.of(record);
            long key = attributes.mark(record, state.policy().choice(), seed).key();
            long head = key == Mark.NO_KEY ? -1 : state.waiting().head(key);
            boolean isDelayed = attributes.deliverAtMs() > nowMs;
            boolean isBehind = !isDelayed && head >= 0 && head != record.offset();
            return new Peeked.Message(
                    record,
                    isDelayed
                            ? MessageState.DELAYED
                            : isBehind ? MessageState.BEHIND : MessageState.READY,
                    0,
                    Optional.empty(),
                    isDelayed ? OptionalLong.of(attributes.deliverAtMs()) : OptionalLong.empty(),
                    List.of(),
                    isBehind ? Optional.of(head(head)) : Optional.empty());
        }

        private Peeked.Head head(long offset) {
            Message message = state.message(offset);
            return message == null
                    ? new Peeked.Head(
                            offset, OptionalLong.empty(), Optional.empty(), OptionalLong.empty())
                    : new Peeked.Head(
                            offset,
                            OptionalLong.of(message.lease()),
                            message.session(),
                            OptionalLong.of(message.sinceMs()));
        }

        private MessageState stands(Message message) {
            return switch (message.state()) {
                case LEASED -> MessageState.LEASED;
                case DEAD -> MessageState.DEAD;
                case RETURNED ->
                        message.readyMs() <= nowMs ? MessageState.READY : MessageState.DELAYED;
            };
        }
    }
}
