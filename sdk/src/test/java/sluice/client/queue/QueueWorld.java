package sluice.client.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import sluice.client.error.SluiceApiException;
import sluice.client.error.SluiceClientException;
import sluice.client.json.Json;
import sluice.client.link.LinkSettings;
import sluice.client.link.SessionLane;
import sluice.client.link.VirtualLane;
import sluice.client.queue.ScriptedGateways.Dial;
import sluice.log.lane.VirtualTime;

/** One session of a queue group, whose gateways and handlers are the test's, in virtual time. */
abstract class QueueWorld {

    /** More than a task needs to come to the lane. */
    private static final long SOON_NS = 200_000;

    final VirtualTime time = new VirtualTime(1);
    final VirtualTime.Scope process = time.scope("client");
    final SessionLane lane = VirtualLane.of(process.lane("session"));
    final ScriptedGateways gateways = new ScriptedGateways();
    final List<QueueMessage> begun = new ArrayList<>();
    final List<String> told = new ArrayList<>();
    boolean isExecutorFull;
    final QueueSession session =
            new QueueSession(
                    lane,
                    gateways,
                    new QueueSettings(
                            new LinkSettings(
                                    List.of(URI.create("http://g1:1"), URI.create("http://g2:1")),
                                    0,
                                    "jobs",
                                    Duration.ofSeconds(5),
                                    Duration.ofSeconds(15),
                                    Duration.ofMillis(100),
                                    Duration.ofSeconds(3)),
                            "test",
                            2,
                            3,
                            Duration.ofMillis(100)),
                    this::settle,
                    new Told());

    private final class Told implements QueueSession.Application {
        @Override
        public void begin(QueueMessage message) {
            if (isExecutorFull) {
                throw new RejectedExecutionException();
            }
            begun.add(message);
        }

        @Override
        public void lost(QueueMessage message, String reason) {
            told.add("lost " + message.delivery() + " " + reason);
        }

        @Override
        public void failed(SluiceClientException why) {
            told.add("failed " + why.getClass().getSimpleName());
        }

        @Override
        public void quiet() {
            told.add("quiet");
        }
    }

    private CompletableFuture<Void> settle(QueueMessage message, Outcome outcome) {
        var done = new CompletableFuture<Void>();
        lane.execute(() -> session.settle(message, outcome, done));
        pass(0);
        return done;
    }

    /** So long, and what is due then has happened. */
    void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(SOON_NS));
    }

    /** On the lane. */
    void on(Runnable work) {
        lane.execute(work);
        pass(0);
    }

    Dial dialled() {
        on(session::begin);
        return gateways.last();
    }

    static Dial connected(Dial dial) {
        dial.listener.opened(dial);
        return dial;
    }

    /** A session that a gateway knows. */
    Dial open() {
        Dial dial = connected(dialled());
        pass(0);
        dial.opened("s", "");
        pass(0);
        return dial;
    }

    /** The connection after the one that ended, with the session resumed. */
    Dial resumed(String lost) {
        Dial dial = connected(gateways.last());
        pass(0);
        dial.opened("s", lost);
        pass(0);
        return dial;
    }

    void deliver(Dial dial, String... deliveries) {
        dial.deliver(deliveries);
        pass(0);
    }

    /** The handler of the message ends. */
    void handled() {
        QueueMessage next = session.next(true);
        if (next == null) {
            on(session::handled);
        } else {
            begun.add(next);
        }
    }

    List<String> begunOnes() {
        return begun.stream().map(QueueMessage::delivery).toList();
    }

    static List<String> texts(Json frame, String field) {
        return frame.list(field).stream().map(each -> String.valueOf(each.value())).toList();
    }

    void assertTold(String... expected) {
        assertEquals(List.of(expected), told);
    }

    static String failure(CompletableFuture<Void> done) {
        var failed = assertThrows(CompletionException.class, done::join);
        Throwable cause = Objects.requireNonNull(failed.getCause());
        return cause instanceof SluiceApiException refused
                ? refused.code()
                : cause.getClass().getSimpleName();
    }
}
