package sluice.cli.consume;

import java.nio.ByteBuffer;
import java.time.Duration;
import sluice.cli.http.Answer;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Problem;
import sluice.log.SluiceException;
import sluice.log.batch.BatchReader;
import sluice.log.batch.LogRecord;
import sluice.log.batch.RecordBatch;

/**
 * Reads one partition from its start to its end, each record once and in order.
 *
 * <p>The place is kept here and moves only by records that were handed on, so a call may be
 * repeated, at any gateway. Offsets must follow each other without a gap; a gap ends the reading.
 */
final class PartitionReader {

    /** Where the records of one answer go. */
    interface Sink {
        /**
         * @return false if no more are wanted
         */
        boolean record(LogRecord record);

        /** All records of one answer were given. */
        void answerEnds();
    }

    private static final int RECORD_BYTES_MAX = Integer.MAX_VALUE;

    /** The most that a gateway takes; the bytes are the limit that counts. */
    private static final int ANSWER_RECORDS_MAX = 100_000;

    private final GatewayClient client;
    private final String path;
    private final Duration timeout;
    private final int maxBytes;

    /** The offset to read next; −1 until the first answer says where the start point is. */
    private long next = -1;

    private String startQuery;

    /** Records before this time are skipped until the first that is not; MIN_VALUE for none. */
    private long fromTimestampMs = Long.MIN_VALUE;

    PartitionReader(
            GatewayClient client,
            String topic,
            int partition,
            StartPoint start,
            long highWatermark,
            int maxBytes,
            Duration timeout) {
        this.client = client;
        this.path =
                "/v1/topics/%s/partitions/%d/records?".formatted(Call.segment(topic), partition);
        this.maxBytes = maxBytes;
        this.timeout = timeout;
        this.startQuery = "";
        switch (start) {
            case StartPoint.Earliest() -> startQuery = "offset=earliest";
            case StartPoint.AtTime(var timestampMs) -> {
                startQuery = "timestamp=" + timestampMs;
                fromTimestampMs = timestampMs;
            }
            case StartPoint.AtOffset(var offset) -> next = offset;
            // Asked as a number: a repeated question for "latest" would skip what came between.
            case StartPoint.Latest() -> next = highWatermark;
        }
    }

    /**
     * Reads until {@code end}, or until the sink wants no more.
     *
     * @param end first offset not to read
     * @throws CommandFailure if a call was refused, or the bytes are not what was written
     */
    void readTo(long end, Sink sink) throws InterruptedException {
        while (next < end) {
            Answer answer =
                    client.send(
                            Call.get(
                                    path
                                            + (next < 0 ? startQuery : "offset=" + next)
                                            + "&maxBytes="
                                            + maxBytes
                                            + "&max="
                                            + ANSWER_RECORDS_MAX
                                            + "&wait=5s&format=binary"),
                            timeout);
            boolean more = take(answer, end, sink);
            sink.answerEnds();
            if (!more) {
                return;
            }
        }
    }

    private boolean take(Answer answer, long end, Sink sink) {
        ByteBuffer body = answer.body();
        long answerNext = answer.longHeader("Sluice-Next-Offset");
        if (next < 0) {
            next = startOf(answer, body, answerNext);
        }
        int at = 0;
        long expected = -1;
        while (at < body.limit()) {
            int size = check(body, at);
            long base = RecordBatch.baseOffset(body, at);
            if (expected < 0 ? base > next : base != expected) {
                throw damaged(
                        "expected a batch at offset %d, found one at %d"
                                .formatted(expected < 0 ? next : expected, base));
            }
            expected = RecordBatch.nextOffset(body, at);
            if (!takeBatch(body, at, end, sink)) {
                return false;
            }
            at += size;
        }
        if (answerNext != Math.max(next, expected)) {
            throw damaged(
                    "the answer ends at offset %d, its header says %d"
                            .formatted(Math.max(next, expected), answerNext));
        }
        return true;
    }

    private boolean takeBatch(ByteBuffer body, int at, long end, Sink sink) {
        return BatchReader.forEach(
                body,
                at,
                record -> {
                    if (record.offset() < next) {
                        return true;
                    }
                    if (record.offset() >= end) {
                        return false;
                    }
                    if (record.timestampMs() >= fromTimestampMs) {
                        fromTimestampMs = Long.MIN_VALUE;
                        if (!sink.record(record)) {
                            return false;
                        }
                    }
                    next = record.offset() + 1;
                    return true;
                });
    }

    /** The first offset that belongs to the start point; the answer may begin before it. */
    private long startOf(Answer answer, ByteBuffer body, long answerNext) {
        if (!body.hasRemaining()) {
            fromTimestampMs = Long.MIN_VALUE;
            return answerNext;
        }
        var _ = check(body, 0);
        long base = RecordBatch.baseOffset(body, 0);
        return Math.max(base, answer.longHeader("Sluice-Log-Start"));
    }

    private static int check(ByteBuffer body, int at) {
        try {
            return RecordBatch.check(body, at, body.limit(), RECORD_BYTES_MAX);
        } catch (SluiceException corrupt) {
            throw damaged(String.valueOf(corrupt.getMessage()));
        }
    }

    private static CommandFailure damaged(String what) {
        return new CommandFailure(
                Problem.local(
                        "Records not as they were written",
                        what,
                        "try another gateway with --gateway; if it stays, please report it"));
    }
}
