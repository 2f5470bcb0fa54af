package sluice.client.queue;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import org.jspecify.annotations.Nullable;
import sluice.client.link.GatewayAccess;
import sluice.client.link.LaneThread;

/** Settings of a {@link QueueConsumer}; each default suits most applications. */
public final class QueueConsumerBuilder {

    private static final int CREDIT_MAX = 10_000;

    private final GatewayAccess gateways;
    private final String group;
    private int concurrency = 1;
    private int prefetch;
    private @Nullable Executor executor;
    private LostMessageListener lost = (message, reason) -> {};
    private boolean isSettledByHand;
    private boolean hasOwnConnection;

    /** Not for applications: {@code SluiceClient.queueConsumer} makes one. */
    public QueueConsumerBuilder(GatewayAccess gateways, String group) {
        this.gateways = gateways;
        this.group = group;
    }

    /** Messages that are handled at the same time. 1. */
    public QueueConsumerBuilder concurrency(int handlers) {
        if (handlers < 1) {
            throw new IllegalArgumentException("expected concurrency>0, found " + handlers);
        }
        this.concurrency = handlers;
        return this;
    }

    /**
     * Messages that lie ready beside those that are handled, so that the next handler begins
     * without a round trip. 0; more is faster for short work, and keeps messages from consumers
     * that are free.
     */
    public QueueConsumerBuilder prefetch(int messages) {
        if (messages < 0) {
            throw new IllegalArgumentException("expected prefetch>=0, found " + messages);
        }
        this.prefetch = messages;
        return this;
    }

    /**
     * What runs handlers, on threads of its own; the consumer does not close it. Unless one is
     * given here, each handler has a virtual thread, on virtual machines without them one of as
     * many threads as the concurrency says.
     */
    public QueueConsumerBuilder executor(Executor executor) {
        this.executor = executor;
        return this;
    }

    /** Told of messages that were taken back while they were handled. */
    public QueueConsumerBuilder onLost(LostMessageListener listener) {
        this.lost = listener;
        return this;
    }

    /**
     * A handler that returns settles nothing: the application settles each message, then or later,
     * by any thread. Until then it counts as one that the consumer has, so concurrency and prefetch
     * together bound how many there are. A handler that throws still releases its message.
     */
    public QueueConsumerBuilder settleByHand() {
        this.isSettledByHand = true;
        return this;
    }

    /**
     * Gives it a connection and a thread of its own. Consumers of one client share a connection to
     * each gateway otherwise, as channels of one, which costs less the more of them there are; with
     * large messages one of them may be late by what comes for another.
     */
    public QueueConsumerBuilder ownConnection() {
        this.hasOwnConnection = true;
        return this;
    }

    /** Makes the consumer, which takes messages at once; the caller closes it. */
    public QueueConsumer start(MessageHandler handler) {
        int credit = Math.addExact(concurrency, prefetch);
        if (credit > CREDIT_MAX) {
            throw new IllegalArgumentException(
                    "expected concurrency+prefetch<=%d, found %d".formatted(CREDIT_MAX, credit));
        }
        Executor given = executor;
        Optional<ExecutorService> own =
                given == null ? Optional.of(HandlerThreads.of(concurrency)) : Optional.empty();
        // Who gives an executor may have it run handlers at once, on the consumer's thread.
        boolean isShared = !hasOwnConnection && given == null;
        LaneThread thread =
                isShared ? gateways.sharedLane() : gateways.lane("sluice-queue-" + group);
        return new QueueConsumer(
                new QueueConsumer.Parts(
                        thread.lane(),
                        hasOwnConnection ? gateways.dialer() : gateways.sharedDialer(),
                        new QueueSettings(
                                gateways.settings(group),
                                gateways.label(),
                                concurrency,
                                credit,
                                Duration.ofMillis(100)),
                        thread::end,
                        given == null ? own.get() : given,
                        own,
                        handler,
                        lost,
                        isSettledByHand));
    }
}
