package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.UUID;
import sluice.consumer.PartitionRef;
import sluice.consumer.queue.PartitionReply.Acquired;
import sluice.consumer.queue.PartitionRequest.Acquire;
import sluice.consumer.queue.PartitionRequest.Grant;
import sluice.log.PartitionId;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.lane.Outcome;
import sluice.log.lane.VirtualTime;

/** Logs in memory, gateways that own or owned the slot, and short words for what is asked. */
final class QueueWorld {

    static final UUID ANN = new UUID(0, 1);
    static final UUID BOB = new UUID(0, 2);
    static final PartitionId TOPIC = new PartitionId(77, 3);
    static final Duration SECOND = Duration.ofSeconds(1);
    static final Duration NO_WAIT = Duration.ZERO;
    static final QueuePolicy POLICY = new QueuePolicy(3, QueuePolicy.Backoff.NONE);

    final VirtualTime time;
    final MemoryLogs logs;
    long retentionMs;
    QueueLimits limits = QueueLimits.DEFAULT;
    private long acquires;

    QueueWorld(long seed) {
        time = new VirtualTime(seed);
        logs = new MemoryLogs(time.scope("logs"));
    }

    /** A gateway that owns the slot from now on; others no longer do, and may not know. */
    final class Node {
        final Lane lane;
        final MemoryLogs.Owner owner;
        final LocalQueues queues;

        Node(String name) {
            VirtualTime.Scope scope = time.scope(name);
            lane = scope.lane("queues");
            owner = logs.new Owner();
            queues = new LocalQueues(new QueuePorts(lane, owner, new SplittableRandom(1), limits));
        }

        void loses() {
            owner.isOwner = false;
            lane.execute(() -> queues.drop(_ -> true));
        }
    }

    /** A record in a batch of its own; headers are name, value, name, value. */
    void send(String key, String... headers) {
        logs.publish(TOPIC, List.of(MemoryLogs.Sent.of(key, headers)));
    }

    Node attached(String name, QueueChoice choice) {
        var node = new Node(name);
        attach(node, choice);
        return node;
    }

    void attach(Node node, QueueChoice choice) {
        reply(node, new PartitionRequest.Attach(POLICY.with(choice), new QueueStart.Earliest()));
    }

    PartitionReply.Numbers numbers(Node node) {
        return (PartitionReply.Numbers) reply(node, new PartitionRequest.Count());
    }

    QueueRef queue() {
        return new QueueRef(new UUID(5, 5), 88, new PartitionRef(TOPIC, 9, retentionMs));
    }

    List<Outcome<PartitionReply>> ask(Node node, long epoch, PartitionRequest request) {
        var answers = new ArrayList<Outcome<PartitionReply>>(1);
        node.lane.execute(
                () -> node.queues.handle(new QueueCall(queue(), epoch, request), answers::add));
        return answers;
    }

    Outcome<PartitionReply> outcome(Node node, long epoch, PartitionRequest request) {
        var answers = ask(node, epoch, request);
        assertTrue(
                time.runUntil(() -> !answers.isEmpty(), Duration.ofMinutes(1)),
                () -> "no answer to " + request);
        assertEquals(1, answers.size());
        return answers.getFirst();
    }

    PartitionReply reply(Node node, PartitionRequest request) {
        return reply(node, 1, request);
    }

    PartitionReply reply(Node node, long epoch, PartitionRequest request) {
        return success(outcome(node, epoch, request));
    }

    static PartitionReply success(Outcome<PartitionReply> outcome) {
        return switch (outcome) {
            case Outcome.Success<PartitionReply>(var reply) -> reply;
            case Outcome.Failure<PartitionReply>(var error) ->
                    throw new AssertionError("it failed: " + error, error);
        };
    }

    static SluiceException failure(Outcome<PartitionReply> outcome) {
        return switch (outcome) {
            case Outcome.Success<PartitionReply>(var reply) ->
                    throw new AssertionError("it did not fail: " + reply);
            case Outcome.Failure<PartitionReply>(var error) -> error;
        };
    }

    Node attached(String name) {
        var node = new Node(name);
        reply(node, new PartitionRequest.Attach(POLICY, new QueueStart.Earliest()));
        return node;
    }

    static Grant grant(UUID session, int max) {
        return new Grant(Optional.of(session), max, 1 << 20, Optional.empty());
    }

    Acquire acquire(Duration wait, Grant... grants) {
        return new Acquire(++acquires, List.of(grants), wait);
    }

    List<Delivery> take(Node node, UUID session, int max) {
        return take(node, 1, session, max);
    }

    List<Delivery> take(Node node, long epoch, UUID session, int max) {
        return ((Acquired) reply(node, epoch, acquire(NO_WAIT, grant(session, max))))
                .granted()
                .getFirst();
    }

    static List<Long> offsets(List<Delivery> deliveries) {
        return deliveries.stream().map(each -> each.record().offset()).toList();
    }

    static PartitionRequest.Settle settle(
            UUID session, List<Delivery> deliveries, Settlement.Outcome outcome) {
        return new PartitionRequest.Settle(
                deliveries.stream()
                        .map(each ->
                                new Settlement(
                                        each.record().offset(),
                                        each.lease(),
                                        Optional.of(session),
                                        outcome))
                        .toList());
    }

    List<Settlement.Result> settled(
            Node node, UUID session, List<Delivery> deliveries, Settlement.Outcome outcome) {
        return ((PartitionReply.Settled) reply(node, settle(session, deliveries, outcome)))
                .results();
    }

    void acknowledged(Node node, UUID session, List<Delivery> deliveries) {
        settled(node, session, deliveries, new Settlement.Outcome.Acknowledge())
                .forEach(each -> assertEquals(new Settlement.Result.Done(false), each));
    }

    MemoryLogs.Log stateLog() {
        return logs.log(queue().stateLog());
    }
}
