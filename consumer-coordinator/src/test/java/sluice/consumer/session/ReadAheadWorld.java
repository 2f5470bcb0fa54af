package sluice.consumer.session;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;

/** One session's reading ahead, of partitions that answer when the test says so. */
abstract class ReadAheadWorld {

    /** Of a batch of {@link #one}. */
    static final int BATCH_BYTES = one(0).remaining();

    final VirtualTime time = new VirtualTime(1);
    final Lane lane = time.scope("world").lane("session");
    final ScriptedSource source = new ScriptedSource();
    final ReadRoom room = new ReadRoom(10L * BATCH_BYTES);
    final List<String> told = new ArrayList<>();
    ReadAhead ahead = ahead(2);

    final ReadAhead ahead(int pollsMax) {
        var limits =
                new SessionLimits(
                        3L * BATCH_BYTES,
                        2 * BATCH_BYTES,
                        pollsMax,
                        Duration.ofSeconds(10),
                        Duration.ofMillis(250),
                        Duration.ofMillis(100));
        return new ReadAhead(
                lane,
                source,
                limits,
                room,
                new ReadAhead.Listener() {
                    @Override
                    public void readable() {
                        told.add("readable");
                    }

                    @Override
                    public void atEnd() {
                        told.add("at end");
                    }

                    @Override
                    public void skipped(HeldPartition partition, long from, long to) {
                        told.add("skipped " + from + ".." + to);
                    }

                    @Override
                    public void stopped(HeldPartition partition, SluiceException failure) {
                        told.add("stopped " + partition.id);
                    }
                });
    }

    static ByteBuffer one(long offset) {
        return ScriptedSource.batch(offset, 1, 1_000);
    }

    static HeldPartition held(TopicPartition id) {
        var partition = new HeldPartition(id, 1);
        partition.next = 0;
        return partition;
    }

    HeldPartition started(TopicPartition id) {
        HeldPartition partition = held(id);
        ahead.start(partition);
        return partition;
    }

    /** Started, and its first question answered with what {@code batches} are. */
    HeldPartition reading(TopicPartition id, long highWatermark, ByteBuffer... batches) {
        HeldPartition partition = started(id);
        give(highWatermark, batches);
        return partition;
    }

    void give(long highWatermark, ByteBuffer... batches) {
        source.last().give(highWatermark, batches);
        pass(0);
    }

    /** So long, and what is due then has happened. */
    void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(200_000));
    }

    String take() {
        return take(Long.MAX_VALUE, Long.MAX_VALUE);
    }

    String take(long recordsMax, long bytesMax) {
        return String.join(
                " ",
                ahead.take(recordsMax, bytesMax).stream()
                        .map(chunk ->
                                chunk.partition().partition()
                                        + ":"
                                        + chunk.from()
                                        + ".."
                                        + chunk.nextOffset())
                        .toList());
    }
}
