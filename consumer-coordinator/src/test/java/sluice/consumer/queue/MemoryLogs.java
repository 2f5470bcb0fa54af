package sluice.consumer.queue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import sluice.consumer.PartitionRef;
import sluice.consumer.Watermarks;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.BatchReader;
import sluice.log.batch.RecordBatch;
import sluice.log.lane.Scheduler;

/**
 * The logs of partitions in memory, for several owners of which one may write. What is appended is
 * visible, and answered, some time later.
 */
final class MemoryLogs {

    private static final Duration COMMIT = Duration.ofMillis(2);

    static final class Log {
        final TreeMap<Long, ByteBuffer> batches = new TreeMap<>();
        final List<Runnable> waiting = new ArrayList<>();
        long logStart;
        long highWatermark;
        long nextOffset;
    }

    private final Scheduler scheduler;
    final Map<PartitionId, Log> logs = new HashMap<>();
    int fetches;
    int appends;

    /** A broken rule: an append goes to wherever the log ends, whoever makes it. */
    boolean believesAnything;

    /** While true nothing gets durable. */
    boolean isHeld;

    private final List<Runnable> held = new ArrayList<>();

    MemoryLogs(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    Log log(PartitionId id) {
        return logs.computeIfAbsent(id, _ -> new Log());
    }

    /** A batch of records of a topic, each with its offset as its value. */
    void publish(PartitionId id, int records) {
        Log log = log(id);
        var builder = new BatchBuilder(1024);
        for (int i = 0; i < records; i++) {
            byte[] value = Long.toString(log.nextOffset + i).getBytes(StandardCharsets.UTF_8);
            builder.append(1_000 + log.nextOffset + i, value, value, List.of());
        }
        place(log, builder.build());
        commit(log, log.nextOffset);
    }

    /**
     * What somebody sends.
     *
     * @param key none if it is empty
     * @param headers name, value, name, value
     */
    record Sent(String key, List<String> headers) {
        static Sent of(String key, String... headers) {
            return new Sent(key, List.of(headers));
        }
    }

    /** A batch of records, each with its offset as its value. */
    void publish(PartitionId id, List<Sent> all) {
        Log log = log(id);
        var builder = new BatchBuilder(1024);
        for (int i = 0; i < all.size(); i++) {
            Sent each = all.get(i);
            var headers = new ArrayList<BatchBuilder.Header>();
            for (int at = 0; at < each.headers().size(); at += 2) {
                headers.add(
                        new BatchBuilder.Header(
                                each.headers().get(at), utf8(each.headers().get(at + 1))));
            }
            builder.append(
                    1_000 + i,
                    each.key().isEmpty() ? null : utf8(each.key()),
                    utf8(Long.toString(log.nextOffset + i)),
                    headers);
        }
        place(log, builder.build());
        commit(log, log.nextOffset);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void place(Log log, ByteBuffer batch) {
        RecordBatch.check(batch, 0, batch.limit(), 1 << 22);
        RecordBatch.setBaseOffset(batch, 0, log.nextOffset);
        log.batches.put(log.nextOffset, batch);
        log.nextOffset = RecordBatch.nextOffset(batch, 0);
    }

    private static void commit(Log log, long to) {
        log.highWatermark = Math.max(log.highWatermark, to);
        var waiting = List.copyOf(log.waiting);
        log.waiting.clear();
        waiting.forEach(Runnable::run);
    }

    /** Whole batches before that are gone. */
    void expire(PartitionId id, long before) {
        Log log = log(id);
        while (!log.batches.isEmpty()
                && RecordBatch.nextOffset(log.batches.firstEntry().getValue(), 0) <= before) {
            log.batches.pollFirstEntry();
        }
        log.logStart = log.batches.isEmpty() ? log.nextOffset : log.batches.firstKey();
    }

    private final TreeSet<Long> liedAbout = new TreeSet<>();
    private Log liedLog = new Log();

    /** The gateway died with what it had called durable too early. */
    void loseWhatWasLiedAbout() {
        if (!liedAbout.isEmpty()) {
            liedLog.batches.tailMap(liedAbout.first()).clear();
            liedLog.nextOffset = liedAbout.first();
            liedLog.highWatermark = liedLog.nextOffset;
            liedAbout.clear();
        }
    }

    /** Lets everything become durable that was held. */
    void release() {
        isHeld = false;
        var all = List.copyOf(held);
        held.clear();
        all.forEach(Runnable::run);
    }

    /** What one gateway can do with them. */
    final class Owner implements QueueLogs {
        boolean isOwner = true;

        /** A broken rule: what it appends is called durable before it is. */
        boolean lies;

        /** A broken rule: what is logged of a change is another one. */
        UnaryOperator<Change> tamper = change -> change;

        boolean tampers;

        /** The next append fails so, and is done or not. */
        Fault next = Fault.NONE;

        @Override
        public CompletionStage<Fetched> fetch(
                PartitionRef partition, long offset, int maxBytes, Duration wait) {
            fetches++;
            var future = new CompletableFuture<Fetched>();
            scheduler.schedule(
                    Duration.ofNanos(300_000),
                    () -> read(log(partition.id()), offset, maxBytes, wait, future));
            return future;
        }

        private void read(
                Log log,
                long offset,
                int maxBytes,
                Duration wait,
                CompletableFuture<Fetched> future) {
            if (offset < log.logStart || offset > log.highWatermark) {
                future.completeExceptionally(
                        new SluiceException(Kind.INVALID, "offset-out-of-range", "at=" + offset));
            } else if (offset == log.highWatermark && !wait.isZero()) {
                Runnable again = () -> read(log, offset, maxBytes, Duration.ZERO, future);
                log.waiting.add(again);
                scheduler.schedule(
                        wait,
                        () -> {
                            if (log.waiting.remove(again)) {
                                again.run();
                            }
                        });
            } else {
                var found = new ArrayList<ByteBuffer>();
                int bytes = 0;
                Long first = log.batches.floorKey(offset);
                if (first != null && offset < log.highWatermark) {
                    for (ByteBuffer batch : log.batches.tailMap(first).values()) {
                        if (bytes > maxBytes
                                || RecordBatch.baseOffset(batch, 0) >= log.highWatermark) {
                            break;
                        }
                        found.add(batch.duplicate());
                        bytes += batch.limit();
                    }
                }
                future.complete(
                        new Fetched(found, new Watermarks(log.logStart, log.highWatermark)));
            }
        }

        @Override
        public CompletionStage<Watermarks> range(PartitionRef partition) {
            Log log = log(partition.id());
            return CompletableFuture.completedStage(
                    new Watermarks(log.logStart, log.highWatermark));
        }

        @Override
        public CompletionStage<Long> offsetAt(PartitionRef partition, long timestampMs) {
            Log log = log(partition.id());
            long[] found = {log.highWatermark};
            for (ByteBuffer batch : log.batches.descendingMap().values()) {
                BatchReader.forEach(
                        batch,
                        0,
                        record -> {
                            if (record.timestampMs() >= timestampMs) {
                                found[0] = Math.min(found[0], record.offset());
                            }
                            return true;
                        });
            }
            return CompletableFuture.completedStage(found[0]);
        }

        @Override
        public CompletionStage<Void> append(
                PartitionRef partition, long expectedOffset, ByteBuffer batch) {
            Log log = log(partition.id());
            var future = new CompletableFuture<Void>();
            Fault fault = next;
            next = Fault.NONE;
            if (!isOwner && !believesAnything) {
                return CompletableFuture.failedStage(
                        new SluiceException(Kind.FENCED, "not-owner", "another owns the slot"));
            }
            if (expectedOffset != log.nextOffset && !believesAnything) {
                return CompletableFuture.failedStage(
                        new SluiceException(
                                Kind.CONFLICT,
                                "state-moved",
                                "expected=%d next=%d".formatted(expectedOffset, log.nextOffset)));
            }
            if (fault == Fault.REFUSED) {
                return CompletableFuture.failedStage(
                        new SluiceException(Kind.OVERLOADED, "full", "no room"));
            }
            if (fault == Fault.LOST) {
                // The wal ends before it: whoever recovers the slot does not find it.
                isOwner = false;
            } else {
                place(log, tampers ? tampered(batch, tamper) : batch);
                appends++;
            }
            if (lies && fault == Fault.NONE) {
                liedAbout.add(RecordBatch.baseOffset(batch, 0));
                liedLog = log;
                future.complete(null);
                scheduler.schedule(
                        Duration.ofMillis(50),
                        () -> liedAbout.remove(RecordBatch.baseOffset(batch, 0)));
                commit(log, log.nextOffset);
                return future;
            }
            long to = log.nextOffset;
            Runnable durable =
                    () -> {
                        commit(log, to);
                        if (fault == Fault.NONE) {
                            future.complete(null);
                        } else {
                            future.completeExceptionally(
                                    new SluiceException(
                                            Kind.UNKNOWN_OUTCOME, "wal-lost", "who knows"));
                        }
                    };
            if (isHeld) {
                held.add(durable);
            } else {
                scheduler.schedule(COMMIT, durable);
            }
            return future;
        }
    }

    private static ByteBuffer tampered(ByteBuffer batch, UnaryOperator<Change> tamper) {
        var changes = new ArrayList<byte[]>();
        StateBatch.forEach(
                List.of(batch.duplicate()),
                (change, _) -> changes.add(ChangeCodec.encode(tamper.apply(change))));
        return StateBatch.build(
                changes,
                StateBatch.snapshotAt(List.of(batch)),
                RecordBatch.maxTimestampMs(batch, 0));
    }

    /** What becomes of an append. */
    enum Fault {
        NONE,
        /** It is not done, and that is told. */
        REFUSED,
        /** It is done, and that is not known. */
        DONE_UNKNOWN,
        /** It is not done, that is not known, and the slot goes to another. */
        LOST
    }
}
