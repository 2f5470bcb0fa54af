package sluice.simulation;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.log.SluiceException;

/**
 * A consumer of a queue group, by way of any gateway, as long as it is awake: it may fall asleep
 * and then go on with what it has, close its session, vanish, come back by another connection, or
 * lose an answer. What it decides of a delivery it repeats until it knows what became of that.
 */
final class SimulatedConsumer {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(12);
    private static final Duration POLL = Duration.ofMillis(800);
    private static final Duration DELAY = Duration.ofMillis(500);
    private static final int PREFETCH = 8;
    private static final int BYTES_MAX = 1 << 16;

    /** So many answers, one breaks off on the last of its way; it is asked for again. */
    private static final int LOST_ONE_IN = 20;

    /** A message that it has. */
    private record Held(QueueReply.Message message, Outcome outcome) {}

    private final SimulatedCluster cluster;
    private final QueueWatch watch;
    private final GroupName group;
    private final int pauseMsMax;

    /** Of what it releases. */
    private final Duration delay;

    private final RandomGenerator random;
    private final Map<DeliveryId, Held> held = new LinkedHashMap<>();
    private final Set<DeliveryId> settling = new HashSet<>();
    private Optional<UUID> session = Optional.empty();
    private Optional<UUID> connection = Optional.empty();
    private long received;
    private int asked;
    private int stepped;
    private long asleepUntilNs;
    private boolean isCalm;
    private boolean isStopped;

    SimulatedConsumer(SimulatedCluster cluster, QueueWatch watch, GroupName group, RunShape shape) {
        this.cluster = cluster;
        this.watch = watch;
        this.group = group;
        this.pauseMsMax = shape.pauseMsMax();
        this.delay = shape.hasDelays() ? DELAY : Duration.ZERO;
        this.random = cluster.time.random();
    }

    void start() {
        later(100, this::keep);
        later(200, this::work);
    }

    /** It no longer sleeps nor leaves, and acknowledges all that it is given. */
    void calm() {
        isCalm = true;
    }

    void stop() {
        isStopped = true;
    }

    private void later(int msMax, Runnable task) {
        cluster.world.schedule(
                Duration.ofMillis(1 + random.nextInt(msMax)),
                () -> {
                    long leftNs = asleepUntilNs - cluster.time.nowNs();
                    if (isStopped) {
                        return;
                    }
                    if (leftNs > 0) {
                        cluster.world.schedule(Duration.ofNanos(leftNs), task);
                    } else {
                        task.run();
                    }
                });
    }

    /** Opens, comes back, or asks for messages; exactly one of these is under way. */
    private void keep() {
        if (session.isPresent() && !isCalm && random.nextInt(25) == 0) {
            trouble();
        }
        if (connection.isPresent() && session.isPresent()) {
            receive(session.get());
        } else {
            open();
        }
    }

    private void trouble() {
        switch (random.nextInt(4)) {
            case 0 -> {
                Duration sleep = Duration.ofMillis(random.nextInt(9_000));
                asleepUntilNs = cluster.time.nowNs() + sleep.toNanos();
                cluster.note("consumer", "sleeps: " + session);
            }
            case 1 -> {
                ask(new QueueRequest.Close(session.orElseThrow(), connection), (_, _) -> {});
                forget();
            }
            case 2 -> forget();
            default -> connection = Optional.empty();
        }
    }

    private void forget() {
        session = Optional.empty();
        connection = Optional.empty();
        held.clear();
        settling.clear();
    }

    private void open() {
        Optional<UUID> next = Optional.of(cluster.newId());
        Optional<QueueRequest.Resume> resume =
                session.map(id -> new QueueRequest.Resume(id, List.copyOf(held.keySet())));
        resume.ifPresent(_ -> cluster.coverage.count("queue: sessions resumed"));
        List<SimulatedGateway> up = cluster.up();
        UUID node = up.isEmpty() ? new UUID(0, 0) : up.get(random.nextInt(up.size())).id();
        kept(
                new QueueRequest.Open(resume, next, PREFETCH, "simulated", node, "any"),
                reply -> {
                    if (reply instanceof QueueReply.Opened opened) {
                        session = Optional.of(opened.session());
                        connection = next;
                        received = 0;
                        held.keySet().removeAll(Set.copyOf(opened.lost()));
                    }
                });
    }

    private void receive(UUID id) {
        int max = isCalm ? PREFETCH : random.nextInt(PREFETCH + 1);
        kept(
                new QueueRequest.Receive(
                        session, connection, received, max, BYTES_MAX, POLL, Optional.empty()),
                reply -> {
                    if (reply instanceof QueueReply.Received answer) {
                        answer.messages().forEach(each -> watch.given(id, each));
                        if (isCalm || random.nextInt(LOST_ONE_IN) > 0) {
                            received(answer);
                        }
                    }
                });
    }

    private void received(QueueReply.Received answer) {
        received = answer.number();
        for (QueueReply.Message each : answer.messages()) {
            held.putIfAbsent(each.delivery(), new Held(each, outcome()));
        }
    }

    private Outcome outcome() {
        int dice = isCalm ? 0 : random.nextInt(20);
        return switch (dice) {
            case 17 -> new Outcome.Reject("simulated");
            case 18 -> new Outcome.Release(Optional.empty(), "simulated");
            case 19 -> new Outcome.Release(Optional.of(delay), "simulated");
            default -> new Outcome.Acknowledge();
        };
    }

    private interface Kept {
        void told(GroupReply reply);
    }

    /** Asks, and goes on with {@link #keep} whatever comes of it, also if nothing does. */
    private void kept(QueueRequest request, Kept then) {
        int thisAsk = ++asked;
        cluster.world.schedule(
                ANSWER_MAX,
                () -> {
                    if (asked == thisAsk && !isStopped) {
                        asked++;
                        later(50, this::keep);
                    }
                });
        Optional<UUID> of = session;
        Optional<UUID> by = connection;
        ask(
                request,
                (reply, error) -> {
                    if (asked != thisAsk) {
                        return;
                    }
                    asked++;
                    boolean isPresent = session.equals(of) && connection.equals(by);
                    if (reply != null && isPresent) {
                        then.told(reply);
                    } else if (error != null && isPresent) {
                        refused(error);
                    }
                    later(50, this::keep);
                });
    }

    private void refused(SluiceException error) {
        switch (error.code()) {
            case "unknown-session" -> ended();
            case "session-fenced", "session-moved", "unknown-answer" ->
                    connection = Optional.empty();
            default -> {}
        }
    }

    /** Its session is over, and it tries what it should not: all its words come too late. */
    private void ended() {
        cluster.coverage.count("queue: sessions that had ended");
        var late = new ArrayList<>(held.values());
        forget();
        settle(Optional.empty(), Optional.empty(), late);
    }

    private void work() {
        int thisStep = ++stepped;
        cluster.world.schedule(ANSWER_MAX, () -> workAgain(thisStep));
        var chosen = new ArrayList<Held>();
        for (Held each : held.values()) {
            if (random.nextInt(4) > 0 && settling.add(each.message().delivery())) {
                chosen.add(each);
            }
        }
        if (session.isPresent() && connection.isPresent()) {
            settle(session, connection, chosen);
        } else {
            chosen.forEach(each -> settling.remove(each.message().delivery()));
        }
        workAgain(thisStep);
    }

    private void workAgain(int ofStep) {
        if (stepped == ofStep && !isStopped) {
            stepped++;
            later(pauseMsMax, this::work);
        }
    }

    private void settle(Optional<UUID> of, Optional<UUID> by, List<Held> chosen) {
        if (chosen.isEmpty()) {
            return;
        }
        var items = new ArrayList<QueueRequest.Item>();
        for (Held each : chosen) {
            items.add(new QueueRequest.Item(each.message().delivery(), each.outcome()));
            if (!(each.outcome() instanceof Outcome.Release)) {
                watch.asked(each.message().delivery());
            }
        }
        Map<DeliveryId, Held> asking = new HashMap<>();
        chosen.forEach(each -> asking.put(each.message().delivery(), each));
        cluster.world.schedule(ANSWER_MAX, () -> settling.removeAll(asking.keySet()));
        ask(
                new QueueRequest.Settle(of, by, items),
                (reply, error) -> {
                    settling.removeAll(asking.keySet());
                    if (reply instanceof QueueReply.Settled settled) {
                        for (int i = 0; i < chosen.size(); i++) {
                            settled(chosen.get(i), of.isPresent(), settled.results().get(i));
                        }
                    } else if (error != null && isPresent(of, by)) {
                        refused(error);
                    }
                });
    }

    /**
     * @param isInSession false: it was tried by a consumer whose session had ended
     */
    private void settled(Held one, boolean isInSession, QueueReply.Result result) {
        DeliveryId delivery = one.message().delivery();
        switch (result) {
            case QueueReply.Result.Done() -> {
                switch (one.outcome()) {
                    case Outcome.Acknowledge() -> watch.acknowledged(delivery);
                    case Outcome.Reject _ -> watch.rejected(value(one));
                    case Outcome.Release _, Outcome.NotDelivered _, Outcome.Extend _ -> {}
                }
                held.remove(delivery);
            }
            case QueueReply.Result.Refused(var why, _) -> {
                watch.refused(delivery, isInSession, why);
                held.remove(delivery);
            }
            case QueueReply.Result.Failed _ -> {} // It is repeated.
        }
    }

    /** True if this is still its session, and its connection. */
    private boolean isPresent(Optional<UUID> of, Optional<UUID> by) {
        return of.isPresent() && session.equals(of) && connection.equals(by);
    }

    private static String value(Held one) {
        ByteBuffer value = one.message().record().value();
        return value == null ? "" : StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    }

    private void ask(QueueRequest request, BiConsumer<GroupReply, SluiceException> then) {
        List<SimulatedGateway> up = cluster.up();
        if (up.isEmpty()) {
            return;
        }
        up.get(random.nextInt(up.size()))
                .engine()
                .groups()
                .call(group, request)
                .whenComplete((reply, failure) ->
                        cluster.world.schedule(
                                Duration.ZERO, () -> answered(request, then, reply, failure)));
    }

    private void answered(
            QueueRequest request,
            BiConsumer<@Nullable GroupReply, @Nullable SluiceException> then,
            @Nullable GroupReply reply,
            @Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        if (reply != null || cause instanceof SluiceException) {
            then.accept(reply, (SluiceException) cause);
        } else if (!(cause instanceof ProcessDied)) {
            cluster.broken("not an answer: request=" + request, cause);
        }
    }

    @Override
    public String toString() {
        return "session=%s held=%s".formatted(session, held.keySet());
    }
}
