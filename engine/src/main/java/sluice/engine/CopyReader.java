package sluice.engine;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.engine.peer.PeerCalls;
import sluice.log.lane.Outcome;
import sluice.log.wal.SegmentId;

/**
 * Reads a whole copy of a wal segment from a member's disk, this gateway's or another's. Bytes come
 * as the disk has them: whoever reads entries from them checks CRCs and hash chain. Owned by the
 * engine's lane.
 */
final class CopyReader {

    /** A member that is silent for so long before its first bytes is slower than another one. */
    static final Duration FIRST_BYTES_MAX = Duration.ofSeconds(1);

    /** A member is given up after so long without the bytes that it was asked for. */
    static final Duration BYTES_MAX = Duration.ofSeconds(5);

    private static final int PART_BYTES = 1 << 20;

    /** Parts of one copy asked for at once: a tail takes bytes, not round trips. */
    private static final int PARTS_IN_FLIGHT_MAX = 4;

    private final PeerCalls calls;

    CopyReader(PeerCalls calls) {
        this.calls = calls;
    }

    /**
     * Reads the first {@code bytes} bytes of a copy; the first part alone, then several at once.
     *
     * @param firstBytesMax how long the first part may take
     * @param then told once, on the lane; empty if the member failed or was too slow
     */
    void read(
            SegmentId segment,
            UUID member,
            long bytes,
            Duration firstBytesMax,
            Consumer<Optional<ByteBuffer>> then) {
        new Reading(segment, member, ByteBuffer.allocate(Math.toIntExact(bytes)), then)
                .ask(firstBytesMax);
    }

    /**
     * Reads a copy of which only the member knows how long it is, part after part.
     *
     * @param bytesMax a longer copy is not read
     * @param then as for {@link #read}
     */
    void readToEnd(
            SegmentId segment, UUID member, int bytesMax, Consumer<Optional<ByteBuffer>> then) {
        readMore(segment, member, ByteBuffer.allocate(PART_BYTES), bytesMax, then);
    }

    private void readMore(
            SegmentId segment,
            UUID member,
            ByteBuffer copy,
            int bytesMax,
            Consumer<Optional<ByteBuffer>> then) {
        ask(
                segment,
                member,
                copy.position(),
                PART_BYTES,
                BYTES_MAX,
                answer -> {
                    if (answer.isEmpty() || copy.position() + answer.get().remaining() > bytesMax) {
                        then.accept(Optional.empty());
                        return;
                    }
                    boolean isEnd = answer.get().remaining() < PART_BYTES;
                    ByteBuffer more = withRoom(copy, answer.get().remaining(), bytesMax);
                    more.put(answer.get());
                    if (isEnd) {
                        then.accept(Optional.of(more.flip()));
                    } else {
                        readMore(segment, member, more, bytesMax, then);
                    }
                });
    }

    private static ByteBuffer withRoom(ByteBuffer copy, int bytes, int bytesMax) {
        if (copy.remaining() >= bytes) {
            return copy;
        }
        int capacity = (int) Math.min(bytesMax, 2L * copy.capacity() + bytes);
        return ByteBuffer.allocate(capacity).put(copy.flip());
    }

    private void ask(
            SegmentId segment,
            UUID member,
            long position,
            int bytes,
            Duration timeout,
            Consumer<Optional<ByteBuffer>> then) {
        calls.call(
                member,
                new CallRequest.ReadSegment(segment, position, bytes),
                timeout,
                outcome -> {
                    boolean isAnswer =
                            outcome
                                            instanceof
                                            Outcome.Success<CallReply>(
                                                    CallReply.SegmentBytes(var read))
                                    && read.remaining() <= bytes;
                    then.accept(isAnswer ? Optional.of(bytesOf(outcome)) : Optional.empty());
                });
    }

    private static ByteBuffer bytesOf(Outcome<CallReply> outcome) {
        if (outcome instanceof Outcome.Success<CallReply>(CallReply.SegmentBytes(var bytes))) {
            return bytes;
        }
        throw new AssertionError("no bytes: " + outcome);
    }

    /** One copy being read. */
    private final class Reading {
        private final SegmentId segment;
        private final UUID member;
        private final ByteBuffer copy;
        private final Consumer<Optional<ByteBuffer>> then;
        private int asked;
        private int arrived;
        private int inFlight;
        private boolean isEnded;

        Reading(
                SegmentId segment,
                UUID member,
                ByteBuffer copy,
                Consumer<Optional<ByteBuffer>> then) {
            this.segment = segment;
            this.member = member;
            this.copy = copy;
            this.then = then;
        }

        void ask(Duration timeout) {
            int at = asked;
            int bytes = Math.min(PART_BYTES, copy.capacity() - at);
            asked += bytes;
            inFlight++;
            CopyReader.this.ask(
                    segment, member, at, bytes, timeout, answer -> arrived(at, bytes, answer));
        }

        private void arrived(int at, int bytes, Optional<ByteBuffer> answer) {
            inFlight--;
            if (isEnded) {
                return;
            }
            if (answer.isEmpty() || answer.get().remaining() < bytes) {
                end(Optional.empty());
                return;
            }
            copy.put(at, answer.get(), answer.get().position(), bytes);
            arrived += bytes;
            if (arrived == copy.capacity()) {
                end(Optional.of(copy));
            }
            // A call that cannot be sent ends at once, and with it the reading.
            while (!isEnded && inFlight < PARTS_IN_FLIGHT_MAX && asked < copy.capacity()) {
                ask(BYTES_MAX);
            }
        }

        private void end(Optional<ByteBuffer> outcome) {
            isEnded = true;
            then.accept(outcome);
        }
    }
}
