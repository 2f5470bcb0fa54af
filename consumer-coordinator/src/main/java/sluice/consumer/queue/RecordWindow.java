package sluice.consumer.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.PartitionRef;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Lane;

/**
 * Some of a topic partition's records in memory: those that come next, and those read lately. What
 * is not there is fetched, as any reader fetches it. Owned by the queues' lane.
 */
final class RecordWindow {

    /** What is known of an offset. */
    sealed interface Found {
        record Here(LogRecord record) implements Found {}

        /** The topic has no record there, nor before {@code next}. */
        record Gone(long next) implements Found {}

        /** It is at or beyond the high watermark, as far as is known. */
        record AtEnd() implements Found {}

        /** It must be fetched. */
        record Elsewhere() implements Found {}
    }

    private static final Found AT_END = new Found.AtEnd();
    private static final Found ELSEWHERE = new Found.Elsewhere();
    private static final int CHUNKS_MAX = 8;
    private static final Duration TAIL_WAIT = Duration.ofSeconds(10);

    /**
     * Records from {@code from} to before {@code to}; those in between that are missing are gone.
     */
    private record Chunk(long from, long to, List<LogRecord> records, long bytes) {

        Found find(long offset) {
            int low = 0;
            int high = records.size();
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (records.get(middle).offset() < offset) {
                    low = middle + 1;
                } else {
                    high = middle;
                }
            }
            if (low == records.size()) {
                return new Found.Gone(to);
            }
            LogRecord record = records.get(low);
            return record.offset() == offset
                    ? new Found.Here(record)
                    : new Found.Gone(record.offset());
        }
    }

    private final QueueLogs logs;
    private final Lane lane;
    private final WindowRoom room;
    private PartitionRef partition;
    private final TreeMap<Long, Chunk> chunks = new TreeMap<>();

    /** By their beginning, the one used longest ago first. */
    private final LinkedHashMap<Long, Chunk> byUse = new LinkedHashMap<>(8, 0.75f, true);

    /** Who waits for a fetch, by the offset from which it fetches. */
    private final Map<Long, List<Consumer<Optional<SluiceException>>>> underWay =
            new LinkedHashMap<>();

    private long logStart;
    private long highWatermark;
    private boolean isClosed;

    RecordWindow(QueueLogs logs, Lane lane, WindowRoom room, PartitionRef partition) {
        this.logs = logs;
        this.lane = lane;
        this.room = room;
        this.partition = partition;
    }

    void readFrom(PartitionRef next) {
        partition = next;
    }

    long logStart() {
        return logStart;
    }

    /** As far as was heard. */
    long highWatermark() {
        return highWatermark;
    }

    void heard(long start, long end) {
        logStart = Math.max(logStart, start);
        highWatermark = Math.max(highWatermark, end);
    }

    Found find(long offset) {
        if (offset < logStart) {
            return new Found.Gone(logStart);
        }
        Map.Entry<Long, Chunk> before = chunks.floorEntry(offset);
        if (before != null && offset < before.getValue().to()) {
            byUse.get(before.getKey());
            return before.getValue().find(offset);
        }
        return offset >= highWatermark ? AT_END : ELSEWHERE;
    }

    /** True if the records from there on are short and more of them exist: time to fetch. */
    private boolean isShortAt(long offset) {
        Map.Entry<Long, Chunk> before = chunks.floorEntry(offset);
        if (before == null || offset >= before.getValue().to()) {
            return false;
        }
        Chunk chunk = before.getValue();
        return chunk.to() < highWatermark
                && !chunks.containsKey(chunk.to())
                && chunk.to() - offset < (chunk.to() - chunk.from()) / 2;
    }

    /** Fetches what follows the chunk in use, before it is used up. */
    void readAhead(long offset) {
        if (isShortAt(offset) && !room.isFull()) {
            Chunk chunk = chunks.floorEntry(offset).getValue();
            fetch(chunk.to(), Duration.ZERO, _ -> {});
        }
    }

    /**
     * Fetches the record at an offset and some after it.
     *
     * @param then told how it ended; then {@link #find} may know more
     */
    void fetch(long offset, Consumer<Optional<SluiceException>> then) {
        fetch(offset, Duration.ZERO, then);
    }

    /** Asks where the partition begins and ends now. */
    void refresh(Consumer<Optional<SluiceException>> then) {
        Stages.then(
                logs.range(partition),
                lane,
                range -> {
                    heard(range.logStart(), range.highWatermark());
                    then.accept(Optional.empty());
                },
                error -> then.accept(Optional.of(error)));
    }

    /** Waits some time for records at the end. */
    void awaitRecords(Consumer<Optional<SluiceException>> then) {
        fetch(highWatermark, TAIL_WAIT, then);
    }

    private void fetch(long offset, Duration wait, Consumer<Optional<SluiceException>> then) {
        var waiting = underWay.get(offset);
        if (waiting != null) {
            waiting.add(then);
            return;
        }
        var first = new ArrayList<Consumer<Optional<SluiceException>>>(1);
        first.add(then);
        underWay.put(offset, first);
        Stages.then(
                logs.fetch(partition, offset, room.fetchBytes(), wait),
                lane,
                found -> fetched(offset, found),
                error -> failed(offset, error));
    }

    private void fetched(long offset, QueueLogs.Fetched found) {
        if (isClosed) {
            return;
        }
        heard(found.watermarks().logStart(), found.watermarks().highWatermark());
        try {
            add(offset, found);
        } catch (SluiceException e) {
            ended(offset, Optional.of(e));
            return;
        }
        boolean isMissed = find(offset) instanceof Found.Elsewhere;
        ended(offset, isMissed ? Optional.of(QueueReads.unreadable(offset)) : Optional.empty());
    }

    private void add(long offset, QueueLogs.Fetched found) {
        var records = new ArrayList<LogRecord>();
        long[] bytes = {0};
        Batches.forEachBatch(
                found.batches(), (buffer, at) -> bytes[0] += RecordBatch.sizeBytes(buffer, at));
        Batches.forEach(
                found.batches(),
                record -> {
                    if (record.offset() >= offset) {
                        records.add(record);
                    }
                });
        long to = Batches.nextOffset(found.batches());
        if (to <= offset) {
            return;
        }
        highWatermark = Math.max(highWatermark, to);
        var chunk = new Chunk(offset, to, records, bytes[0]);
        remove(chunks.get(offset));
        chunks.put(offset, chunk);
        byUse.put(offset, chunk);
        room.add(chunk.bytes());
        Iterator<Chunk> oldest = List.copyOf(byUse.values()).iterator();
        while (chunks.size() > (room.isFull() ? 1 : CHUNKS_MAX)) {
            Chunk each = oldest.next();
            if (each != chunk) {
                remove(each);
            }
        }
    }

    private void remove(@Nullable Chunk chunk) {
        if (chunk != null) {
            chunks.remove(chunk.from());
            byUse.remove(chunk.from());
            room.add(-chunk.bytes());
        }
    }

    private void failed(long offset, SluiceException error) {
        if (isClosed) {
            return;
        }
        if (error.kind() != Kind.INVALID) {
            ended(offset, Optional.of(error));
            return;
        }
        // The topic begins later by now.
        Stages.then(
                logs.range(partition),
                lane,
                range -> {
                    heard(range.logStart(), range.highWatermark());
                    boolean isBetween = offset >= range.logStart() && offset <= highWatermark;
                    ended(offset, isBetween ? Optional.of(error) : Optional.empty());
                },
                again -> ended(offset, Optional.of(again)));
    }

    private void ended(long offset, Optional<SluiceException> failure) {
        var waiting = underWay.remove(offset);
        if (waiting != null && !isClosed) {
            waiting.forEach(each -> each.accept(failure));
        }
    }

    /** Lets go of everything. */
    void close() {
        isClosed = true;
        List.copyOf(chunks.values()).forEach(this::remove);
        var waiting = List.copyOf(underWay.values());
        underWay.clear();
        waiting.forEach(each -> each.forEach(one -> one.accept(Optional.of(StateWriter.moved()))));
    }
}
