package sluice.consumer.queue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.WaitingAcquires.Waiting;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Lane;

/**
 * Gives messages to whoever asked, first come, first served: at once what is in memory, else when
 * it was fetched, was written to the topic, or is due again. Owned by the queues' lane.
 */
final class Serving {

    /** Answers a request once all that was decided before is durable. */
    interface Answers {
        void answer(Asked asked, Supplier<PartitionReply> reply);
    }

    private static final int PLACES_MAX = 4;
    private static final Duration TRY_AGAIN = Duration.ofMillis(200);
    private static final int PUT_OFF_MAX = 8;

    /** In a plain queue, before others get their turn on the lane. */
    private static final int LOOKS_MAX = 20;

    /** So long after the last Acquire a queue that looks ahead hears of new messages. */
    private static final Duration IN_USE = Duration.ofSeconds(30);

    private final Lane lane;
    private final QueueMachine machine;
    private final RecordWindow window;
    private final Picks picks;
    private final LookAhead ahead;
    private final Consumer<List<Change>> write;
    private final Answers answers;
    private final Supplier<PartitionReply.Backlog> backlog;
    private final WaitingAcquires waiting = new WaitingAcquires();
    private boolean isWatching;
    private boolean isLooking;
    private boolean isServing;
    private long acquiredNs;
    private int fetches;

    /** Records could not be fetched a moment ago. */
    private boolean isTroubled;

    private Lane.@Nullable Timer timer;
    private long timerMs;
    private boolean isOver;

    /**
     * @param write takes what was decided
     */
    Serving(
            Lane lane,
            QueueMachine machine,
            RecordWindow window,
            LookAhead ahead,
            Consumer<List<Change>> write,
            Answers answers,
            Supplier<PartitionReply.Backlog> backlog) {
        this.lane = lane;
        this.machine = machine;
        this.window = window;
        this.picks = new Picks(machine, window);
        this.ahead = ahead;
        this.write = write;
        this.answers = answers;
        this.backlog = backlog;
    }

    boolean isIdle() {
        return waiting.isEmpty() && fetches == 0;
    }

    /** Ends the wait of the Acquires with that number. */
    void cancel(long number) {
        waiting.cancelled(number).forEach(this::answerEmpty);
    }

    void ended(List<UUID> sessions) {
        waiting.ended(sessions).forEach(this::answerEmpty);
    }

    /**
     * Ends all that waits. A coordinator that attaches asks next what is out: what was asked
     * before, by itself or by one that it took over from, must give out nothing after that.
     */
    void attached() {
        waiting.removeAll().forEach(this::answerEmpty);
    }

    /** Reads what comes next, so that its age is known, if that can be read. */
    void readNext(Runnable then) {
        long next = machine.turns(lane.wallMs()).next();
        if (next >= 0 && window.find(next) instanceof RecordWindow.Found.Elsewhere) {
            window.fetch(next, _ -> then.run());
        } else {
            then.run();
        }
    }

    PartitionReply.Numbers numbers() {
        QueueState state = machine.state();
        long next = machine.turns(lane.wallMs()).next();
        OptionalLong oldest =
                next >= 0 && window.find(next) instanceof RecordWindow.Found.Here(var record)
                        ? OptionalLong.of(record.timestampMs())
                        : OptionalLong.empty();
        return new PartitionReply.Numbers(
                backlog.get(),
                state.floor(),
                state.cursor(),
                window.highWatermark(),
                state.cursor() - state.floor() - state.held().size() - state.waiting().count(),
                state.settledCount(),
                state.leasedCount(),
                oldest,
                state.expiredCount(),
                Backlogs.tenants(state));
    }

    void acquire(Asked asked, PartitionRequest.Acquire acquire) {
        if (waiting.size() >= WaitingAcquires.MAX) {
            asked.fail(
                    new SluiceException(
                            Kind.OVERLOADED,
                            "too-many-acquires",
                            "too many requests wait for messages of one partition: max=%d; retry after a pause"
                                    .formatted(WaitingAcquires.MAX)));
            return;
        }
        var one = new Waiting(asked, acquire);
        acquiredNs = lane.nowNs();
        one.timer = lane.schedule(acquire.waitMax(), () -> timedOut(one));
        waiting.add(one);
        serve();
    }

    private void timedOut(Waiting one) {
        if (one.isOver) {
            return;
        }
        if (!one.hasLooked) {
            // The partition may have grown since somebody last waited at its end.
            one.hasLooked = true;
            fetches++;
            window.refresh(_ -> {
                fetches--;
                serve();
                timedOut(one);
            });
            return;
        }
        if ((fetches > 0 || isServing) && one.putOff++ < PUT_OFF_MAX) {
            one.timer = lane.schedule(TRY_AGAIN, () -> timedOut(one));
            return;
        }
        waiting.remove(one);
        answerEmpty(one);
    }

    private void answerEmpty(Waiting one) {
        List<List<Delivery>> none =
                one.acquire.grants().stream().map(_ -> List.<Delivery>of()).toList();
        answers.answer(one.asked, () -> new PartitionReply.Acquired(none, backlog.get()));
    }

    /** Gives out what can be given out now. */
    void serve() {
        if (isOver) {
            return;
        }
        long nowMs = lane.wallMs();
        var out = new ArrayList<Change>();
        var missing = new ArrayList<Long>();
        var served = new ArrayList<Runnable>();
        machine.expire(nowMs, out);
        boolean isMore = look(nowMs, out);
        for (Waiting one = waiting.first(); one != null; one = waiting.first()) {
            var granted = new ArrayList<List<Delivery>>();
            long bytes = 0;
            boolean isAny = one.acquire.grants().isEmpty() && isAnyReady();
            for (int i = 0; i < one.acquire.grants().size(); i++) {
                if (one.over.get(i) || bytes >= PartitionReply.BYTES_MAX) {
                    granted.add(List.of());
                    continue;
                }
                List<Delivery> picked =
                        picks.pick(one.acquire.grants().get(i), !isTroubled, nowMs, out);
                granted.add(picked);
                bytes += Picks.sizeBytes(picked);
                isAny |= !picked.isEmpty();
                missing.addAll(picks.missing());
                isMore |= picks.hasCleared();
            }
            if (!isAny) {
                break;
            }
            waiting.remove(one);
            Asked asked = one.asked;
            served.add(() ->
                    answers.answer(
                            asked, () -> new PartitionReply.Acquired(granted, backlog.get())));
        }
        risen().forEach(each -> served.add(() -> answerEmpty(each)));
        write.accept(out);
        served.forEach(Runnable::run);
        missing.stream().distinct().limit(PLACES_MAX).forEach(this::fetch);
        if (isMore) {
            serveSoon();
        } else if (ahead.missing() >= 0) {
            fetchAhead(ahead.missing());
        } else if (missing.isEmpty() && machine.state().cursor() >= window.highWatermark()) {
            watch();
        }
        window.readAhead(machine.state().cursor());
        arm(nowMs);
    }

    private List<Waiting> risen() {
        if (!waiting.isAnyForRise()) {
            return List.of();
        }
        PartitionReply.Backlog now = backlog.get();
        // What is not looked at yet may be as high as it was.
        boolean isKnown = now.level() != PartitionReply.Backlog.NO_LEVEL || now.ready() == 0;
        return isKnown ? waiting.risen(now.level()) : List.of();
    }

    private boolean look(long nowMs, List<Change> out) {
        int looks = machine.isPlain() ? LOOKS_MAX : 1;
        boolean isMore = true;
        for (int i = 0; isMore && i < looks; i++) {
            isMore = ahead.look(!waiting.isEmpty(), nowMs, out);
        }
        return isMore;
    }

    private void serveSoon() {
        if (!isServing) {
            isServing = true;
            lane.execute(() -> {
                isServing = false;
                serve();
            });
        }
    }

    /** One at a time, for whoever waits. */
    private void fetchAhead(long offset) {
        if (!isLooking) {
            isLooking = true;
            fetches++;
            window.fetch(
                    offset,
                    failure -> {
                        isLooking = false;
                        fetched(failure);
                    });
        }
    }

    private boolean isAnyReady() {
        return machine.room() > 0 && backlog.get().ofLevel() > 0;
    }

    private void fetch(long offset) {
        fetches++;
        window.fetch(offset, this::fetched);
    }

    private void fetched(Optional<SluiceException> failure) {
        fetches--;
        if (failure.isEmpty()) {
            isTroubled = false;
            serve();
        } else {
            troubled(failure.get());
        }
    }

    private void watch() {
        boolean isInUse = !machine.isPlain() && lane.nowNs() - acquiredNs < IN_USE.toNanos();
        if (!isWatching && (isInUse || !waiting.isEmpty())) {
            isWatching = true;
            window.awaitRecords(failure -> {
                isWatching = false;
                if (failure.isEmpty()) {
                    serve();
                } else {
                    troubled(failure.get());
                }
            });
        }
    }

    private void troubled(SluiceException error) {
        isTroubled = true;
        if (error.kind() == Kind.DATA) {
            waiting.removeAll().forEach(each -> each.asked.fail(error));
        } else if (!waiting.isEmpty()) {
            lane.schedule(TRY_AGAIN, this::serve);
        }
    }

    /** Wakes when a lease ends by itself, or something is due for which somebody waits. */
    private void arm(long nowMs) {
        QueueState state = machine.state();
        long nextMs = state.held().nextDeadlineMs().orElse(Long.MAX_VALUE);
        if (!waiting.isEmpty()) {
            nextMs = Math.min(nextMs, state.held().nextReadyMs(nowMs));
            nextMs = Math.min(nextMs, Math.max(nowMs + 1, state.waiting().nextDueMs()));
        }
        Lane.Timer running = timer;
        if (nextMs == Long.MAX_VALUE || (running != null && timerMs <= nextMs)) {
            return;
        }
        if (running != null) {
            running.cancel();
        }
        timerMs = nextMs;
        timer = lane.schedule(Duration.ofMillis(Math.max(1, nextMs - nowMs)), this::woken);
    }

    private void woken() {
        timer = null;
        serve();
    }

    /** Whoever waits is told that nothing was done. */
    void end(SluiceException notDone) {
        isOver = true;
        Lane.Timer running = timer;
        if (running != null) {
            running.cancel();
        }
        waiting.removeAll().forEach(each -> each.asked.fail(notDone));
    }
}
