package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.util.List;
import sluice.consumer.Watermarks;
import sluice.consumer.group.TopicPartition;

/**
 * Records of one partition on their way to the member.
 *
 * @param since of the hold under which it was read
 * @param from first offset that is the member's; the first batch may begin before it
 * @param nextOffset offset after the last that is the member's; the last batch may end after it
 * @param batches whole batches, one a buffer
 */
public record Chunk(
        TopicPartition partition,
        long since,
        long from,
        long nextOffset,
        List<ByteBuffer> batches,
        Watermarks watermarks) {

    public Chunk {
        batches = List.copyOf(batches);
    }

    /** Bytes of the batches. */
    public long bytes() {
        return batches.stream().mapToLong(ByteBuffer::remaining).sum();
    }
}
