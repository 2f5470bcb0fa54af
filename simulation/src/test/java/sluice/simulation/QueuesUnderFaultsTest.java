package sluice.simulation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import sluice.consumer.PartitionRef;
import sluice.consumer.queue.Delivery;
import sluice.consumer.queue.PartitionReply;
import sluice.consumer.queue.PartitionRequest;
import sluice.consumer.queue.QueuePolicy;
import sluice.consumer.queue.QueueRef;
import sluice.consumer.queue.QueueStart;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/**
 * I9 while gateways are killed, stopped, drained and put to sleep: what was acknowledged is not
 * delivered again, what was not is delivered at last, nothing is leased twice, no count falls.
 */
class QueuesUnderFaultsTest {

    private static final int MESSAGES = 120;
    private static final int STEPS = 160;
    private static final int SESSIONS = 3;

    @Test
    void aQueueKeepsItsPromises() {
        int acknowledged = 0;
        int failed = 0;
        for (int seed = 1; seed <= 4; seed++) {
            var run = new Run(seed);
            run.run();
            acknowledged += run.acknowledgedUnderFaults;
            failed += run.failed;
        }
        String seen = "acknowledged=%d failed=%d".formatted(acknowledged, failed);
        assertTrue(acknowledged > 40 && failed > 0, seen);
    }

    private static final class Run {
        private final int seed;
        private final Random random;
        private final SimulatedCluster cluster;
        private final QueueRef queue;
        private long acquires;
        private long lastSession;

        private final List<UUID> sessions = new ArrayList<>();
        private final List<UUID> ended = new ArrayList<>();

        /** By offset, the last delivery of which it is known whose it is. */
        private final Map<Long, Held> held = new HashMap<>();

        private final Map<Long, Delivery> newest = new HashMap<>();
        private final Set<Long> done = new HashSet<>();
        int acknowledgedUnderFaults;
        int failed;

        private record Held(UUID session, Delivery delivery) {}

        Run(int seed) {
            this.seed = seed;
            this.random = new Random(seed);
            for (int i = 0; i < SESSIONS; i++) {
                sessions.add(new UUID(0, ++lastSession));
            }
            this.cluster = SimulatedCluster.running(1_000 + seed, 3);
            TopicRecord topic = cluster.createTopic("orders", 1);
            for (int i = 0; i < MESSAGES; i++) {
                cluster.producer().append(cluster.up().getFirst(), topic, 0, "v" + i);
            }
            this.queue =
                    new QueueRef(
                            new UUID(1, seed),
                            90_000 + seed,
                            new PartitionRef(topic.partition(0), topic.slots().getFirst(), 0));
        }

        private CompletionStage<PartitionReply> call(PartitionRequest request) {
            List<SimulatedGateway> up = cluster.up();
            return up.get(random.nextInt(up.size())).engine().queues().call(queue, 1, request);
        }

        private void ask(PartitionRequest request, Consumer<PartitionReply> then) {
            call(request)
                    .whenComplete((reply, failure) -> {
                        if (failure == null) {
                            then.accept(reply);
                        } else {
                            failed(failure);
                        }
                    });
        }

        private void failed(@Nullable Throwable failure) {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            boolean isHonest =
                    cause instanceof SluiceException error
                            && (error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME
                                    || error.kind() == SluiceException.Kind.UNAVAILABLE
                                    || error.kind() == SluiceException.Kind.OVERLOADED);
            if (!isHonest) {
                cluster.broken("a queue's request failed so: " + cause, cause);
            }
            failed++;
        }

        void run() {
            attached();
            for (int i = 0; i < STEPS; i++) {
                step();
                cluster.runFor(Duration.ofMillis(random.nextInt(400)));
            }
            heal();
            finish();
        }

        private void attached() {
            for (int tries = 0; tries < 10; tries++) {
                try {
                    cluster.await(
                            call(
                                    new PartitionRequest.Attach(
                                            new QueuePolicy(0, QueuePolicy.Backoff.NONE),
                                            new QueueStart.Earliest())));
                    return;
                } catch (SluiceException e) {
                    failed(e);
                }
            }
            throw cluster.failure("nobody can attach", null);
        }

        private void step() {
            if (cluster.up().isEmpty()) {
                return;
            }
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> acquire();
                case 4, 5, 6, 7 -> acknowledge();
                case 8 -> end();
                case 9 -> fault();
                default -> {}
            }
        }

        private void acquire() {
            UUID session = sessions.get(random.nextInt(SESSIONS));
            var grant =
                    new PartitionRequest.Grant(
                            Optional.of(session), 1 + random.nextInt(4), 1 << 20, Optional.empty());
            ask(
                    new PartitionRequest.Acquire(
                            ++acquires, List.of(grant), Duration.ofMillis(random.nextInt(500))),
                    reply ->
                            ((PartitionReply.Acquired) reply)
                                    .granted()
                                    .getFirst()
                                    .forEach(each -> given(session, each)));
        }

        private void given(UUID session, Delivery delivery) {
            long offset = delivery.record().offset();
            Delivery before = newest.get(offset);
            if (before != null && before.lease() > delivery.lease()) {
                return; // Its answer took long: it was taken back, and leased again since.
            }
            if (done.contains(offset)) {
                cluster.broken("I9: done, and delivered again: " + delivery);
            }
            Held other = held.get(offset);
            if (other != null) {
                cluster.broken("I9: leased twice: " + delivery + " and " + other);
            }
            if (before != null && before.count() >= delivery.count()) {
                cluster.broken("I9: the count fell: " + delivery + " after " + before);
            }
            newest.put(offset, delivery);
            if (!ended.contains(session)) {
                held.put(offset, new Held(session, delivery));
            }
        }

        private void acknowledge() {
            held.values().stream()
                    .skip(random.nextInt(1 + held.size()))
                    .findFirst()
                    .ifPresent(this::acknowledge);
        }

        private void acknowledge(Held one) {
            long offset = one.delivery().record().offset();
            held.remove(offset);
            ask(
                    settle(one),
                    reply -> {
                        Settlement.Result result =
                                ((PartitionReply.Settled) reply).results().getFirst();
                        if (result instanceof Settlement.Result.Done) {
                            acknowledgedUnderFaults++;
                            done.add(offset);
                        }
                    });
        }

        private static PartitionRequest.Settle settle(Held one) {
            return new PartitionRequest.Settle(
                    List.of(
                            new Settlement(
                                    one.delivery().record().offset(),
                                    one.delivery().lease(),
                                    Optional.of(one.session()),
                                    new Settlement.Outcome.Acknowledge())));
        }

        private void end() {
            UUID session = sessions.set(random.nextInt(SESSIONS), new UUID(0, ++lastSession));
            ended.add(session);
            held.values().removeIf(each -> each.session().equals(session));
            ask(new PartitionRequest.EndSessions(List.of(session)), _ -> {});
        }

        private void fault() {
            List<SimulatedGateway> up = cluster.up();
            if (up.size() < 3) {
                return;
            }
            SimulatedGateway victim = up.get(random.nextInt(up.size()));
            switch (random.nextInt(4)) {
                case 0 -> victim.restart();
                case 1 -> victim.pause(Duration.ofSeconds(1 + random.nextInt(8)));
                case 2 -> {
                    victim.crash();
                    cluster.world.schedule(
                            Duration.ofSeconds(1 + random.nextInt(5)), victim::start);
                }
                default ->
                        victim.drain()
                                .thenRun(() ->
                                        cluster.world.schedule(
                                                Duration.ofSeconds(1), victim::start));
            }
        }

        private void heal() {
            cluster.runFor(Duration.ofSeconds(20));
            cluster.nodes.forEach(SimulatedGateway::start);
            cluster.awaitReady();
            cluster.runFor(Duration.ofSeconds(10));
        }

        /** All sessions end, and one consumer takes what is left. */
        private void finish() {
            attached();
            ended.addAll(sessions);
            cluster.await(call(new PartitionRequest.EndSessions(ended)));
            held.clear();
            UUID last = new UUID(7, 7);
            var grant =
                    new PartitionRequest.Grant(Optional.of(last), 50, 1 << 20, Optional.empty());
            while (true) {
                var request =
                        new PartitionRequest.Acquire(
                                ++acquires, List.of(grant), Duration.ofMillis(200));
                List<Delivery> taken =
                        ((PartitionReply.Acquired) cluster.await(call(request)))
                                .granted()
                                .getFirst();
                if (taken.isEmpty()) {
                    break;
                }
                for (Delivery each : taken) {
                    given(last, each);
                    acknowledge(new Held(last, each));
                }
                cluster.runFor(Duration.ofMillis(200));
            }
            assertEquals(MESSAGES, newest.size(), () -> "seed=" + seed + " never delivered");
            var numbers =
                    (PartitionReply.Numbers) cluster.await(call(new PartitionRequest.Count()));
            assertEquals(MESSAGES, numbers.floor(), () -> "seed=" + seed + " " + numbers);
        }
    }
}
