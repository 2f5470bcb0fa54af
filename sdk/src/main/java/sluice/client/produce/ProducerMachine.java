package sluice.client.produce;

import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchBuilder;
import sluice.client.error.SluiceApiException;

/**
 * Decides what a producer sends where, and when; does nothing of it. {@link PartitionQueue} has the
 * way of a batch. One thread at a time; time comes as an argument.
 */
final class ProducerMachine {

    /** Topics that nothing was written to for so long are forgotten. */
    private static final long TOPIC_IDLE_NS = 300_000_000_000L;

    /**
     * What to do, in this order.
     *
     * @param requests to send
     * @param describes topics to describe
     * @param isIdentityWanted a producer id is to be asked for
     */
    record Work(
            List<Runnable> tellings,
            List<ProduceRequest> requests,
            List<String> describes,
            boolean isIdentityWanted) {

        boolean isNone() {
            return tellings.isEmpty()
                    && requests.isEmpty()
                    && describes.isEmpty()
                    && !isIdentityWanted;
        }
    }

    /** What a request would hold, before it is known whether it is worth sending. */
    private static final class Draft {
        final List<PartitionQueue> queues = new ArrayList<>();
        boolean isDue;
    }

    private final ProducerSettings settings;
    private final RandomGenerator random;
    private final GatewayTable gateways;
    private final Map<String, TopicState> topics = new HashMap<>();
    private final Counters counters = new Counters();
    private final Ends ends = new Ends(counters);

    private final Identities identities;
    private long heldBytes;
    private int batchesMade;
    private int urgent;

    /** When something is to be sent because of the last append; null if it changed nothing. */
    private @Nullable Long appendDueNs;

    ProducerMachine(
            ProducerSettings settings, List<URI> gateways, RandomGenerator random, long nowNs) {
        this.settings = settings;
        this.random = random;
        this.gateways =
                new GatewayTable(
                        gateways, settings.requestsPerGatewayMax(), settings.backoff(), random);
        this.identities =
                new Identities(settings.isIdempotent(), settings.backoff(), random, nowNs);
    }

    // --- records

    /** The topic, known or to be described by the next {@link #work}. */
    TopicState topic(String name, long nowNs) {
        return topics.computeIfAbsent(
                name,
                each -> new TopicState(each, random.nextInt(1 << 20), settings, counters, nowNs));
    }

    boolean hasRoom(long recordBytes) {
        return heldBytes + recordBytes <= settings.heldBytesMax() || heldBytes == 0;
    }

    /**
     * Takes a record of a topic that is described, for which there is room.
     *
     * @param recordBytes at most so many will it take in a batch
     * @throws SluiceApiException {@code partition-out-of-range}, {@code record-too-large}
     */
    CompletableFuture<RecordMetadata> append(
            TopicState topic, ProducerRecord record, long recordBytes, long nowNs, long wallMs) {
        TopicView view = topic.view;
        if (view == null) {
            throw new IllegalStateException("not described: topic=" + topic.name);
        }
        int partition =
                record.partition().isPresent() ? Refusals.checked(record, view.partitions()) : -1;
        Refusals.check(record, view.recordBytesMax());
        if (partition < 0) {
            partition = topic.choose(record.key(), view.partitions(), recordBytes);
        }
        PartitionQueue queue = topic.queue(partition);
        queue.closeUnlessFits(recordBytes);
        // A batch that fills up further changes nothing about when there is work.
        boolean isNew = queue.open == null;
        PendingBatch batch = queue.taking((int) recordBytes, nowNs);
        CompletableFuture<RecordMetadata> future =
                batch.append(record, record.timestampMs().orElse(wallMs));
        batchesMade += isNew ? 1 : 0;
        batch.heldBytes += recordBytes;
        heldBytes += recordBytes;
        counters.recordsTaken++;
        topic.usedNs = nowNs;
        topic.active.add(queue);
        boolean isFull = batch.sizeBytes() >= settings.batchBytes();
        if (isFull) {
            queue.close();
        }
        appendDueNs = isNew || isFull ? queue.sendNs(nowNs, urgent > 0) : null;
        return future;
    }

    /**
     * Whether the last {@link #append} makes work before the moment when it is looked for anyway.
     */
    boolean wantsWork(@Nullable Long lookedForNs) {
        Long dueNs = appendDueNs;
        return dueNs != null && (lookedForNs == null || dueNs - lookedForNs < 0);
    }

    /** From now on until {@link #calm}, nothing lingers: somebody waits for room or for the end. */
    void hurry() {
        urgent++;
    }

    void calm() {
        urgent--;
    }

    /** Closes the batches that take records; returns all that have not ended. */
    List<PendingBatch> unfinished() {
        var unfinished = new ArrayList<PendingBatch>();
        for (TopicState topic : topics.values()) {
            topic.active.forEach(queue -> unfinished.addAll(queue.unfinished()));
        }
        return unfinished;
    }

    /** Ends everything that has not ended. */
    void abandon(String why) {
        for (TopicState topic : topics.values()) {
            topic.active.forEach(queue -> queue.endAll(batch -> ends.gaveUp(batch, why)));
        }
    }

    // --- answers

    void answered(ProduceRequest request, Cluster.RequestOutcome outcome, long nowNs) {
        gateways.answered(request.gateway(), outcome.isGatewayGone(), nowNs);
        boolean isStale = outcome.isGatewayGone() || outcome.isTopicGone();
        boolean isOneToBlame = outcome.isOfTheWhole() && request.batches().size() > 1;
        List<BatchOutcome> outcomes = new ArrayList<>(outcome.outcomes());
        for (int i = 0; i < outcomes.size(); i++) {
            if (isOneToBlame && outcomes.get(i) instanceof BatchOutcome.Refused refused) {
                request.batches().get(i).isAlone = true;
                outcomes.set(
                        i,
                        new BatchOutcome.Again(
                                refused.problem().toString(), java.time.Duration.ZERO, false));
            }
            isStale |= !(outcomes.get(i) instanceof BatchOutcome.Appended);
        }
        TopicState topic = topics.get(request.topic());
        if (topic != null) {
            topic.isStale |= isStale;
        }
        for (int from = 0; from < outcomes.size(); ) {
            int to = from;
            // Not by number: the topic may have been forgotten and begun anew in between.
            PartitionQueue queue = request.batches().get(from).queue;
            while (to < outcomes.size() && request.batches().get(to).queue == queue) {
                to++;
            }
            queue.answered(
                    request.batches().subList(from, to),
                    outcomes.subList(from, to),
                    nowNs,
                    random,
                    ends);
            from = to;
        }
    }

    void described(String name, TopicView view, long nowNs) {
        TopicState topic = topics.get(name);
        if (topic != null) {
            topic.isDescribing = false;
            topic.described(view, nowNs);
        }
    }

    /** A topic that was never described, or is no more, is forgotten with all its batches. */
    void notDescribed(String name, RuntimeException failure, long nowNs) {
        TopicState topic = topics.get(name);
        if (topic == null) {
            return;
        }
        topic.isDescribing = false;
        if (failure instanceof SluiceApiException refused) {
            topic.queues()
                    .forEach(
                            queue -> queue.endAll(batch -> ends.refused(batch, refused.problem())));
            forget(topic, failure);
        } else if (topic.view == null) {
            forget(topic, failure);
        } else {
            topic.viewSinceNs = nowNs; // What is known serves on; it is asked for again later.
        }
    }

    private void forget(TopicState topic, RuntimeException failure) {
        topic.failure = failure;
        topics.remove(topic.name);
        identities.forget(topic);
    }

    void identified(long producerId) {
        identities.given(producerId);
    }

    void notIdentified(long nowNs) {
        identities.notGiven(nowNs);
    }

    // --- work

    /** What is to be done now. */
    Work work(long nowNs) {
        for (TopicState topic : topics.values()) {
            for (PartitionQueue queue : topic.active) {
                queue.expire(nowNs, ends);
            }
            topic.active.removeIf(PartitionQueue::isEmpty);
        }
        var requests = new ArrayList<ProduceRequest>();
        int before;
        do {
            before = requests.size();
            topics.values().forEach(topic -> drain(topic, nowNs, requests));
        } while (requests.size() > before);
        heldBytes -= ends.takeFreedBytes();
        assert heldBytes >= 0 : "what ended was held: heldBytes=" + heldBytes;
        return new Work(
                ends.takeUntold(), requests, toDescribe(nowNs), identities.takeAsking(nowNs));
    }

    private List<String> toDescribe(long nowNs) {
        var names = new ArrayList<String>();
        for (TopicState topic : List.copyOf(topics.values())) {
            boolean isUsed = !topic.active.isEmpty();
            if (topic.isDescribing) {
                continue;
            }
            if (topic.view != null && !isUsed && nowNs - topic.usedNs >= TOPIC_IDLE_NS) {
                forget(topic, new IllegalStateException("forgotten: topic=" + topic.name));
                continue;
            }
            long ageNs = nowNs - topic.viewSinceNs;
            boolean isOld =
                    isUsed
                            && (ageNs >= settings.viewAgeMax().toNanos()
                                    || (topic.isStale
                                            && ageNs >= settings.staleViewAge().toNanos()));
            if (topic.view == null || isOld) {
                topic.isDescribing = true;
                names.add(topic.name);
            }
        }
        return names;
    }

    private void drain(TopicState topic, long nowNs, List<ProduceRequest> requests) {
        TopicView view = topic.view;
        if (view == null || topic.active.isEmpty()) {
            return;
        }
        if (!identities.isThere()) {
            return;
        }
        var drafts = new LinkedHashMap<URI, Draft>();
        for (PartitionQueue queue : topic.active) {
            if (!queue.maySend(nowNs)) {
                continue;
            }
            if (queue.needsIdentity(identities.current())) {
                identities.need();
                continue;
            }
            @Nullable URI owner =
                    queue.partition < view.partitions() ? view.owners().get(queue.partition) : null;
            URI gateway = gateways.target(owner, nowNs);
            if (gateways.hasRoom(gateway)) {
                Draft draft = drafts.computeIfAbsent(gateway, each -> new Draft());
                draft.queues.add(queue);
                draft.isDue |= queue.isDue(nowNs, urgent > 0);
            }
        }
        drafts.forEach((gateway, draft) -> {
            if (draft.isDue) {
                requests.add(request(topic, view, gateway, draft));
            }
        });
    }

    private ProduceRequest request(TopicState topic, TopicView view, URI gateway, Draft draft) {
        var batches = new ArrayList<PendingBatch>();
        long bytes = 0;
        for (PartitionQueue queue : draft.queues) {
            boolean isFull = bytes + queue.nextBytes() > settings.requestBytesMax();
            if (!batches.isEmpty() && (isFull || queue.isAlone())) {
                continue;
            }
            for (PendingBatch batch : queue.take(identities.current())) {
                batches.add(batch);
                bytes += batch.sizeBytes();
            }
            // Served last: the others come first next time.
            topic.active.remove(queue);
            topic.active.add(queue);
            if (batches.get(0).isAlone) {
                break;
            }
        }
        gateways.sent(gateway);
        counters.requests++;
        return new ProduceRequest(gateway, topic.name, view.recordBytesMax(), batches);
    }

    /** When {@link #work} is to be called again if nothing happens before; null for never. */
    @Nullable Long wakeNs(long nowNs) {
        Long wakeNs = identities.wakeNs();
        for (TopicState topic : topics.values()) {
            wakeNs = earlier(wakeNs, topic.wakeNs(nowNs, urgent > 0, settings));
        }
        return wakeNs;
    }

    static @Nullable Long earlier(@Nullable Long one, @Nullable Long other) {
        return one == null ? other : other == null ? one : one - other <= 0 ? one : other;
    }

    ProducerMetrics metrics(int senders) {
        return new ProducerMetrics(
                counters.recordsTaken,
                counters.recordsAcked,
                counters.recordsFailed,
                counters.bytesAcked,
                counters.requests,
                counters.retries,
                counters.duplicates,
                counters.newEpochs,
                batchesMade - ends.batches(),
                heldBytes,
                gateways.requests(),
                senders);
    }

    /** At most so many bytes does a record take in a batch. */
    static long recordBytes(ProducerRecord record) {
        return BatchBuilder.encodedBytesMax(
                record.key(), record.value(), PendingBatch.headers(record));
    }
}
