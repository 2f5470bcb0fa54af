package sluice.consumer.dispatch;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueueChoice;
import sluice.consumer.queue.QueuePolicy;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.queue.Settlement;
import sluice.consumer.queue.memory.MemoryQueue;
import sluice.log.SluiceException;
import sluice.metadata.QueueConfig;

/**
 * A queue group, the queues of its partitions, and calls between them that take as long as chance
 * wants, are lost on their way there or back, and are answered in any order.
 */
final class GroupWorld {

    static final long QUEUE = 77;

    /** A call under way. */
    private record Call(int partition, Runnable arrives) {}

    final SplittableRandom random;
    final String seed;
    final List<MemoryQueue> queues = new ArrayList<>();
    private final List<Call> calls = new ArrayList<>();
    private final Map<Long, Runnable> later = new LinkedHashMap<>();
    QueueConfig config;
    Host host;
    long nowNs = Duration.ofDays(1).toNanos();
    int faultsPercent;
    long epoch = 1;
    private long lastId;
    private long laterCount;

    GroupWorld(long seed, int partitions, QueueConfig config) {
        this.random = new SplittableRandom(seed);
        this.seed = "seed=" + seed + " ";
        this.config = config;
        for (int i = 0; i < partitions; i++) {
            queues.add(new MemoryQueue());
        }
        this.host = new Host(epoch);
        host.start();
    }

    static TopicPartition partition(int index) {
        return new TopicPartition("t", index);
    }

    UUID newId() {
        return new UUID(random.nextLong(), ++lastId);
    }

    /** One coordinator of the group, deposed once another one is made. */
    final class Host implements QueueEffects {

        final QueueGroup group;
        private final long own;
        private final int[] generation = new int[queues.size()];
        private final boolean[] isOpen = new boolean[queues.size()];
        boolean isStopped;

        Host(long epoch) {
            own = epoch;
            group = new QueueGroup(config, epoch, epoch << 32, GroupWorld.this::newId, this, nowNs);
        }

        private void start() {
            var partitions = new ArrayList<TopicPartition>();
            for (int i = 0; i < queues.size(); i++) {
                partitions.add(partition(i));
            }
            group.follow(partitions, nowNs);
        }

        /** Sends a request; what comes of it is told unless nobody is there any more. */
        void call(
                int partition,
                PartitionRequest request,
                Consumer<PartitionReply> then,
                Runnable failed) {
            calls.add(
                    new Call(
                            partition,
                            () -> {
                                MemoryQueue queue = queues.get(partition);
                                queue.now(nowNs / 1_000_000);
                                boolean isLost = random.nextInt(100) < faultsPercent;
                                if (isLost && random.nextBoolean()) {
                                    answer(failed);
                                    return;
                                }
                                try {
                                    PartitionReply reply = queue.handle(own, request);
                                    answer(isLost ? failed : () -> then.accept(reply));
                                } catch (SluiceException e) {
                                    if (e.code().equals("stale-coordinator")) {
                                        stop();
                                    }
                                    answer(failed);
                                }
                            }));
        }

        private void answer(Runnable task) {
            calls.add(
                    new Call(
                            -1,
                            () -> {
                                if (!isStopped) {
                                    task.run();
                                }
                            }));
        }

        void stop() {
            if (!isStopped) {
                isStopped = true;
                group.stop(
                        new SluiceException(
                                SluiceException.Kind.UNAVAILABLE, "group-moved", "elsewhere"));
            }
        }

        @Override
        public void acquire(
                TopicPartition partition, long number, List<PartitionRequest.Grant> grants) {
            call(
                    partition.partition(),
                    new PartitionRequest.Acquire(number, grants, Duration.ZERO),
                    reply -> {
                        var acquired = (PartitionReply.Acquired) reply;
                        List<List<Delivery>> granted = acquired.granted();
                        group.acquired(number, QUEUE, granted, acquired.backlog(), nowNs);
                    },
                    () -> group.acquireFailed(number, nowNs));
        }

        @Override
        public void watch(TopicPartition partition, boolean rested, int above) {
            watch(partition, generation[partition.partition()], rested ? 5 : 0, above);
        }

        private void watch(TopicPartition partition, int ofGeneration, int rest, int above) {
            later(
                    Duration.ofMillis(10L * rest + random.nextInt(50)),
                    () -> {
                        MemoryQueue queue = queues.get(partition.partition());
                        queue.now(nowNs / 1_000_000);
                        if (isStopped || ofGeneration != generation[partition.partition()]) {
                            return;
                        }
                        int level = queue.backlog().level();
                        if (level > above || random.nextInt(20) == 0) {
                            group.watched(partition, queue.backlog(), nowNs);
                        } else {
                            watch(partition, ofGeneration, 0, Math.min(level, above));
                        }
                    });
        }

        @Override
        public void attach(TopicPartition partition) {
            generation[partition.partition()]++;
            isOpen[partition.partition()] = false;
            attachNow(partition);
        }

        private void attachNow(TopicPartition partition) {
            int index = partition.partition();
            var attach =
                    new PartitionRequest.Attach(
                            new QueuePolicy(
                                    config.deliveryLimit(),
                                    QueuePolicy.Backoff.NONE,
                                    new QueueChoice(
                                            false,
                                            config.choice().isByPriority(),
                                            false,
                                            Optional.empty())),
                            new QueueStart.Earliest());
            Runnable again =
                    () ->
                            later(
                                    Duration.ofMillis(100),
                                    () -> {
                                        if (!isStopped) {
                                            attachNow(partition);
                                        }
                                    });
            call(
                    index,
                    attach,
                    _ ->
                            call(
                                    index,
                                    new PartitionRequest.Leases(0, 1_000_000),
                                    reply -> {
                                        isOpen[index] = true;
                                        group.attached(
                                                partition,
                                                QUEUE,
                                                queues.get(index).backlog(),
                                                ((PartitionReply.Leases) reply).leases(),
                                                nowNs);
                                    },
                                    again),
                    again);
        }

        @Override
        public void giveBack(TopicPartition partition, List<Settlement> settlements) {
            settle(
                    partition,
                    settlements,
                    settled -> group.hinted(partition, settled.backlog(), nowNs));
        }

        /** Once the partition is open, and again until it is answered. */
        void settle(
                TopicPartition partition,
                List<Settlement> settlements,
                Consumer<PartitionReply.Settled> then) {
            if (!isOpen[partition.partition()]) {
                settleLater(partition, settlements, then);
                return;
            }
            call(
                    partition.partition(),
                    new PartitionRequest.Settle(settlements),
                    reply -> then.accept((PartitionReply.Settled) reply),
                    () -> {
                        lost(partition);
                        settleLater(partition, settlements, then);
                    });
        }

        private void settleLater(
                TopicPartition partition,
                List<Settlement> settlements,
                Consumer<PartitionReply.Settled> then) {
            later(
                    Duration.ofMillis(20),
                    () -> {
                        if (!isStopped) {
                            settle(partition, settlements, then);
                        }
                    });
        }

        private void lost(TopicPartition partition) {
            if (isOpen[partition.partition()]) {
                isOpen[partition.partition()] = false;
                group.lost(partition, nowNs);
            }
        }

        @Override
        public void endSession(TopicPartition partition, UUID session) {
            if (!isOpen[partition.partition()]) {
                return; // It is told when the partition is attached.
            }
            call(
                    partition.partition(),
                    new PartitionRequest.EndSessions(List.of(session)),
                    reply ->
                            group.hinted(
                                    partition, ((PartitionReply.Ended) reply).backlog(), nowNs),
                    () -> lost(partition));
        }
    }

    void later(Duration wait, Runnable task) {
        later.put((nowNs + wait.toNanos()) * 1_000 + laterCount++ % 1_000, task);
    }

    /** Another gateway coordinates from now on; this one may not know it yet. */
    void takeOver() {
        Host before = host;
        epoch++;
        host = new Host(epoch);
        host.start();
        if (random.nextBoolean()) {
            before.stop();
        }
    }

    /** Time goes on, and what is due happens. */
    void pass(Duration time) {
        nowNs += time.toNanos();
        for (Map.Entry<Long, Runnable> each : List.copyOf(later.entrySet())) {
            if (each.getKey() / 1_000 - nowNs <= 0) {
                later.remove(each.getKey());
                each.getValue().run();
            }
        }
        OptionalLong next = host.group.nextTickNs();
        while (next.isPresent() && next.getAsLong() - nowNs <= 0) {
            host.group.tick(_ -> false, nowNs);
            next = host.group.nextTickNs();
        }
    }

    /** One of the calls under way arrives, there or back. */
    void arriveOne() {
        if (!calls.isEmpty()) {
            calls.remove(random.nextInt(calls.size())).arrives().run();
        }
    }

    void arriveAll() {
        while (!calls.isEmpty()) {
            arriveOne();
        }
    }

    int done() {
        return queues.stream().mapToInt(each -> each.done.size()).sum();
    }

    String open(int produced) {
        var text = new StringBuilder();
        for (int i = 0; i < queues.size(); i++) {
            for (long offset = 0; offset < produced; offset++) {
                String state = requireNonNull(queues.get(i)).state(offset);
                if (state != null) {
                    text.append(' ').append(i).append('/').append(offset).append(' ').append(state);
                }
            }
        }
        return text.toString();
    }
}
