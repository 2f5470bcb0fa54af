package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import sluice.consumer.Watermarks;
import sluice.consumer.group.TopicPartition;

/** Where the member stands in one partition that it holds. Owned by the session's lane. */
final class HeldPartition {

    final TopicPartition id;

    /** The epoch at which it was given: another hold of the same partition has another. */
    final long since;

    /** Offset that the member gets next; −1 until it is known. */
    long next = -1;

    /** Batches read ahead, one a buffer; the first holds {@link #next}. */
    final ArrayDeque<ByteBuffer> ahead = new ArrayDeque<>();

    /** As the last answer had them. */
    @Nullable Watermarks watermarks;

    /** It is to be given back: nothing of it is delivered any more. */
    boolean isRevoking;

    /** The member wants none of it now. */
    boolean isPaused;

    /** It is read, unless its turn has not come. */
    boolean isReading;

    /** Something of it was handed out in this hold. */
    boolean wasDelivered;

    /** Counts what makes the answers of earlier requests worthless, such as a seek. */
    long turn;

    HeldPartition(TopicPartition id, long since) {
        this.id = id;
        this.since = since;
    }

    /** True if there is known to be something to read. */
    boolean isBehind() {
        return watermarks != null && next < watermarks.highWatermark();
    }

    long aheadBytes() {
        long bytes = 0;
        for (ByteBuffer batch : ahead) {
            bytes += batch.remaining();
        }
        return bytes;
    }
}
