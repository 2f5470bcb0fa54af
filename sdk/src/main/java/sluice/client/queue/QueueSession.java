package sluice.client.queue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import sluice.client.error.Problem;
import sluice.client.error.RetriableException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.json.Json;
import sluice.client.link.Frames;
import sluice.client.link.GatewayLink;
import sluice.client.link.SessionLane;
import sluice.client.link.StreamDialer;
import sluice.client.queue.Settlements.Failure;
import sluice.client.queue.Settlements.Settling;

/**
 * One session of a queue group, which outlives connections and gateways: when it comes back it says
 * which deliveries it has, and keeps them.
 *
 * <pre>
 *   a message:  arrived ──▶ ready ──a handler is free──▶ begun ──settled──▶ gone
 *                             │                            │
 *                             └──── taken back ────────────┴──▶ lost
 * </pre>
 *
 * <p>A session that the coordinator does not know any more has lost all that it had, and a new one
 * is opened. Owned by its lane but for {@link #next} and {@link #isHeard}; nothing here waits.
 */
final class QueueSession implements GatewayLink.Owner, Settlements.Owner {

    /** How long to wait for an executor that takes no task. */
    private static final Duration EXECUTOR_PAUSE = Duration.ofMillis(100);

    /** Whoever handles messages; called on the lane, and never keeps it. */
    interface Application {
        /**
         * Handles a message on a thread of its own, and goes on with {@link #next}.
         *
         * @throws RejectedExecutionException if there is no thread for it now
         */
        void begin(QueueMessage message);

        /** A message that was begun is not this consumer's any more. */
        void lost(QueueMessage message, String reason);

        /** There will be no more messages. */
        void failed(SluiceClientException why);

        /** After {@link #stop}: no handler runs, and all settlements are answered. */
        void quiet();
    }

    private final SessionLane lane;
    private final QueueSettings settings;
    private final QueueMessage.Settler settler;
    private final Application application;
    private final GatewayLink link;
    private final Settlements settlements;

    /** All that it has, by delivery. */
    private final Map<String, QueueMessage> held = new LinkedHashMap<>();

    /** Of these, the ones that wait for a handler. */
    private final ReadyMessages ready;

    private Optional<String> session = Optional.empty();
    private volatile Duration sessionTimeout = Duration.ofSeconds(8);

    /** Handlers that were begun, and of which the lane has not heard that they ended. */
    private int handlers;

    private boolean isStopping;

    /**
     * @param settler of messages that arrive
     */
    QueueSession(
            SessionLane lane,
            StreamDialer dialer,
            QueueSettings settings,
            QueueMessage.Settler settler,
            Application application) {
        this.lane = lane;
        this.settings = settings;
        this.settler = settler;
        this.application = application;
        link = new GatewayLink(lane, dialer, settings.link(), this);
        settlements = new Settlements(lane, settings.retryPause(), this);
        ready = new ReadyMessages(settings.concurrency());
    }

    void begin() {
        link.begin();
    }

    /** Takes no more, and gives back what no handler has begun. */
    void stop() {
        isStopping = true;
        link.send(QueueFrames.credit(0));
        ready.drain().forEach(this::giveBack);
        lookWhetherQuiet();
    }

    private void giveBack(QueueMessage message) {
        if (message.trySettle()) {
            settlements.add(new Settling(message, new Outcome.Return(), new CompletableFuture<>()));
        }
    }

    private void lookWhetherQuiet() {
        if (isStopping && handlers == 0 && settlements.isEmpty()) {
            application.quiet();
        }
    }

    /**
     * Ends the session; what it still has goes to others at once.
     *
     * @param closed called when the gateway knows, or cannot be told
     */
    void leave(Runnable closed) {
        link.send(QueueFrames.leave());
        link.close(closed);
        loseAll("closed");
        settlements.failAll(
                new RetriableException("the consumer was closed before the message was settled"));
    }

    /** Ends what {@link #leave} could not end in good order. */
    void abort() {
        link.abort();
    }

    /**
     * What a handler that has ended goes on with. By any thread.
     *
     * @param isMore false: it takes nothing more in any case
     * @return null if it has ended for good; {@link #handled} is to be called then
     */
    @Nullable QueueMessage next(boolean isMore) {
        if (isMore && isHeard()) {
            return ready.next();
        }
        ready.ended();
        return null;
    }

    /** Whether what it has is its own still, as far as it knows. By any thread. */
    boolean isHeard() {
        return link.isHeardWithin(sessionTimeout);
    }

    /** A handler that was begun has ended for good, and what it settled was told before. */
    void handled() {
        handlers--;
        beginReady();
        lookWhetherQuiet();
    }

    void settle(QueueMessage message, Outcome outcome, CompletableFuture<Void> done) {
        if (held.containsKey(message.delivery())) {
            settlements.add(new Settling(message, outcome, done));
        } else {
            done.completeExceptionally(notHeld(message));
        }
    }

    private static SluiceApiException notHeld(QueueMessage message) {
        String code = message.lost().orElse("already-settled");
        return new SluiceApiException(
                "settle " + message,
                new Problem(
                        code,
                        409,
                        "The message is not this consumer's",
                        "it was settled, or taken back: delivery=" + message.delivery(),
                        "Go on; if it was taken back, it is delivered again.",
                        Map.of()));
    }

    private void beginReady() {
        while (isHeard()) {
            QueueMessage next = ready.begin();
            if (next == null) {
                return;
            }
            try {
                application.begin(next);
                handlers++;
            } catch (RejectedExecutionException full) {
                ready.undo(next);
                lane.after(EXECUTOR_PAUSE, this::beginReady);
                return;
            }
        }
    }

    @Override
    public void opened() {
        int credit = isStopping ? 0 : settings.credit();
        link.greet(QueueFrames.open(settings.client(), credit, session, held.keySet()));
    }

    @Override
    public void text(Json frame) {
        switch (frame.text("type")) {
            case "opened" -> opened(frame);
            case "settled" -> settled(frame);
            case "lost" -> lost(frame, "deliveries");
            case "error" -> error(frame);
            default -> {} // Heartbeats, and what a newer gateway may say.
        }
        lookWhetherQuiet();
    }

    private void opened(Json frame) {
        session = Optional.of(frame.text("session"));
        sessionTimeout = Duration.ofMillis(Math.max(1, frame.number("sessionTimeoutMs")));
        link.established(Duration.ofMillis(Math.max(1, frame.number("heartbeatMs"))));
        lost(frame, "lost");
        settlements.send();
        beginReady();
        if (isStopping) {
            // It may have been asked to stop between the greeting and the answer.
            link.send(QueueFrames.credit(0));
        }
    }

    /**
     * One that is being settled may be gone because it was: what becomes of it, its settlement
     * tells.
     */
    private void lost(Json frame, String field) {
        for (String delivery : QueueFrames.deliveries(frame, field)) {
            QueueMessage message = held.get(delivery);
            if (message != null && !message.isSettled()) {
                lost(message, "lease-expired");
            }
        }
    }

    private void settled(Json frame) {
        var failures = new HashMap<String, Failure>();
        for (Json each : frame.list("failed")) {
            String code = each.text("code");
            var problem =
                    new Problem(
                            code,
                            409,
                            "The message was not settled",
                            each.text("detail", ""),
                            "",
                            Map.of());
            failures.put(each.text("delivery"), new Failure(problem, each.isTrue("retry")));
        }
        settlements.settled(frame.number("id"), failures);
    }

    private void error(Json frame) {
        Problem problem = Frames.problem(frame);
        if (frame.field("id").isPresent()) {
            settlements.refused(frame.number("id"), problem);
        } else if (problem.code().equals("unknown-session")) {
            // It was away for too long; its messages are others' by now.
            session = Optional.empty();
            loseAll(problem.code());
            settlements.failAll(new SluiceApiException("group " + group(), problem));
            link.disconnect(problem.toString(), true);
        } else if (Frames.mayPass(problem) || problem.code().equals("session-fenced")) {
            // Only a connection of its own that it has left can have fenced it.
            link.disconnect(problem.toString(), false);
        } else {
            refused(new SluiceApiException("group " + group(), problem));
        }
    }

    private String group() {
        return settings.link().group();
    }

    @Override
    public void binary(ByteBuffer frame) {
        for (QueueMessage each : QueueFrames.messages(frame, settler)) {
            if (held.putIfAbsent(each.delivery(), each) == null) {
                if (isStopping) {
                    giveBack(each);
                } else {
                    ready.add(each);
                }
            }
        }
        beginReady();
    }

    @Override
    public void disconnected() {
        settlements.disconnected();
    }

    @Override
    public void refused(SluiceClientException why) {
        link.fail();
        loseAll("closed");
        settlements.failAll(why);
        application.failed(why);
        lookWhetherQuiet();
    }

    private void loseAll(String reason) {
        List.copyOf(held.values()).forEach(each -> lost(each, reason));
    }

    @Override
    public boolean settle(long id, List<Settling> settlings) {
        if (!link.isEstablished()) {
            return false;
        }
        link.send(QueueFrames.settle(id, settlings));
        return true;
    }

    @Override
    public void settled(QueueMessage message) {
        held.remove(message.delivery());
    }

    @Override
    public void lost(QueueMessage message, String reason) {
        if (held.remove(message.delivery()) == null) {
            return;
        }
        message.lost(reason);
        if (ready.remove(message)) {
            application.lost(message, reason);
        }
    }
}
