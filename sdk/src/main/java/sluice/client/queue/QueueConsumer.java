package sluice.client.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.queue.Settlements.Settling;

/**
 * Takes messages of a queue group and hands each to a handler, as many at the same time as its
 * concurrency says.
 *
 * <p>A message goes to whichever consumer of the group is free. It stays this consumer's until it
 * is settled, however long that takes; if the process ends, others have it at once. A gateway that
 * dies takes no message away: the consumer goes on with the next one, with what it has.
 *
 * <pre>{@code
 * QueueConsumer consumer =
 *         client.queueConsumer("jobs").concurrency(8).start(message -> work(message.valueText()));
 * Runtime.getRuntime().addShutdownHook(new Thread(consumer::close));
 * }</pre>
 */
public final class QueueConsumer implements AutoCloseable {

    private static final Logger LOGGER = LoggerFactory.getLogger(QueueConsumer.class);

    /** How long {@link #close()} waits for handlers. */
    private static final Duration CLOSE_MAX = Duration.ofSeconds(30);

    /** How long it waits for the gateway to hear that it leaves. */
    private static final Duration GOODBYE_MAX = Duration.ofSeconds(5);

    /** What a consumer is made of; {@link QueueConsumerBuilder} checks it. */
    record Parts(
            SessionLane lane,
            StreamDialer dialer,
            QueueSettings session,
            Runnable releaseThreads,
            Executor handlers,
            Optional<ExecutorService> ownHandlers,
            MessageHandler handler,
            LostMessageListener lost,
            boolean isSettledByHand) {}

    private final Parts parts;
    private final QueueSession session;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final CompletableFuture<Void> quiet = new CompletableFuture<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final AtomicBoolean isClosing = new AtomicBoolean();

    /** Asked for by any thread, and not yet seen by the lane. */
    private final Queue<Settling> settlings = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean isTurnPlanned = new AtomicBoolean();
    private volatile boolean isLaneOver;

    QueueConsumer(Parts parts) {
        this.parts = parts;
        session =
                new QueueSession(
                        parts.lane(),
                        parts.dialer(),
                        parts.session(),
                        this::settle,
                        new Handlers());
        parts.lane().execute(session::begin);
    }

    /** What the session asks for, done on other threads. */
    private final class Handlers implements QueueSession.Application {
        @Override
        public void begin(QueueMessage message) {
            parts.handlers().execute(() -> handle(message));
        }

        @Override
        public void lost(QueueMessage message, String reason) {
            LOGGER.atInfo()
                    .addKeyValue("group", group())
                    .addKeyValue("message", message)
                    .addKeyValue("reason", reason)
                    .log("queue: a message was taken back before it was settled");
            parts.lost().onLost(message, reason);
        }

        @Override
        public void failed(SluiceClientException why) {
            LOGGER.atError()
                    .addKeyValue("group", group())
                    .setCause(why)
                    .log("queue: the consumer cannot go on");
            ended.completeExceptionally(why);
        }

        @Override
        public void quiet() {
            quiet.complete(null);
        }
    }

    private String group() {
        return parts.session().link().group();
    }

    /** One message after the other, as long as some wait and the thread is the consumer's own. */
    private void handle(QueueMessage first) {
        boolean isOwn = parts.ownHandlers().isPresent();
        QueueMessage message = first;
        try {
            while (message != null) {
                handleOne(message);
                message = session.next(isOwn);
                // What a handler left of an interrupt is not the next message's.
                if (message != null) {
                    Thread.interrupted();
                }
            }
        } finally {
            if (message != null) {
                // Even its failure could not be told; others have their turn all the same.
                session.next(false);
            }
            parts.lane().execute(session::handled);
        }
    }

    @SuppressWarnings("CatchThrowable") // an error in a handler concerns its message alone
    private void handleOne(QueueMessage message) {
        try {
            parts.handler().handle(message);
            if (!parts.isSettledByHand()) {
                end(message, new Outcome.Acknowledge());
            }
        } catch (RejectException rejected) {
            end(message, new Outcome.Reject(QueueMessage.cut(rejected.reason())));
        } catch (Throwable failed) {
            end(message, new Outcome.Release(Optional.empty(), reason(failed)));
            LOGGER.atWarn()
                    .addKeyValue("group", group())
                    .addKeyValue("message", message)
                    .addKeyValue("deliveries", message.deliveries())
                    .setCause(failed)
                    .log("queue: a handler failed; its message is released");
        }
    }

    /** An exception of the application may fail to say what it is. */
    private static String reason(Throwable failed) {
        try {
            return QueueMessage.cut(String.valueOf(failed));
        } catch (RuntimeException mute) {
            return QueueMessage.cut(failed.getClass().getName());
        }
    }

    /** Unless the handler said itself what is to become of it. */
    private void end(QueueMessage message, Outcome outcome) {
        if (message.trySettle()) {
            settle(message, outcome)
                    .whenComplete((done, failure) -> {
                        if (failure != null && message.lost().isEmpty()) {
                            LOGGER.atWarn()
                                    .addKeyValue("group", group())
                                    .addKeyValue("message", message)
                                    .setCause(failure)
                                    .log("queue: a message was not settled");
                        }
                    });
        }
    }

    private CompletableFuture<Void> settle(QueueMessage message, Outcome outcome) {
        var done = new CompletableFuture<Void>();
        settlings.add(new Settling(message, outcome, done));
        if (isTurnPlanned.compareAndSet(false, true)) {
            parts.lane().execute(this::settleAll);
        }
        if (isLaneOver) {
            // Whatever the lane did not take any more is not answered.
            failAll();
        }
        return done;
    }

    /** What came since the lane last looked goes in one turn. */
    private void settleAll() {
        isTurnPlanned.set(false);
        Settling next = settlings.poll();
        while (next != null) {
            session.settle(next.message(), next.outcome(), next.done());
            next = settlings.poll();
        }
    }

    private void failAll() {
        Settling next = settlings.poll();
        while (next != null) {
            next.done()
                    .completeExceptionally(
                            new RetriableException(
                                    "the consumer was closed before the message was settled: message="
                                            + next.message()));
            next = settlings.poll();
        }
    }

    /**
     * Completes when the consumer is closed; fails when it cannot go on, with {@link
     * SluiceApiException}: the group is unknown or no queue group, say.
     */
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    /**
     * True while a gateway was heard of within the session's time: messages come, if there are some
     * for this consumer. For health checks; a consumer that is not connected goes on by itself.
     */
    public boolean isConnected() {
        return session.isHeard();
    }

    /**
     * Takes no more messages, and returns at once; handlers that run go on to their end. A handler
     * may call it: nothing comes after what it has. {@link #close()} waits for handlers, and
     * leaves.
     */
    public void stopReceiving() {
        parts.lane().execute(session::stop);
    }

    /** As {@link #close(Duration)}, with 30 seconds. */
    @Override
    public void close() {
        close(CLOSE_MAX);
    }

    /**
     * Takes no more messages, waits for handlers that run and for what they settle, and leaves.
     * What is not settled by then goes to others at once. Not to be called by a handler, which
     * would wait for itself.
     *
     * @param max how long to wait for handlers; those of the consumer's own threads are then
     *     interrupted
     */
    public void close(Duration max) {
        if (!isClosing.compareAndSet(false, true)) {
            closed.join();
            return;
        }
        stopReceiving();
        boolean isInterrupted = !awaitQuiet(max);
        parts.ownHandlers().ifPresent(ExecutorService::shutdownNow);
        var left = new CompletableFuture<Void>();
        parts.lane().execute(() -> session.leave(() -> left.complete(null)));
        left.completeOnTimeout(null, GOODBYE_MAX.toMillis(), TimeUnit.MILLISECONDS).join();
        parts.lane().execute(session::abort);
        isLaneOver = true;
        parts.releaseThreads().run();
        failAll();
        ended.complete(null);
        closed.complete(null);
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * @return false if the thread was interrupted meanwhile
     */
    private boolean awaitQuiet(Duration max) {
        try {
            quiet.get(max.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            LOGGER.atWarn()
                    .addKeyValue("group", group())
                    .addKeyValue("waited", max)
                    .log("queue: closed while handlers run; what they have goes to others");
        } catch (InterruptedException e) {
            return false;
        } catch (ExecutionException e) {
            throw new AssertionError("it never fails", e);
        }
        return true;
    }
}
