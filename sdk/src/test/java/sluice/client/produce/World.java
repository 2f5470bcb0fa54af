package sluice.client.produce;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.http.Backoff;
import sluice.client.record.Compression;
import sluice.log.batch.RecordBatch;

/** A producer's machine, gateways as a script has them, and time that goes on when told to. */
final class World {

    static final String TOPIC = "orders";
    static final URI ONE = URI.create("http://one:1");
    static final URI TWO = URI.create("http://two:2");

    private static final long LATENCY_NS = 2_000_000;

    /** What a gateway does with one request: null and it never answers. */
    interface Script {
        Cluster.@Nullable RequestOutcome handle(Sent request);
    }

    /** A request as it arrives, with the bytes as they were then. */
    record Sent(ProduceRequest request, List<ByteBuffer> bytes, long atNs) {

        int partition(int batch) {
            return request.batches().get(batch).queue.partition;
        }
    }

    private record Event(long atNs, long order, Runnable task) {}

    final ProducerMachine machine;
    final ProducerSettings settings;
    final Map<Integer, TwinLog> logs = new HashMap<>();
    final List<Sent> requests = new ArrayList<>();
    private final PriorityQueue<Event> events =
            new PriorityQueue<>(
                    java.util.Comparator.comparingLong(Event::atNs).thenComparing(Event::order));
    private long order;
    long nowNs = 1_000_000;
    @Nullable TopicView view = viewOf(1, ONE);
    boolean isTopicThere = true;
    Script script = this::append;
    long nextProducerId = 1000;
    boolean isIdentityThere = true;
    int identitiesAsked;
    int describes;
    final List<String> described = new ArrayList<>();

    World(ProducerSettings settings) {
        this(settings, new Random(1));
    }

    World(ProducerSettings settings, RandomGenerator random) {
        this.settings = settings;
        machine = new ProducerMachine(settings, List.of(ONE, TWO), random, nowNs);
    }

    static ProducerSettings defaults() {
        return settings(Acks.ALL, true, 1000, 1 << 20);
    }

    static ProducerSettings settings(
            Acks acks, boolean isIdempotent, int batchBytes, long heldBytesMax) {
        return settings(
                acks, isIdempotent, batchBytes, heldBytesMax, Duration.ofSeconds(30), 1 << 20);
    }

    static ProducerSettings settings(
            Acks acks,
            boolean isIdempotent,
            int batchBytes,
            long heldBytesMax,
            Duration deliveryTimeout,
            int requestBytesMax) {
        return new ProducerSettings(
                acks,
                isIdempotent,
                Compression.NONE,
                Duration.ofMillis(5),
                batchBytes,
                heldBytesMax,
                Duration.ofSeconds(1),
                deliveryTimeout,
                Duration.ofSeconds(3),
                requestBytesMax,
                4,
                2,
                Duration.ofSeconds(60),
                Duration.ofMillis(500),
                new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1)));
    }

    static TopicView viewOf(int partitions, URI owner) {
        return new TopicView(1 << 20, Collections.nCopies(partitions, owner));
    }

    // --- the application

    CompletableFuture<RecordMetadata> send(String value) {
        return send(ProducerRecord.of(TOPIC, value));
    }

    CompletableFuture<RecordMetadata> send(ProducerRecord record) {
        TopicState topic = machine.topic(record.topic(), nowNs);
        while (topic.view == null && topic.failure == null) {
            advance(Duration.ofMillis(1));
        }
        if (topic.failure != null) {
            return CompletableFuture.failedFuture(topic.failure);
        }
        try {
            return machine.append(topic, record, ProducerMachine.recordBytes(record), nowNs, 1_000);
        } catch (SluiceApiException refused) {
            return CompletableFuture.failedFuture(refused);
        } finally {
            work();
        }
    }

    // --- time

    void advance(Duration duration) {
        long untilNs = nowNs + duration.toNanos();
        work();
        while (true) {
            Long wakeNs = machine.wakeNs(nowNs);
            long nextNs = events.isEmpty() ? untilNs : Math.min(untilNs, events.peek().atNs);
            if (wakeNs != null && wakeNs < nextNs) {
                nextNs = Math.max(wakeNs, nowNs + 1);
            }
            nowNs = Math.max(nowNs, nextNs);
            if (!events.isEmpty() && events.peek().atNs <= nowNs) {
                events.remove().task.run();
            } else if (nowNs >= untilNs) {
                work();
                return;
            }
            work();
        }
    }

    void advanceMs(long ms) {
        advance(Duration.ofMillis(ms));
    }

    void after(long delayNs, Runnable task) {
        events.add(new Event(nowNs + delayNs, order++, task));
    }

    // --- the cluster

    private void work() {
        ProducerMachine.Work work = machine.work(nowNs);
        work.tellings().forEach(Runnable::run);
        work.requests().forEach(this::arrive);
        for (String topic : work.describes()) {
            describes++;
            described.add(topic);
            after(LATENCY_NS, () -> describe(topic));
        }
        if (work.isIdentityWanted()) {
            identitiesAsked++;
            after(LATENCY_NS, this::identify);
        }
    }

    private void identify() {
        if (isIdentityThere) {
            machine.identified(nextProducerId++);
        } else {
            machine.notIdentified(nowNs);
        }
    }

    private void describe(String topic) {
        TopicView known = view;
        if (!isTopicThere) {
            machine.notDescribed(
                    topic, new SluiceApiException("GET", TwinLog.problem("unknown-topic")), nowNs);
        } else if (known == null) {
            machine.notDescribed(topic, new RetriableException("no gateway"), nowNs);
        } else {
            machine.described(topic, known, nowNs);
        }
    }

    private void arrive(ProduceRequest request) {
        var bytes = new ArrayList<ByteBuffer>();
        for (PendingBatch batch : request.batches()) {
            ByteBuffer sealed = batch.sealed(Compression.NONE, Integer.MAX_VALUE);
            byte[] copy = new byte[sealed.limit()];
            sealed.get(0, copy);
            bytes.add(ByteBuffer.wrap(copy));
        }
        var sent = new Sent(request, bytes, nowNs);
        requests.add(sent);
        Cluster.RequestOutcome outcome = script.handle(sent);
        if (outcome == null) {
            after(
                    settings.requestTimeout().toNanos(),
                    () -> machine.answered(request, gone(sent, true), nowNs));
        } else {
            after(LATENCY_NS, () -> machine.answered(request, outcome, nowNs));
        }
    }

    TwinLog log(int partition) {
        return logs.computeIfAbsent(partition, each -> new TwinLog());
    }

    /** What a gateway does when all is well. */
    Cluster.RequestOutcome append(Sent sent) {
        var outcomes = new ArrayList<BatchOutcome>();
        for (int i = 0; i < sent.bytes.size(); i++) {
            outcomes.add(log(sent.partition(i)).append(sent.bytes.get(i)));
        }
        return new Cluster.RequestOutcome(outcomes, false, false, false);
    }

    static Cluster.RequestOutcome gone(Sent sent, boolean mayBeAppended) {
        return all(sent, new BatchOutcome.Again("no answer", Duration.ZERO, mayBeAppended), true);
    }

    static Cluster.RequestOutcome all(Sent sent, BatchOutcome outcome, boolean isGone) {
        return new Cluster.RequestOutcome(
                Collections.nCopies(sent.bytes.size(), outcome), isGone, false, false);
    }

    /** The request is refused as a whole, whichever batch is to blame. */
    static Cluster.RequestOutcome refused(Sent sent, String code) {
        return new Cluster.RequestOutcome(
                Collections.nCopies(
                        sent.bytes.size(), new BatchOutcome.Refused(TwinLog.problem(code))),
                false,
                true,
                false);
    }

    // --- what tests look at

    /** The first batch under a name is sent and acknowledged. */
    void settle() {
        send("first");
        advanceMs(50);
        assertEquals(1, requests.size());
    }

    ByteBuffer bytes(int request, int batch) {
        return requests.get(request).bytes().get(batch);
    }

    /** Producer id, epoch and sequence of a batch as it was sent. */
    List<Long> sequence(int request, int batch) {
        ByteBuffer bytes = bytes(request, batch);
        return List.of(
                RecordBatch.producerId(bytes, 0),
                (long) RecordBatch.producerEpoch(bytes, 0),
                (long) RecordBatch.baseSequence(bytes, 0));
    }

    static List<Long> offsets(List<CompletableFuture<RecordMetadata>> written) {
        return written.stream().map(each -> each.join().offset()).toList();
    }

    static Throwable failure(CompletableFuture<RecordMetadata> written) {
        assertTrue(written.isDone(), "it has ended");
        return written.exceptionNow();
    }

    static String refusal(CompletableFuture<RecordMetadata> written) {
        return assertInstanceOf(SluiceApiException.class, failure(written)).code();
    }
}
