package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import sluice.consumer.PartitionRef;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueuePolicy;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.queue.Settlement;
import sluice.engine.EngineProbe;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/** What becomes of leases when the gateway that owns a partition is lost. */
class QueueFailoverTest {

    private static final UUID ANN = new UUID(0, 1);
    private static final UUID BOB = new UUID(0, 2);
    private static final int PARTITION = 2;
    private static final Settlement.Outcome ACK = new Settlement.Outcome.Acknowledge();

    private final SimulatedCluster cluster = SimulatedCluster.running(37, 3);
    private final TopicRecord topic = cluster.createTopic("orders", 4);
    private final QueueRef queue =
            new QueueRef(
                    new UUID(4, 4),
                    4_711,
                    new PartitionRef(
                            topic.partition(PARTITION),
                            topic.slots().get(PARTITION),
                            topic.config().retention().map(Duration::toMillis).orElse(0L)));
    private long acquires;

    private CompletionStage<PartitionReply> call(SimulatedGateway via, PartitionRequest request) {
        return via.engine().queues().call(queue, 1, request);
    }

    private PartitionReply ask(SimulatedGateway via, PartitionRequest request) {
        return cluster.await(call(via, request));
    }

    private PartitionReply ask(PartitionRequest request) {
        return ask(cluster.up().getFirst(), request);
    }

    private void publish(int records) {
        for (int i = 0; i < records; i++) {
            cluster.producer().append(cluster.up().getFirst(), topic, PARTITION, "v" + i);
        }
    }

    private void attach() {
        ask(new PartitionRequest.Attach(QueuePolicy.DEFAULT, new QueueStart.Earliest()));
    }

    private PartitionRequest.Acquire acquire(UUID session, int max, Duration wait) {
        var grant =
                new PartitionRequest.Grant(Optional.of(session), max, 1 << 20, Optional.empty());
        return new PartitionRequest.Acquire(++acquires, List.of(grant), wait);
    }

    private List<Delivery> take(SimulatedGateway via, UUID session, int max) {
        var reply = (PartitionReply.Acquired) ask(via, acquire(session, max, Duration.ZERO));
        return reply.granted().getFirst();
    }

    private static PartitionRequest.Settle acknowledge(UUID session, List<Delivery> deliveries) {
        return new PartitionRequest.Settle(
                deliveries.stream()
                        .map(each ->
                                new Settlement(
                                        each.record().offset(),
                                        each.lease(),
                                        Optional.of(session),
                                        ACK))
                        .toList());
    }

    private void acknowledged(SimulatedGateway via, UUID session, List<Delivery> deliveries) {
        var reply = (PartitionReply.Settled) ask(via, acknowledge(session, deliveries));
        reply.results().forEach(each -> assertEquals(new Settlement.Result.Done(false), each));
    }

    private List<Long> leased(SimulatedGateway via) {
        var reply = (PartitionReply.Leases) ask(via, new PartitionRequest.Leases(0, 100));
        return reply.leases().stream().map(PartitionReply.Lease::offset).toList();
    }

    private static List<Long> offsets(List<Delivery> deliveries) {
        return deliveries.stream().map(each -> each.record().offset()).toList();
    }

    private SimulatedGateway owner() {
        UUID node =
                cluster.await(cluster.up().getFirst().engine().status(topic, PARTITION))
                        .owner()
                        .orElseThrow()
                        .node();
        return cluster.up().stream()
                .filter(each -> each.id().equals(node))
                .findFirst()
                .orElseThrow();
    }

    private SimulatedGateway other(SimulatedGateway than) {
        return cluster.up().stream().filter(each -> each != than).findFirst().orElseThrow();
    }

    @Test
    void everyGatewayReachesTheOneQueue() {
        publish(9);
        attach();
        var seen = new ArrayList<String>();

        for (SimulatedGateway via : cluster.up()) {
            List<Delivery> taken = take(via, ANN, 2);
            taken.forEach(each ->
                    seen.add(
                            each.record().offset()
                                    + StandardCharsets.UTF_8
                                            .decode(Objects.requireNonNull(each.record().value()))
                                            .toString()));
            acknowledged(via, ANN, taken);
        }

        assertEquals(List.of("0v0", "1v1", "2v2", "3v3", "4v4", "5v5"), seen);
    }

    @Test
    void leasesAndWhatIsDoneOutliveTheOwner() {
        publish(9);
        attach();
        List<Delivery> taken = take(cluster.up().getFirst(), ANN, 5);
        acknowledged(cluster.up().getFirst(), ANN, taken.subList(0, 2));

        owner().crash();
        SimulatedGateway via = cluster.up().getFirst();

        assertEquals(List.of(2L, 3L, 4L), leased(via));
        assertEquals(List.of(5L), offsets(take(via, BOB, 1)));
        acknowledged(via, ANN, taken.subList(2, 4));
        ask(via, new PartitionRequest.EndSessions(List.of(ANN)));
        Delivery again = take(via, BOB, 1).getFirst();
        assertEquals(4, again.record().offset());
        assertEquals(2, again.count());
    }

    @Test
    void theStateIsFoundAlsoWhenItIsOnlyInObjects() {
        publish(9);
        attach();
        List<Delivery> taken = take(cluster.up().getFirst(), ANN, 5);
        SimulatedGateway before = owner();
        cluster.runFor(Duration.ofSeconds(30));

        cluster.await(before.drain());
        cluster.runFor(Duration.ofSeconds(5));
        SimulatedGateway via = cluster.up().getFirst();

        assertEquals(5, leased(via).size());
        acknowledged(via, ANN, taken);
        assertEquals(List.of(5L), offsets(take(via, BOB, 1)));
    }

    @Test
    void whoWaitsAtALostOwnerIsToldThatTheOutcomeIsUnknown() {
        attach();
        SimulatedGateway owner = owner();
        SimulatedGateway via = other(owner);
        CompletionStage<PartitionReply> waiting =
                call(via, acquire(ANN, 1, Duration.ofSeconds(20)));
        cluster.runFor(Duration.ofSeconds(1));

        owner.crash();

        var failure = assertThrows(SluiceException.class, () -> cluster.await(waiting));
        assertEquals(SluiceException.Kind.UNKNOWN_OUTCOME, failure.kind());
        ask(via, new PartitionRequest.Attach(QueuePolicy.DEFAULT, new QueueStart.Earliest()));
        assertEquals(List.of(), leased(via));
    }

    /** It slept while another took its slots, and still believes that they are its own. */
    @Test
    void anOwnerThatSleptSettlesNothing() {
        publish(3);
        attach();
        SimulatedGateway sleeper = owner();
        SimulatedGateway via = other(sleeper);
        List<Delivery> taken = take(via, ANN, 1);
        sleeper.restartsWhenLost = false;
        sleeper.pause(Duration.ofSeconds(25));
        cluster.runFor(Duration.ofSeconds(12));
        ask(via, new PartitionRequest.EndSessions(List.of(ANN)));
        Delivery again = take(via, BOB, 1).getFirst();
        assertEquals(0, again.record().offset());

        CompletionStage<PartitionReply> late = call(sleeper, acknowledge(ANN, taken));
        cluster.await("an answer", late.toCompletableFuture()::isDone);

        if (!late.toCompletableFuture().isCompletedExceptionally()) {
            var results = ((PartitionReply.Settled) late.toCompletableFuture().join()).results();
            assertFalse(results.getFirst() instanceof Settlement.Result.Done, () -> "" + results);
        }
        assertEquals(List.of(0L), leased(via));
        acknowledged(via, BOB, List.of(again));
    }

    /** They are not refused, nor is the state read again and again, for the slot may stay. */
    @Test
    void changesWaitWhileTheirSlotIsHandedOver() {
        publish(3);
        attach();
        SimulatedGateway owner = owner();
        List<Delivery> taken = take(owner, ANN, 2);
        int slot = queue.partition().slot();
        EngineProbe.closing(owner.engine(), slot);
        cluster.runFor(Duration.ofMillis(10));
        long before = owner.counter("read.tail");
        CompletionStage<PartitionReply> first = call(owner, acknowledge(ANN, taken.subList(0, 1)));
        cluster.runFor(Duration.ofMillis(300));
        CompletionStage<PartitionReply> second = call(owner, acknowledge(ANN, taken.subList(1, 2)));
        cluster.runFor(Duration.ofSeconds(2));
        assertFalse(first.toCompletableFuture().isDone());

        EngineProbe.reopened(owner.engine(), slot);

        for (var each : List.of(first, second)) {
            assertEquals(
                    List.of(new Settlement.Result.Done(false)),
                    ((PartitionReply.Settled) cluster.await(each)).results());
        }
        long reads = owner.counter("read.tail") - before;
        assertTrue(reads < 10, () -> "reads=" + reads);
        assertEquals(List.of(2L), offsets(take(owner, BOB, 5)));
    }

    @Test
    void aGatewayThatRestartsServesItsQueuesAgain() {
        publish(3);
        attach();
        List<Delivery> taken = take(cluster.up().getFirst(), ANN, 2);
        for (SimulatedGateway each : List.copyOf(cluster.up())) {
            each.restart();
        }
        cluster.runFor(Duration.ofSeconds(20));

        acknowledged(cluster.up().getFirst(), ANN, taken);

        assertEquals(List.of(2L), offsets(take(cluster.up().getFirst(), BOB, 5)));
        assertTrue(cluster.up().size() == 3);
    }
}
