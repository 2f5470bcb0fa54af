package sluice.cli.consume;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import sluice.cli.http.Call;
import sluice.cli.http.CommandFailure;
import sluice.cli.http.GatewayClient;
import sluice.cli.http.Problem;
import sluice.client.SluiceClient;
import sluice.client.error.SluiceApiException;
import sluice.client.queue.QueueConsumer;
import sluice.client.queue.QueueMessage;
import sluice.log.lane.Clock;

/**
 * Has each message of a queue worked on, one at a time. Messages come over a connection that is
 * open all the time, so that when this process dies, however it does, what it had is another's at
 * once.
 */
public final class QueueWorker {

    /** What becomes of a message. */
    public sealed interface Outcome {
        record Done() implements Outcome {}

        /** It goes back, and comes again later. */
        record Failed(String reason) implements Outcome {}
    }

    /** Does something with one message; called by one thread at a time. */
    public interface Worker {
        Outcome work(QueueMessage message) throws InterruptedException;
    }

    /** Without a message for so long, the queue counts as empty. */
    private static final Duration END_AFTER = Duration.ofSeconds(3);

    private static final Duration TOLD_AFTER = Duration.ofSeconds(5);
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);

    private enum Phase {
        IDLE,
        WORKING,
        SETTLING
    }

    private final GatewayClient gateways;
    private final SluiceClient client;
    private final String queue;
    private final ConsumeStats stats;
    private final Warnings warnings;
    private final Clock clock;
    private final CompletableFuture<QueueConsumer> consumer = new CompletableFuture<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private Phase phase = Phase.IDLE;
    private long begun;
    private long idleSinceNs;
    private boolean isOver;
    private @Nullable RuntimeException failure;

    /**
     * @param client by which messages come; the caller closes it
     */
    public QueueWorker(
            GatewayClient gateways,
            SluiceClient client,
            String queue,
            ConsumeStats stats,
            Warnings warnings,
            Clock clock) {
        this.gateways = gateways;
        this.client = client;
        this.queue = queue;
        this.stats = stats;
        this.warnings = warnings;
        this.clock = clock;
    }

    /**
     * Has messages worked on until there is none, or enough were. Called once.
     *
     * @throws CommandFailure if there is no such queue, no gateway can be reached for as long as
     *     the settings say, or the worker throws it: its message goes to another one
     */
    public void work(ConsumerSettings settings, Worker worker) throws InterruptedException {
        gateways.send(Call.get("/v1/groups/" + Call.segment(queue)), settings.timeout());
        idleSinceNs = clock.nowNs();
        long max = settings.recordsMax() > 0 ? settings.recordsMax() : Long.MAX_VALUE;
        QueueConsumer started =
                client.queueConsumer(queue)
                        .settleByHand()
                        .onLost(this::lost)
                        .start(message -> handle(message, worker, max));
        var _ =
                started.ended()
                        .whenComplete((_, why) -> {
                            if (why != null) {
                                over(failureOf(why));
                            }
                        });
        consumer.complete(started);
        try {
            awaitEnd(started, settings);
        } finally {
            leave();
        }
    }

    /** Gives back at once what is not settled, and ends. By any thread. */
    public void leave() {
        if (consumer.isDone()) {
            consumer.join().close(Duration.ZERO);
        }
    }

    private void lost(QueueMessage message, String reason) {
        warnings.warn(
                reason.equals("closed")
                        ? "given back before it was done: %s".formatted(message)
                        : "taken back while its command ran: %s: %s; it comes again"
                                .formatted(message, reason));
    }

    private void handle(QueueMessage message, Worker worker, long max) {
        long number = begin();
        if (number == 0) {
            return; // It goes back when the consumer leaves.
        }
        boolean isLast = number == max;
        if (isLast) {
            consumer.join().stopReceiving();
        }
        try {
            Outcome outcome = worker.work(message);
            enter(Phase.SETTLING);
            settle(message, outcome);
            stats.records.increment();
            enter(Phase.IDLE);
            if (isLast) {
                over(null);
            }
        } catch (InterruptedException stopped) {
            // It goes back when the consumer leaves: what was not worked on to its end did not
            // fail.
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            over(failed);
        }
    }

    /** The message's number, from 1; 0 if no more are wanted. */
    private long begin() {
        lock.lock();
        try {
            if (isOver) {
                return 0;
            }
            phase = Phase.WORKING;
            return ++begun;
        } finally {
            lock.unlock();
        }
    }

    private void enter(Phase now) {
        lock.lock();
        try {
            phase = now;
            idleSinceNs = clock.nowNs();
        } finally {
            lock.unlock();
        }
    }

    private void over(@Nullable RuntimeException why) {
        lock.lock();
        try {
            isOver = true;
            if (failure == null) {
                failure = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void settle(QueueMessage message, Outcome outcome) throws InterruptedException {
        CompletableFuture<Void> settled =
                switch (outcome) {
                    case Outcome.Done() -> message.acknowledge();
                    case Outcome.Failed(var reason) -> message.release(reason);
                };
        try {
            settled.get();
        } catch (ExecutionException failed) {
            Throwable why = Objects.requireNonNullElse(failed.getCause(), failed);
            warnings.warn("not settled: %s; it comes again".formatted(why.getMessage()));
        }
    }

    private void awaitEnd(QueueConsumer started, ConsumerSettings settings)
            throws InterruptedException {
        lock.lock();
        try {
            long goneSinceNs = clock.nowNs();
            boolean isTold = false;
            while (!isOver) {
                long nowNs = clock.nowNs();
                boolean isConnected = started.isConnected();
                if (isConnected || phase == Phase.WORKING) {
                    goneSinceNs = nowNs;
                    isTold = false;
                }
                if (!isConnected || phase != Phase.IDLE) {
                    // Nothing could come, or need not.
                    idleSinceNs = nowNs;
                }
                if (!settings.follow() && nowNs - idleSinceNs >= END_AFTER.toNanos()) {
                    isOver = true;
                }
                long goneNs = nowNs - goneSinceNs;
                if (goneNs >= settings.timeout().toNanos()) {
                    throw unreachable(settings.timeout());
                }
                if (goneNs >= TOLD_AFTER.toNanos() && !isTold) {
                    isTold = true;
                    warnings.warn("no connection to a gateway; trying again");
                }
                if (!isOver) {
                    var _ = changed.await(LOOK_EVERY.toNanos(), TimeUnit.NANOSECONDS);
                }
            }
            if (failure != null) {
                throw failure;
            }
        } finally {
            isOver = true;
            lock.unlock();
        }
    }

    private CommandFailure unreachable(Duration timeout) {
        return new CommandFailure(
                Problem.local(
                        "No gateway can be reached",
                        "no connection for messages of %s came about within %d s"
                                .formatted(queue, timeout.toSeconds()),
                        "check --gateway, and that WebSockets pass what lies in between; what was"
                                + " not settled comes again"));
    }

    private static CommandFailure failureOf(Throwable why) {
        Throwable inner = why.getCause();
        Throwable cause = why instanceof CompletionException && inner != null ? inner : why;
        if (cause instanceof SluiceApiException refused) {
            return new CommandFailure(
                    new Problem(
                            "https://sluice.dev/problems/" + refused.code(),
                            refused.problem().title(),
                            refused.status(),
                            refused.problem().detail(),
                            refused.problem().action()));
        }
        return new CommandFailure(
                Problem.local(
                        "Messages cannot be received", String.valueOf(cause.getMessage()), ""));
    }
}
