package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import sluice.consumer.dispatch.Lease;
import sluice.consumer.dispatch.QueueEffects;
import sluice.consumer.dispatch.QueueGroup;
import sluice.consumer.dispatch.Receiver;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.PartitionReply.Backlog;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.log.batch.LogRecord;
import sluice.metadata.GroupConfig;

/**
 * A queue group's coordinator without network: a session is done with its message, asks for the
 * next one, and is given it, while all others have theirs.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class DispatchPieces {

    private static final long QUEUE = 7;
    private static final Duration WAIT = Duration.ofSeconds(20);
    private static final int BYTES_MAX = 1 << 20;

    /** More than anybody takes. */
    private static final Backlog READY =
            new Backlog(1_000_000_000L, 0, 0, 0, OptionalLong.empty(), false);

    private static final Settlement.Outcome DONE = new Settlement.Outcome.Acknowledge();
    private static final Settlement.Result AS_ASKED = new Settlement.Result.Done(false);

    /** Each with one message at a time. */
    @Param({"50", "5000"})
    public int sessions;

    @Param({"6", "1000"})
    public int partitions;

    private final ByteBuffer value = ByteBuffer.allocate(100);
    private Owners owners = new Owners();
    private QueueGroup group = group(owners);
    private final List<Consumer> consumers = new ArrayList<>();
    private long lastOffset;
    private long nowNs;
    private int turn;

    private static QueueGroup group(QueueEffects effects) {
        var ids = new long[1];
        return new QueueGroup(
                GroupConfig.queue(List.of("jobs")), 1, 0, () -> new UUID(1, ++ids[0]), effects, 0);
    }

    /** Anew for each iteration, so that none goes on with what the one before left. */
    @Setup(Level.Iteration)
    public void open() {
        owners = new Owners();
        group = group(owners);
        consumers.clear();
        var all = new ArrayList<TopicPartition>();
        for (int i = 0; i < partitions; i++) {
            all.add(new TopicPartition("jobs", i));
        }
        group.follow(all, nowNs);
        for (TopicPartition each : all) {
            group.attached(each, QUEUE, READY, List.of(), nowNs);
        }
        for (int i = 0; i < sessions; i++) {
            UUID session =
                    group.open(
                                    new QueueRequest.Open(
                                            Optional.empty(),
                                            Optional.empty(),
                                            1,
                                            "",
                                            new UUID(2, 2),
                                            ""),
                                    nowNs)
                            .session();
            var consumer = new Consumer(session);
            consumers.add(consumer);
            receive(consumer);
        }
    }

    /** One message acknowledged, another one given. */
    @Benchmark
    public long acknowledgeAndReceive() {
        turn = (turn + 1) % sessions;
        nowNs += 1_000;
        Consumer consumer = consumers.get(turn);
        QueueReply.Message held = consumer.take();
        group.settled(
                held.partition(),
                List.of(new QueueRequest.Item(held.delivery(), DONE)),
                List.of(AS_ASKED),
                READY,
                nowNs);
        receive(consumer);
        return consumer.offset();
    }

    private void receive(Consumer consumer) {
        group.receive(
                new QueueRequest.Receive(
                        Optional.of(consumer.session),
                        Optional.empty(),
                        -1,
                        1,
                        BYTES_MAX,
                        WAIT,
                        Optional.empty()),
                consumer,
                nowNs);
        for (Owners.Asked asked = owners.next(); asked != null; asked = owners.next()) {
            group.acquired(asked.number(), QUEUE, granted(asked), READY, nowNs);
        }
    }

    private List<List<Delivery>> granted(Owners.Asked asked) {
        var granted = new ArrayList<List<Delivery>>(asked.grants().size());
        for (PartitionRequest.Grant each : asked.grants()) {
            var deliveries = new ArrayList<Delivery>(each.messagesMax());
            for (int i = 0; i < each.messagesMax(); i++) {
                lastOffset++;
                deliveries.add(
                        new Delivery(
                                lastOffset,
                                1,
                                0,
                                OptionalLong.empty(),
                                new LogRecord(lastOffset, 0, null, value, List.of())));
            }
            granted.add(deliveries);
        }
        return granted;
    }

    /** Whoever takes messages, one at a time. */
    private static final class Consumer implements Receiver {
        private final UUID session;
        private QueueReply.@Nullable Message held;

        Consumer(UUID session) {
            this.session = session;
        }

        @Override
        public void received(long number, List<QueueReply.Message> messages) {
            if (!messages.isEmpty()) {
                held = messages.getFirst();
            }
        }

        @Override
        public void again(long number, List<Lease> leases) {
            throw new IllegalStateException("no answer is lost here");
        }

        @Override
        public void failed(SluiceException error) {
            throw error;
        }

        QueueReply.Message take() {
            QueueReply.Message taken = held;
            if (taken == null) {
                throw new IllegalStateException("a session that was not served: " + session);
            }
            held = null;
            return taken;
        }

        long offset() {
            QueueReply.Message present = held;
            return present == null ? -1 : present.record().offset();
        }
    }

    /** What the partitions' owners were asked for, until it is answered. */
    private static final class Owners implements QueueEffects {

        record Asked(long number, List<PartitionRequest.Grant> grants) {}

        private final ArrayDeque<Asked> asked = new ArrayDeque<>();

        @Nullable Asked next() {
            return asked.poll();
        }

        @Override
        public void acquire(
                TopicPartition partition, long number, List<PartitionRequest.Grant> grants) {
            asked.add(new Asked(number, grants));
        }

        @Override
        public void watch(TopicPartition partition, boolean rested, int above) {
            // All of them always have something.
        }

        @Override
        public void attach(TopicPartition partition) {
            // They are told.
        }

        @Override
        public void giveBack(TopicPartition partition, List<Settlement> settlements) {
            throw new IllegalStateException("nothing goes back here");
        }

        @Override
        public void endSession(TopicPartition partition, UUID session) {
            throw new IllegalStateException("no session ends here");
        }
    }
}
