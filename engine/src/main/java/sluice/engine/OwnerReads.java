package sluice.engine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.engine.peer.CallReply;
import sluice.engine.peer.CallRequest;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Background;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.wal.SegmentId;
import sluice.log.wal.WalDisk;
import sluice.log.wal.WalEntry;

/**
 * The owner's side of reading: answers from the tail, says what is only in objects, and lets
 * readers at the end wait. Owned by the engine's lane; file reads are done away from it.
 */
final class OwnerReads {

    private static final int SPAN_BYTES_MAX = 1 << 20;
    private static final int SPAN_GAP_BYTES_MAX = 16 * 1024;
    private static final int FETCH_BYTES_MAX = 8 << 20;
    private static final long EXPIRE_EVERY_MS = 1000;

    private final Lane lane;
    private final Background background;
    private final OwnedSlots slots;
    private final WalDisk disk;
    private final UUID wal;
    private final Authority authority;
    private final int waitingMax;
    private int waiting;

    /**
     * @param waitingMax readers that may wait at the end of partitions
     */
    OwnerReads(
            Lane lane,
            Background background,
            OwnedSlots slots,
            WalDisk disk,
            UUID wal,
            Authority authority,
            int waitingMax) {
        this.lane = lane;
        this.background = background;
        this.slots = slots;
        this.disk = disk;
        this.wal = wal;
        this.authority = authority;
        this.waitingMax = waitingMax;
    }

    private void withPartition(
            int slot,
            PartitionId partition,
            Consumer<PartitionLog> then,
            Consumer<CallReply> answer) {
        Consumer<SluiceException> failed = error -> answer.accept(OwnerAppends.failed(error));
        authority.whenRecent(
                () ->
                        slots.withLoaded(
                                slot,
                                loaded -> then.accept(slots.partition(loaded, partition)),
                                failed),
                failed);
    }

    void fetch(CallRequest.Fetch request, Consumer<CallReply> answer) {
        lane.assertOwner();
        withPartition(
                request.slot(),
                request.partition(),
                log -> fetchFrom(log, request, answer),
                answer);
    }

    private void fetchFrom(
            PartitionLog log, CallRequest.Fetch request, Consumer<CallReply> answer) {
        expire(log, request.retentionMs());
        long offset = request.offset();
        long hwm = log.highWatermark();
        if (offset < log.logStart || offset > hwm) {
            SluiceException refusal = outOfRange(offset, log.logStart, hwm);
            authority.confirm(
                    () -> answer.accept(OwnerAppends.failed(refusal)),
                    error -> answer.accept(OwnerAppends.failed(error)));
        } else if (offset == hwm) {
            awaitRecords(log, request, answer);
        } else if (offset < log.tail.start()) {
            answer.accept(new CallReply.History(log.tail.start(), hwm, log.logStart));
        } else {
            int maxBytes = Math.min(Math.max(1, request.maxBytes()), FETCH_BYTES_MAX);
            List<TailIndex.Piece> pieces = log.tail.from(offset, maxBytes);
            long logStart = log.logStart;
            background.run(
                    lane,
                    () -> read(pieces),
                    outcome -> answer.accept(tail(outcome, hwm, logStart)));
        }
    }

    static SluiceException outOfRange(long offset, long logStart, long hwm) {
        return new SluiceException(
                SluiceException.Kind.INVALID,
                "offset-out-of-range",
                "there is no such offset: offset=%d logStart=%d highWatermark=%d; read from an offset between them"
                        .formatted(offset, logStart, hwm));
    }

    private static CallReply tail(Outcome<List<ByteBuffer>> outcome, long hwm, long logStart) {
        return switch (outcome) {
            case Outcome.Success<List<ByteBuffer>>(var batches) ->
                    new CallReply.Tail(batches, hwm, logStart);
            case Outcome.Failure<List<ByteBuffer>>(var error) -> OwnerAppends.failed(error);
        };
    }

    private void awaitRecords(
            PartitionLog log, CallRequest.Fetch request, Consumer<CallReply> answer) {
        if (request.waitMs() <= 0 || waiting >= waitingMax) {
            answer.accept(new CallReply.Tail(List.of(), log.highWatermark(), log.logStart));
            return;
        }
        waiting++;
        var wait =
                new Runnable() {
                    Lane.Timer timer =
                            lane.schedule(Duration.ofMillis(request.waitMs()), this::timedOut);

                    @Override
                    public void run() {
                        waiting--;
                        timer.cancel();
                        fetchFrom(log, withoutWait(request), answer);
                    }

                    void timedOut() {
                        if (log.waiting.remove(this)) {
                            run();
                        }
                    }
                };
        log.waiting.add(wait);
    }

    private static CallRequest.Fetch withoutWait(CallRequest.Fetch request) {
        return new CallRequest.Fetch(
                request.partition(),
                request.slot(),
                request.retentionMs(),
                request.offset(),
                request.maxBytes(),
                0);
    }

    void status(CallRequest.Status request, Consumer<CallReply> answer) {
        lane.assertOwner();
        withPartition(
                request.slot(),
                request.partition(),
                log -> {
                    expire(log, request.retentionMs());
                    answer.accept(new CallReply.Status(log.logStart, log.highWatermark()));
                },
                answer);
    }

    /** Looks for a timestamp in the tail; older records are looked for in objects by the caller. */
    void offsetAt(CallRequest.OffsetAt request, Consumer<CallReply> answer) {
        lane.assertOwner();
        withPartition(
                request.slot(), request.partition(), log -> offsetIn(log, request, answer), answer);
    }

    private void offsetIn(
            PartitionLog log, CallRequest.OffsetAt request, Consumer<CallReply> answer) {
        long tailStart = log.tail.start();
        long hwm = log.highWatermark();
        boolean inObjects =
                log.slot
                        .index
                        .firstExtentAtOrAfter(log.id, request.timestampMs())
                        .filter(found -> found.extent().firstOffset() < tailStart)
                        .isPresent();
        if (inObjects) {
            answer.accept(new CallReply.OffsetFound(-1, tailStart, hwm));
        } else if (tailStart == hwm) {
            answer.accept(new CallReply.OffsetFound(hwm, tailStart, hwm));
        } else {
            List<TailIndex.Piece> pieces = log.tail.from(tailStart, Integer.MAX_VALUE);
            background.run(
                    lane,
                    () -> firstAt(pieces, request.timestampMs(), hwm),
                    outcome ->
                            answer.accept(
                                    switch (outcome) {
                                        case Outcome.Success<Long>(var offset) ->
                                                new CallReply.OffsetFound(offset, tailStart, hwm);
                                        case Outcome.Failure<Long>(var error) ->
                                                OwnerAppends.failed(error);
                                    }));
        }
    }

    private long firstAt(List<TailIndex.Piece> pieces, long timestampMs, long none) {
        for (TailIndex.Piece piece : pieces) {
            ByteBuffer batch = read(List.of(piece)).getFirst();
            if (RecordBatch.maxTimestampMs(batch, batch.position()) >= timestampMs) {
                return Timestamps.firstAtOrAfter(batch, batch.position(), timestampMs);
            }
        }
        return none;
    }

    private void expire(PartitionLog log, long retentionMs) {
        long nowMs = lane.wallMs();
        if (retentionMs <= 0 || nowMs - log.expiredAtMs < EXPIRE_EVERY_MS) {
            return;
        }
        log.expiredAtMs = nowMs;
        log.slot.index = log.slot.index.expireBefore(log.id, nowMs - retentionMs);
        log.logStart = Math.max(log.logStart, log.slot.index.logStart(log.id));
    }

    /** Reads the payloads, close ones with one read, and checks every entry's CRC. */
    private List<ByteBuffer> read(List<TailIndex.Piece> pieces) {
        var batches = new ArrayList<ByteBuffer>(pieces.size());
        int first = 0;
        while (first < pieces.size()) {
            int next = first + 1;
            while (next < pieces.size() && fits(pieces, first, next)) {
                next++;
            }
            readSpan(pieces.subList(first, next), batches);
            first = next;
        }
        return batches;
    }

    private static boolean fits(List<TailIndex.Piece> pieces, int first, int next) {
        TailIndex.Piece start = pieces.get(first);
        TailIndex.Piece before = pieces.get(next - 1);
        TailIndex.Piece candidate = pieces.get(next);
        return candidate.segment() == start.segment()
                && candidate.position() - (before.position() + before.bytes()) <= SPAN_GAP_BYTES_MAX
                && candidate.position() + candidate.bytes() - start.position() <= SPAN_BYTES_MAX;
    }

    private void readSpan(List<TailIndex.Piece> span, List<ByteBuffer> batches) {
        TailIndex.Piece start = span.getFirst();
        TailIndex.Piece end = span.getLast();
        int length = Math.toIntExact(end.position() + end.bytes() - start.position());
        ByteBuffer bytes = ByteBuffer.allocate(length);
        try {
            var segment = new SegmentId(wal, start.segment());
            while (bytes.hasRemaining()) {
                if (disk.read(segment, start.position() + bytes.position(), bytes) < 0) {
                    break;
                }
            }
        } catch (IOException e) {
            throw new SluiceException(
                    SluiceException.Kind.UNAVAILABLE,
                    "disk-read-failed",
                    "this gateway's disk could not be read; retry, it may be a copy that was just"
                            + " removed since its records are in objects: segment="
                            + start.segment()
                            + " position="
                            + start.position(),
                    e);
        }
        bytes.flip();
        for (TailIndex.Piece piece : span) {
            int at = Math.toIntExact(piece.position() - start.position());
            if (!WalEntry.isWhole(bytes, at, bytes.limit())) {
                throw new SluiceException(
                        SluiceException.Kind.DATA,
                        "corrupt-entry",
                        "an entry of the tail cannot be read: segment=%d position=%d; it is read again once it is in objects"
                                .formatted(piece.segment(), piece.position()));
            }
            batches.add(WalEntry.payload(bytes, at));
        }
    }
}
