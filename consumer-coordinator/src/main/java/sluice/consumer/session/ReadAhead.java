package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.SequencedSet;
import org.jspecify.annotations.Nullable;
import sluice.consumer.Watermarks;
import sluice.consumer.session.PartitionSource.Records;
import sluice.log.SluiceException;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Lane;

/**
 * Reads the partitions of one member ahead of it: in turn, so that a full one does not keep the
 * others waiting, and within bounds.
 *
 * <p>A partition that is known to have more is read when there is room for the answer, which is
 * reserved before. One that is at its end waits for new records and reserves nothing, since most of
 * them wait in vain; if there is no room when its answer comes, the answer is dropped, and the
 * partition then is one that is known to have more. Each has one request at a time.
 */
final class ReadAhead {

    /** What happens while reading. Called on the lane. */
    interface Listener {
        /** There is something to take. */
        void readable();

        /** A partition turned out to be at its end. */
        void atEnd();

        /** Retention passed the place of the member; reading went on at {@code to}. */
        void skipped(HeldPartition partition, long from, long to);

        /** Reading of this partition stopped, until somebody moves it. */
        void stopped(HeldPartition partition, SluiceException failure);
    }

    private final Lane lane;
    private final PartitionSource source;
    private final SessionLimits limits;
    private final ReadRoom room;
    private final Listener listener;

    private final SequencedSet<HeldPartition> behind = new LinkedHashSet<>();
    private final SequencedSet<HeldPartition> atEnd = new LinkedHashSet<>();
    private final SequencedSet<HeldPartition> readable = new LinkedHashSet<>();
    private int reading;
    private int polls;
    private long aheadBytes;
    private long reservedBytes;
    private Lane.@Nullable Timer roomTimer;

    ReadAhead(
            Lane lane,
            PartitionSource source,
            SessionLimits limits,
            ReadRoom room,
            Listener listener) {
        this.lane = lane;
        this.source = source;
        this.limits = limits;
        this.room = room;
        this.listener = listener;
    }

    /** Reads the partition from its {@code next} on. */
    void start(HeldPartition partition) {
        assert partition.next >= 0 : "a place to begin: partition=" + partition.id;
        if (!partition.isReading) {
            partition.isReading = true;
            reading++;
            enqueue(partition);
            pump();
        }
    }

    /** Stops reading at once; what was read ahead is forgotten. */
    void stop(HeldPartition partition) {
        if (partition.isReading) {
            partition.isReading = false;
            reading--;
            forget(partition);
            pump();
        }
    }

    /** Goes on elsewhere. */
    void seek(HeldPartition partition, long offset) {
        forget(partition);
        partition.next = offset;
        partition.watermarks = null;
        if (partition.isReading) {
            enqueue(partition);
        }
        pump();
    }

    private void forget(HeldPartition partition) {
        partition.turn++;
        behind.remove(partition);
        atEnd.remove(partition);
        readable.remove(partition);
        release(partition.aheadBytes());
        partition.ahead.clear();
    }

    private void release(long bytes) {
        aheadBytes -= bytes;
        room.give(bytes);
    }

    boolean isReadable() {
        return !readable.isEmpty();
    }

    /** Bytes read ahead now. */
    long aheadBytes() {
        return aheadBytes;
    }

    /**
     * Takes what was read, partition by partition in turn, until one of the limits is reached or
     * passed by one batch.
     */
    List<Chunk> take(long recordsMax, long bytesMax) {
        var chunks = new ArrayList<Chunk>();
        long records = 0;
        long bytes = 0;
        while (records < recordsMax && bytes < bytesMax && !readable.isEmpty()) {
            HeldPartition partition = readable.removeFirst();
            Chunk chunk = cut(partition, recordsMax - records, bytesMax - bytes);
            records += chunk.nextOffset() - chunk.from();
            bytes += chunk.bytes();
            chunks.add(chunk);
            if (partition.ahead.isEmpty()) {
                enqueue(partition);
            } else {
                readable.addLast(partition);
            }
        }
        if (!chunks.isEmpty()) {
            pump();
        }
        return chunks;
    }

    private Chunk cut(HeldPartition partition, long recordsMax, long bytesMax) {
        var taken = new ArrayList<ByteBuffer>();
        long from = partition.next;
        long end = from + Math.min(recordsMax, Long.MAX_VALUE - from);
        long bytes = 0;
        while (bytes < bytesMax && partition.next < end && !partition.ahead.isEmpty()) {
            ByteBuffer batch = partition.ahead.getFirst();
            long afterBatch = RecordBatch.nextOffset(batch, 0);
            taken.add(batch.duplicate());
            bytes += batch.remaining();
            partition.next = Math.min(afterBatch, end);
            if (afterBatch <= end) {
                partition.ahead.removeFirst();
                release(batch.remaining());
            }
        }
        partition.wasDelivered = true;
        Watermarks marks = Objects.requireNonNull(partition.watermarks, "of what was read");
        return new Chunk(partition.id, partition.since, from, partition.next, taken, marks);
    }

    private void enqueue(HeldPartition partition) {
        (partition.isBehind() ? behind : atEnd).add(partition);
    }

    private void pump() {
        Iterator<HeldPartition> waiting = behind.iterator();
        while (waiting.hasNext() && aheadBytes + reservedBytes < limits.aheadBytesMax()) {
            HeldPartition partition = waiting.next();
            if (!room.tryTake(limits.fetchBytes())) {
                pumpLater();
                break;
            }
            waiting.remove();
            reservedBytes += limits.fetchBytes();
            fetch(partition, Duration.ZERO, limits.fetchBytes());
        }
        Duration wait = reading <= limits.pollsMax() ? limits.pollWait() : limits.turnWait();
        while (polls < limits.pollsMax() && !atEnd.isEmpty()) {
            polls++;
            HeldPartition partition = atEnd.removeFirst();
            // What nothing is known of is asked at once, so that soon something is.
            fetch(partition, partition.watermarks == null ? Duration.ZERO : wait, 0);
        }
    }

    /** Other sessions have all the room: nobody tells when they give some back. */
    private void pumpLater() {
        if (roomTimer == null) {
            roomTimer =
                    lane.schedule(
                            limits.retryPause(),
                            () -> {
                                roomTimer = null;
                                pump();
                            });
        }
    }

    private void fetch(HeldPartition partition, Duration wait, int reserved) {
        long turn = ++partition.turn;
        source.fetch(partition.id, partition.next, limits.fetchBytes(), wait)
                .whenComplete((records, failure) ->
                        lane.execute(() -> fetched(partition, turn, reserved, records, failure)));
    }

    private void fetched(
            HeldPartition partition,
            long turn,
            int reserved,
            @Nullable Records records,
            @Nullable Throwable failure) {
        if (reserved > 0) {
            reservedBytes -= reserved;
            room.give(reserved);
        } else {
            polls--;
        }
        if (partition.isReading && partition.turn == turn) {
            if (records != null) {
                arrived(partition, records, reserved > 0);
            } else {
                failed(partition, failure);
            }
        }
        pump();
    }

    private void arrived(HeldPartition partition, Records records, boolean wasReserved) {
        partition.watermarks = records.watermarks();
        skipTo(partition, records.watermarks().logStart());
        List<ByteBuffer> batches = batchesFrom(partition.next, records.batches());
        if (batches.isEmpty()) {
            if (partition.isBehind()) {
                // What is there is out of reach for now.
                enqueueLater(partition);
            } else {
                enqueue(partition);
                listener.atEnd();
            }
            return;
        }
        long bytes = batches.stream().mapToLong(ByteBuffer::remaining).sum();
        boolean hasRoom =
                wasReserved || aheadBytes == 0 || aheadBytes + bytes <= limits.aheadBytesMax();
        if (hasRoom && room.tryTake(bytes)) {
            aheadBytes += bytes;
            partition.ahead.addAll(batches);
            readable.add(partition);
            listener.readable();
        } else if (hasRoom) {
            enqueueLater(partition);
        } else {
            behind.add(partition);
        }
    }

    private void skipTo(HeldPartition partition, long logStart) {
        if (partition.next < logStart) {
            long from = partition.next;
            partition.next = logStart;
            listener.skipped(partition, from, logStart);
        }
    }

    private static List<ByteBuffer> batchesFrom(long offset, List<ByteBuffer> buffers) {
        var batches = new ArrayList<ByteBuffer>();
        for (ByteBuffer buffer : buffers) {
            for (int at = buffer.position(), size; at < buffer.limit(); at += size) {
                size = RecordBatch.sizeBytes(buffer, at);
                if (RecordBatch.nextOffset(buffer, at) > offset) {
                    batches.add(buffer.slice(at, size));
                }
            }
        }
        return batches;
    }

    private void failed(HeldPartition partition, @Nullable Throwable failure) {
        SluiceException known = Failures.of(failure);
        switch (known.kind()) {
            case UNAVAILABLE, UNKNOWN_OUTCOME, OVERLOADED, FENCED, NOT_FOUND, CONFLICT ->
                    enqueueLater(partition);
            case INVALID -> outOfRange(partition, known);
            case DATA -> stopFor(partition, known);
        }
    }

    /**
     * Which end was passed decides: retention may do so, and only a person moves beyond the end.
     */
    private void outOfRange(HeldPartition partition, SluiceException failure) {
        long turn = ++partition.turn;
        source.range(partition.id)
                .whenComplete((range, unknown) ->
                        lane.execute(() -> {
                            if (!partition.isReading || partition.turn != turn) {
                                return;
                            }
                            if (range == null) {
                                enqueueLater(partition);
                            } else {
                                placeWithin(partition, range, failure);
                            }
                            pump();
                        }));
    }

    private void placeWithin(HeldPartition partition, Watermarks range, SluiceException failure) {
        if (partition.next > range.highWatermark()) {
            stopFor(partition, failure);
            return;
        }
        boolean isWithin = partition.next >= range.logStart();
        skipTo(partition, range.logStart());
        partition.watermarks = range;
        if (isWithin) {
            enqueueLater(partition);
        } else {
            enqueue(partition);
        }
    }

    private void stopFor(HeldPartition partition, SluiceException failure) {
        stop(partition);
        listener.stopped(partition, failure);
    }

    private void enqueueLater(HeldPartition partition) {
        long turn = ++partition.turn;
        lane.schedule(
                limits.retryPause(),
                () -> {
                    if (partition.isReading && partition.turn == turn) {
                        enqueue(partition);
                        pump();
                    }
                });
    }
}
