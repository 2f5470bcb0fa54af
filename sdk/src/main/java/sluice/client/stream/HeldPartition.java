package sluice.client.stream;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchReader;
import sluice.client.batch.BatchRecord;
import sluice.client.error.CorruptBatchException;
import sluice.client.error.MissingLibraryException;
import sluice.client.error.SluiceClientException;
import sluice.client.record.RecordHeader;
import sluice.client.record.TopicPartition;

/**
 * A partition while the member holds it, and what of it is buffered. If it is taken and given again
 * it is another object: what was read for the first one is void.
 *
 * <pre>
 *              position                    fetched
 *   handed out │ decoded │ batches, buffered │ not here yet
 * </pre>
 *
 * <p>A partition's records never change, so a frame is taken if it has the next offset that is
 * wanted, whatever asked for it; another one was under way when the place was moved, and is
 * dropped.
 */
final class HeldPartition {

    final TopicPartition id;

    /** Offset of the next record to hand out. */
    private long position;

    /** Offset that the next frame must have. */
    private long fetched;

    private final Deque<ConsumerRecord> decoded = new ArrayDeque<>();
    private final Deque<ByteBuffer> batches = new ArrayDeque<>();
    private int decodedBytes;
    private long bufferedBytes;

    /** Said in this connection to be held still. */
    boolean isConfirmed;

    boolean isRevoking;

    /** How often it was to be given back, which a member that keeps it after all may see again. */
    int revocations;

    boolean isRevokingTold;
    boolean isReleased;
    boolean isPaused;

    /** The gateway was asked for no more, since too much is buffered. */
    boolean isHeldBack;

    /** No more can be read from here; told once, behind the records before it. */
    @Nullable SluiceClientException failure;

    boolean isFailureTold;

    /** Committed last under this hold, or where it began. */
    long committed;

    /** What the gateway was told last that the member wants next. */
    long resumedAt;

    HeldPartition(TopicPartition id, long position) {
        this.id = id;
        this.position = position;
        this.fetched = position;
        this.committed = position;
    }

    long position() {
        return position;
    }

    long fetched() {
        return fetched;
    }

    long bufferedBytes() {
        return bufferedBytes;
    }

    boolean hasRecords() {
        return !decoded.isEmpty() || !batches.isEmpty();
    }

    /**
     * Takes the batches of a frame.
     *
     * @return false if it does not have the offset that is wanted
     */
    boolean offer(StreamFrames.Records records) {
        if (records.batches().isEmpty()
                || BatchReader.baseOffset(records.batches().get(0), 0) > fetched
                || records.nextOffset() <= fetched) {
            return false;
        }
        for (ByteBuffer batch : records.batches()) {
            if (BatchReader.nextOffset(batch, 0) > fetched) {
                batches.add(batch);
                bufferedBytes += batch.remaining();
                fetched = Math.min(BatchReader.nextOffset(batch, 0), records.nextOffset());
            }
        }
        fetched = records.nextOffset();
        return true;
    }

    /** Retention took what lies before {@code to}. */
    void skip(long from, long to) {
        if (fetched >= from && fetched < to) {
            fetched = to;
            if (!hasRecords()) {
                position = to;
            }
        }
    }

    /**
     * Takes records to hand them out.
     *
     * @return empty if there are none, or if the next cannot be read: then there is a failure
     */
    List<ConsumerRecord> take(int recordsMax) {
        var taken = new ArrayList<ConsumerRecord>();
        while (taken.size() < recordsMax && (!decoded.isEmpty() || decodeNext())) {
            while (taken.size() < recordsMax && !decoded.isEmpty()) {
                ConsumerRecord record = decoded.removeFirst();
                position = record.offset() + 1;
                taken.add(record);
            }
        }
        if (decoded.isEmpty()) {
            giveBackDecoded();
            if (batches.isEmpty() && failure == null) {
                position = fetched; // A batch may end with offsets without records.
            }
        }
        return taken;
    }

    /**
     * @return false if there is nothing to decode, or it cannot be
     */
    private boolean decodeNext() {
        giveBackDecoded();
        ByteBuffer batch = batches.pollFirst();
        if (batch == null) {
            return false;
        }
        decodedBytes = batch.remaining();
        try {
            BatchReader.forEach(batch, batch.position(), this::decode);
            return !decoded.isEmpty() || decodeNext();
        } catch (CorruptBatchException | MissingLibraryException e) {
            failure = e;
            drop();
            return false;
        }
    }

    private boolean decode(BatchRecord record) {
        if (record.offset() >= position && record.offset() < fetched) {
            decoded.add(
                    new ConsumerRecord(
                            id,
                            record.offset(),
                            record.timestampMs(),
                            bytes(record.key()),
                            bytes(record.value()),
                            record.headers().stream()
                                    .map(header ->
                                            new RecordHeader(header.name(), bytes(header.value())))
                                    .toList()));
        }
        return true;
    }

    private static byte @Nullable [] bytes(@Nullable ByteBuffer source) {
        if (source == null) {
            return null;
        }
        byte[] bytes = new byte[source.remaining()];
        source.duplicate().get(bytes);
        return bytes;
    }

    private void giveBackDecoded() {
        bufferedBytes -= decodedBytes;
        decodedBytes = 0;
    }

    /** Goes on elsewhere. */
    void moveTo(long offset) {
        drop();
        clearFailure();
        position = offset;
        fetched = offset;
    }

    void clearFailure() {
        failure = null;
        isFailureTold = false;
    }

    /** Lets go of what is buffered; it is wanted again from {@link #position} on. */
    void drop() {
        decoded.clear();
        batches.clear();
        decodedBytes = 0;
        bufferedBytes = 0;
        fetched = position;
    }
}
