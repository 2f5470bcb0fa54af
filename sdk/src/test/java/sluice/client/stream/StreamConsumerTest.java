package sluice.client.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import sluice.client.error.SluiceApiException;
import sluice.client.record.TopicPartition;
import sluice.log.lane.Lane;

/** The consumer as an application has it, on threads. */
class StreamConsumerTest {

    private static final TopicPartition FIRST = new TopicPartition(FakeGroup.TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(FakeGroup.TOPIC, 1);
    private static final Duration LONG = Duration.ofSeconds(30);

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Lane lane = new ExecutorLane(thread);
    private final FakeGroup group = new FakeGroup(2);
    private final FakeCluster cluster = new FakeCluster(lane, group, new Random(1));
    private final List<StreamConsumer> consumers = new ArrayList<>();

    @AfterEach
    void close() {
        consumers.forEach(StreamConsumer::close);
        thread.shutdownNow();
    }

    private record Options(RebalanceListener listener, boolean autoCommit, int parallelism) {
        static final Options PLAIN = new Options(new RebalanceListener() {}, false, 4);
    }

    private StreamConsumer consumer(Options options) {
        var consumer =
                new StreamConsumer(
                        new StreamConsumer.Parts(
                                FakeCluster.clientLane(lane),
                                cluster,
                                FakeCluster.settings(0, 1 << 20),
                                () -> {},
                                options.listener(),
                                options.autoCommit(),
                                Duration.ofMillis(1),
                                Duration.ofSeconds(20),
                                100,
                                options.parallelism()));
        consumers.add(consumer);
        return consumer;
    }

    private <T> T inGroup(Function<FakeGroup, T> question) {
        return CompletableFuture.supplyAsync(() -> question.apply(group), thread).join();
    }

    private void append(int partition, int records) {
        inGroup(there -> {
            there.append(partition, records);
            return 0;
        });
    }

    private long committed(int partition) {
        var id = new TopicPartition(FakeGroup.TOPIC, partition);
        return inGroup(there -> there.committed.getOrDefault(id, 0L));
    }

    private static void until(BooleanSupplier condition) {
        long endNs = System.nanoTime() + LONG.toNanos();
        while (!condition.getAsBoolean()) {
            assertTrue(System.nanoTime() < endNs, "in time");
            Thread.onSpinWait();
        }
    }

    private static List<ConsumerRecord> poll(StreamConsumer consumer, int records) {
        var found = new ArrayList<ConsumerRecord>();
        until(() -> {
            consumer.poll(Duration.ofMillis(100)).forEach(found::add);
            return found.size() >= records;
        });
        return found;
    }

    @Test
    void pollsReturnRecordsAndCommitsAreDurable() {
        append(0, 10);
        append(1, 10);
        var consumer = consumer(Options.PLAIN);

        assertEquals(20, poll(consumer, 20).size());
        assertEquals(10, consumer.position(FIRST));
        assertEquals(0, committed(0));
        consumer.commit();
        assertEquals(10, committed(0));
        consumer.commit(Map.of(FIRST, 7L));
        assertEquals(7, committed(0));
        var refused =
                assertThrows(
                        SluiceApiException.class,
                        () -> consumer.commit(Map.of(new TopicPartition("other", 0), 1L)));
        assertEquals("not-assigned", refused.code());
    }

    @Test
    void aPollWithoutRecordsReturnsInTheEnd() {
        var consumer = consumer(Options.PLAIN);

        assertTrue(consumer.poll(Duration.ofMillis(50)).isEmpty());
    }

    @Test
    void anAutomaticCommitIsOfWhatEarlierPollsReturned() {
        append(0, 10);
        var consumer = consumer(new Options(new RebalanceListener() {}, true, 4));
        poll(consumer, 10);
        append(1, 1);
        poll(consumer, 1);

        until(() -> {
            consumer.poll(Duration.ofMillis(1));
            return committed(0) == 10;
        });
        consumer.close();
        assertEquals(1, committed(1));
        int members = inGroup(there -> there.members.size());
        assertEquals(0, members);
    }

    @Test
    void theListenerIsToldAndMayCommitBeforePartitionsGo() {
        append(0, 10);
        append(1, 10);
        var told = new ArrayList<String>();
        var self = new CompletableFuture<StreamConsumer>();
        var consumer =
                consumer(
                        new Options(
                                new RebalanceListener() {
                                    @Override
                                    public void onAssigned(Set<TopicPartition> partitions) {
                                        told.add("assigned " + partitions.size());
                                    }

                                    @Override
                                    public void onRevoking(Set<TopicPartition> partitions) {
                                        told.add("revoking " + partitions.size());
                                        self.join().commit();
                                    }
                                },
                                false,
                                4));
        self.complete(consumer);
        poll(consumer, 20);
        var other = consumer(Options.PLAIN);
        until(() -> {
            consumer.poll(Duration.ofMillis(1));
            other.poll(Duration.ofMillis(1));
            return !other.assignment().isEmpty();
        });

        assertEquals(List.of("assigned 2", "revoking 1"), told);
        assertEquals(10, committed(0));
        assertEquals(10, committed(1));
    }

    /** Commits find no coordinator, or do again. */
    private void coordinator(boolean isThere) {
        inGroup(there -> cluster.coordinatorDown = isThere ? 0 : 100);
    }

    @Test
    void aPartitionThatGoesStopsNoOtherWhileItIsCommitted() {
        append(0, 10);
        append(1, 10);
        var one = consumer(new Options(new RebalanceListener() {}, true, 4));
        poll(one, 20);
        coordinator(false);
        var other = consumer(Options.PLAIN);
        until(() -> {
            one.poll(Duration.ofMillis(1));
            return inGroup(FakeGroup::isRevoking);
        });
        append(0, 5);
        append(1, 5);

        List<ConsumerRecord> kept = poll(one, 5);
        assertEquals(Set.of(SECOND), partitions(kept), "what goes stands still");
        assertEquals(Set.of(), other.assignment(), "it is not given back before it is committed");
        coordinator(true);
        List<ConsumerRecord> moved = poll(other, 5);
        assertEquals(FIRST + "/10", moved.get(0).id());
    }

    private static Set<TopicPartition> partitions(List<ConsumerRecord> records) {
        return records.stream().map(ConsumerRecord::topicPartition).collect(Collectors.toSet());
    }

    @Test
    void aHandlersPartitionThatGoesStopsNoOtherWhileItIsCommitted() {
        append(0, 10);
        append(1, 10);
        var one = consumer(Options.PLAIN);
        var handled = ConcurrentHashMap.<String>newKeySet();
        var run = CompletableFuture.runAsync(() -> one.run(record -> handled.add(record.id())));
        until(() -> handled.size() == 20);
        coordinator(false);
        append(0, 1);
        append(1, 1);
        until(() -> handled.size() == 22);
        var other = consumer(Options.PLAIN);
        until(() -> inGroup(FakeGroup::isRevoking));
        append(0, 5);
        append(1, 5);

        until(() -> handled.contains(SECOND + "/15"));
        assertEquals(22 + 5, handled.size(), "what goes stands still");
        assertEquals(Set.of(), other.assignment(), "it is not given back before it is committed");
        coordinator(true);
        assertEquals(FIRST + "/11", poll(other, 5).get(0).id());
        one.close();
        run.join();
    }

    @Test
    void aWakeupEndsAPollThatWaits() {
        var consumer = consumer(Options.PLAIN);
        var polling =
                CompletableFuture.supplyAsync(
                        () -> assertThrows(WakeupException.class, () -> consumer.poll(LONG)));
        consumer.wakeup();
        polling.join();
    }

    @Test
    void whoIsClosedRefusesCallsInsteadOfLeavingThemWithoutAnswer() {
        var consumer = consumer(Options.PLAIN);
        poll(consumer, 0);
        consumer.close();
        consumer.close();

        assertThrows(IllegalStateException.class, consumer::assignment);
        assertThrows(IllegalStateException.class, () -> consumer.position(FIRST));
        assertThrows(IllegalStateException.class, () -> consumer.seek(FIRST, 1));
        assertThrows(IllegalStateException.class, consumer::commit);
        assertThrows(IllegalStateException.class, () -> consumer.commit(Map.of(FIRST, 1L)));
        assertThrows(IllegalStateException.class, () -> consumer.poll(LONG));
    }

    @Test
    void aSecondThreadIsTurnedAway() throws Exception {
        var consumer = consumer(Options.PLAIN);
        append(0, 1);
        var handling = new CountDownLatch(1);
        var goOn = new CountDownLatch(1);
        var running =
                CompletableFuture.runAsync(() ->
                        consumer.run(record -> {
                            handling.countDown();
                            goOn.await();
                        }));
        handling.await();
        assertThrows(IllegalStateException.class, () -> consumer.poll(LONG));
        goOn.countDown();
        consumer.close();
        running.join();
        assertEquals(1, committed(0));
    }

    @Test
    void aHandlerHasEachPartitionsRecordsInOrderAndThemCommitted() {
        for (int i = 0; i < 20; i++) {
            append(0, 50);
            append(1, 50);
        }
        var consumer = consumer(Options.PLAIN);
        Map<TopicPartition, List<Long>> handled = new ConcurrentHashMap<>();
        var running =
                CompletableFuture.runAsync(() ->
                        consumer.run(record ->
                                handled.computeIfAbsent(
                                                record.topicPartition(), p -> new ArrayList<>())
                                        .add(record.offset())));
        until(() -> committed(0) == 1000 && committed(1) == 1000);
        consumer.close();
        running.join();
        for (List<Long> offsets : handled.values()) {
            assertEquals(LongStream.range(0, 1000).boxed().toList(), offsets);
        }
    }

    @Test
    void aRecordThatTakesLongDelaysNoOtherPartition() throws Exception {
        append(0, 1);
        var consumer = consumer(Options.PLAIN);
        var goOn = new CountDownLatch(1);
        var second = ConcurrentHashMap.<Long>newKeySet();
        var started = new CountDownLatch(1);
        var running =
                CompletableFuture.runAsync(() ->
                        consumer.run(record -> {
                            if (record.partition() == 0) {
                                started.countDown();
                                goOn.await();
                            } else {
                                second.add(record.offset());
                            }
                        }));
        started.await();
        append(1, 500);
        until(() -> second.size() == 500 && committed(1) == 500);
        assertEquals(0, committed(0));
        goOn.countDown();
        until(() -> committed(0) == 1);
        consumer.close();
        running.join();
    }

    @Test
    void aHandlerThatFailsLeavesItsRecordForTheNextPoll() {
        append(0, 10);
        append(1, 10);
        var consumer = consumer(Options.PLAIN);
        var failed =
                assertThrows(
                        HandlerFailedException.class,
                        () ->
                                consumer.run(record -> {
                                    if (record.id().equals("orders/0/6")) {
                                        throw new IllegalStateException("not this one");
                                    }
                                }));

        assertEquals("orders/0/6", failed.record().id());
        assertEquals(6, committed(0));
        // The other partition's handler may have stopped early too.
        var left = new ArrayList<String>();
        until(() -> {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> left.add(record.id()));
            return left.contains("orders/0/6");
        });
        assertFalse(left.contains("orders/0/5"), left::toString);
    }

    @Test
    void whatAHandlerDidNotComeToOfAPartitionThatGoesIsReadByTheNextMember() throws Exception {
        append(0, 10);
        append(1, 10);
        var one = consumer(Options.PLAIN);
        var goOn = new CountDownLatch(1);
        var handled = ConcurrentHashMap.<String>newKeySet();
        var twice = ConcurrentHashMap.<String>newKeySet();
        var started = new CountDownLatch(2);
        RecordHandler handler =
                record -> {
                    if (record.offset() == 3 && goOn.getCount() > 0) {
                        started.countDown();
                        goOn.await();
                    }
                    if (!handled.add(record.id())) {
                        twice.add(record.id());
                    }
                };
        var first = CompletableFuture.runAsync(() -> one.run(handler));
        assertTrue(started.await(30, TimeUnit.SECONDS));
        var other = consumer(Options.PLAIN);
        var second = CompletableFuture.runAsync(() -> other.run(handler));
        until(() -> inGroup(there -> there.members.size()) == 2);
        goOn.countDown();
        until(() -> committed(0) == 10 && committed(1) == 10);

        one.close();
        other.close();
        first.join();
        second.join();
        assertEquals(20, handled.size());
        assertEquals(Set.of(), twice);
    }
}
