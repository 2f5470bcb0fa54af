package sluice.client.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import sluice.client.error.SluiceClientException;
import sluice.client.link.LinkSettings;
import sluice.client.link.SessionLane;
import sluice.client.link.VirtualLane;
import sluice.log.lane.VirtualTime;

/** Sessions of several processes while connections, gateways and answers are lost. */
class QueueRandomTest {

    private static final int MESSAGES = 300;

    /** One run, of one seed. */
    private static final class Run {
        final VirtualTime time;
        final FakeQueueCluster cluster;
        final List<Worker> workers = new ArrayList<>();

        /** How often a handler had each message. */
        final Map<Integer, Integer> begun = new HashMap<>();

        final Set<Integer> acknowledged = new HashSet<>();
        final List<String> lost = new ArrayList<>();
        boolean isCalm;

        Run(long seed) {
            time = new VirtualTime(seed);
            cluster = new FakeQueueCluster(time.scope("gateways").lane("gateways"), time.random());
            cluster.add(MESSAGES);
            for (int i = 0; i < 3; i++) {
                workers.add(new Worker(this, i));
            }
        }

        void finish() {
            assertTrue(
                    time.runUntil(
                            () ->
                                    cluster.done.size() == MESSAGES
                                            && acknowledged.size() == MESSAGES,
                            Duration.ofMinutes(30)),
                    () -> "done=" + cluster.done.size() + " told=" + acknowledged.size());
        }

        /** For a minute something ends every second or two. */
        void storm(boolean isWithCuts) {
            var scope = time.scope("storm");
            scope.schedule(
                    Duration.ofMillis(time.random().nextInt(200, 2_000)),
                    () -> {
                        List<FakeQueueCluster.Stream> open = cluster.open();
                        if (!open.isEmpty()) {
                            FakeQueueCluster.Stream one =
                                    open.get(time.random().nextInt(open.size()));
                            switch (time.random().nextInt(isWithCuts ? 3 : 2)) {
                                case 0 -> one.reset(1006);
                                case 1 -> one.reset(1012);
                                default -> one.cut();
                            }
                        }
                        if (time.nowNs() < Duration.ofMinutes(1).toNanos()) {
                            storm(isWithCuts);
                        } else {
                            isCalm = true;
                        }
                    });
        }
    }

    /** A process with one session. */
    private static final class Worker implements QueueSession.Application {
        private final Run run;
        private final SessionLane lane;
        private final QueueSession session;
        private final int concurrency;
        private int running;

        Worker(Run run, int index) {
            this.run = run;
            lane = VirtualLane.of(run.time.scope("worker" + index).lane("session"));
            concurrency = run.time.random().nextInt(1, 5);
            session =
                    new QueueSession(
                            lane,
                            run.cluster,
                            new QueueSettings(
                                    new LinkSettings(
                                            List.of(
                                                    URI.create("http://g1:1"),
                                                    URI.create("http://g2:1")),
                                            index % 2,
                                            "jobs",
                                            Duration.ofSeconds(5),
                                            Duration.ofSeconds(15),
                                            Duration.ofMillis(100),
                                            Duration.ofSeconds(3)),
                                    "worker",
                                    concurrency,
                                    concurrency + run.time.random().nextInt(3),
                                    Duration.ofMillis(100)),
                            this::settle,
                            this);
            lane.execute(session::begin);
        }

        private CompletableFuture<Void> settle(QueueMessage message, Outcome outcome) {
            var done = new CompletableFuture<Void>();
            lane.execute(() -> session.settle(message, outcome, done));
            return done;
        }

        @Override
        public void begin(QueueMessage message) {
            running++;
            assertTrue(running <= concurrency, "running=" + running);
            run.begun.merge(number(message), 1, Integer::sum);
            Duration work = Duration.ofMillis(run.time.random().nextInt(1, 3_000));
            lane.after(work, () -> end(message));
        }

        private static int number(QueueMessage message) {
            return Integer.parseInt(String.valueOf(message.valueText()));
        }

        private void end(QueueMessage message) {
            running--;
            if (!run.isCalm && run.time.random().nextInt(10) == 0) {
                message.release();
            } else {
                message.acknowledge()
                        .whenComplete((done, failure) -> acknowledged(message, failure));
            }
            QueueMessage next = session.next(run.time.random().nextBoolean());
            if (next == null) {
                session.handled();
            } else {
                begin(next);
            }
        }

        private void acknowledged(QueueMessage message, @Nullable Throwable failure) {
            int number = number(message);
            if (failure == null) {
                assertTrue(run.cluster.done.contains(number), "told before it was done");
                run.acknowledged.add(number);
            } else {
                assertTrue(message.lost().isPresent(), () -> "not lost: " + failure);
                if (run.cluster.done.contains(number)) {
                    // It was done, or another did it, and the answer was lost with the session.
                    run.acknowledged.add(number);
                }
            }
        }

        @Override
        public void lost(QueueMessage message, String reason) {
            run.lost.add(message.delivery() + " " + reason);
        }

        @Override
        public void failed(SluiceClientException why) {
            throw new AssertionError(why);
        }

        @Override
        public void quiet() {}
    }

    @Test
    void whileNothingFailsEachMessageIsGivenOutOnce() {
        var run = new Run(1);
        run.isCalm = true;
        run.finish();

        assertEquals(MESSAGES, run.cluster.deliveries.size());
        assertTrue(run.cluster.deliveries.values().stream().allMatch(count -> count == 1));
        assertEquals(List.of(), run.lost);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void gatewaysThatDieTakeNothingFromWhoComesBack(long seed) {
        var run = new Run(seed);
        run.isCalm = true; // Nobody releases anything.
        run.storm(false);
        run.finish();

        assertEquals(List.of(), run.lost, "seed=" + seed);
        assertTrue(
                run.begun.values().stream().allMatch(count -> count == 1),
                "seed=" + seed + " " + run.begun);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whateverIsLostAllMessagesAreDoneInTheEnd(long seed) {
        var run = new Run(seed);
        run.cluster.troubles = 5;
        run.storm(true);
        run.finish();

        assertEquals(MESSAGES, run.cluster.done.size(), "seed=" + seed);
    }
}
