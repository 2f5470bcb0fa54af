package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Result;

/**
 * A machine that is used by chance, from one seed, beside a ledger that knows nothing but what was
 * asked and answered. Now and then the machine is thrown away and made anew from its log.
 */
final class QueueRun {

    private static final QueueLimits LIMITS = new QueueLimits(12, 30, 16, 3);
    private static final int SESSIONS = 4;
    private static final long END = 400;

    private record Known(long offset, long lease, UUID session) {}

    final long seed;
    private final Breakage breakage;
    private final Random random;
    private QueueMachine machine = new QueueMachine(new QueueState(LIMITS), LIMITS);
    private final List<byte[]> log = new ArrayList<>();
    private int snapshotAt;
    private long nowMs = 1_000_000;
    private long epoch = 1;

    private final Map<Long, Long> leasedNow = new HashMap<>();
    private final Map<Long, Known> deliveries = new HashMap<>();
    private final Set<Long> done = new HashSet<>();
    private final Set<Long> takenBack = new HashSet<>();
    private final Map<Long, Integer> counts = new HashMap<>();
    private long highestLease = -1;
    int acknowledged;
    int reloads;
    int refused;
    int dead;

    QueueRun(long seed, Breakage breakage) {
        this.seed = seed;
        this.breakage = breakage;
        this.random = new Random(seed);
    }

    void run(int steps) {
        decide(out ->
                machine.attach(epoch, new QueuePolicy(4, QueuePolicy.DEFAULT.backoff()), out));
        decide(out -> machine.reset(0, nowMs, out));
        for (int step = 0; step < steps; step++) {
            step();
            check(step);
        }
        finish();
    }

    private void decide(Consumer<List<Change>> deciding) {
        var out = new ArrayList<Change>();
        deciding.accept(out);
        out.forEach(each -> log.add(ChangeCodec.encode(each)));
    }

    private void step() {
        nowMs += random.nextInt(3_000);
        switch (random.nextInt(16)) {
            case 0, 1, 2, 3, 4 -> acquire();
            case 5, 6, 7, 8 -> settle();
            case 9 -> end();
            case 10 -> expire();
            case 11 -> reload();
            case 12 -> snapshot();
            case 13 -> bury();
            case 14 -> skip();
            default -> breakSomething();
        }
    }

    private UUID session() {
        return new UUID(0, random.nextInt(SESSIONS));
    }

    private void acquire() {
        QueueState state = machine.state();
        var offsets = new ArrayList<Long>();
        int wanted = 1 + random.nextInt(5);
        int room = breakage == Breakage.GIVES_MORE_THAN_THE_LIMIT ? 1_000 : machine.room();
        for (Message each : state.held().returned()) {
            if (each.readyMs() <= nowMs && offsets.size() < Math.min(wanted, room)) {
                offsets.add(each.offset());
            }
        }
        long cursor = state.cursor();
        int fresh = breakage == Breakage.GIVES_MORE_THAN_THE_LIMIT ? 1_000 : machine.freshRoom();
        while (offsets.size() < Math.min(wanted, room) && fresh > 0 && cursor < END) {
            if (random.nextInt(10) > 0) { // Else a hole, as compaction leaves.
                offsets.add(cursor);
                fresh--;
            } else {
                done.add(cursor);
            }
            cursor++;
        }
        if (offsets.isEmpty()) {
            long empty = cursor;
            decide(out -> machine.skip(empty, out));
            return;
        }
        Optional<UUID> session = random.nextInt(4) == 0 ? Optional.empty() : Optional.of(session());
        OptionalLong deadline =
                session.isEmpty() || random.nextBoolean()
                        ? OptionalLong.of(nowMs + random.nextInt(20_000))
                        : OptionalLong.empty();
        long to = cursor;
        decide(out ->
                given(
                        machine.acquire(session, deadline, offsets, List.of(), to, nowMs, out),
                        session,
                        offsets));
    }

    private void given(long first, Optional<UUID> session, List<Long> offsets) {
        for (int i = 0; i < offsets.size(); i++) {
            long offset = offsets.get(i);
            long lease = first + i;
            assertTrue(lease > highestLease, () -> say("a lease number comes again: " + lease));
            highestLease = lease;
            assertTrue(!leasedNow.containsKey(offset), () -> say("leased twice: " + offset));
            assertTrue(!done.contains(offset), () -> say("done, and delivered: " + offset));
            leasedNow.put(offset, lease);
            deliveries.put(lease, new Known(offset, lease, session.orElse(new UUID(9, 9))));
            int count = message(offset).count();
            assertTrue(
                    count > counts.getOrDefault(offset, 0),
                    () -> say("the count fell: offset=%d count=%d".formatted(offset, count)));
            counts.put(offset, count);
        }
    }

    private Message message(long offset) {
        @Nullable Message found = machine.state().message(offset);
        if (found == null) {
            throw new AssertionError(say("not held: " + offset));
        }
        return found;
    }

    private void settle() {
        var asked = new ArrayList<Settlement>();
        for (int i = 1 + random.nextInt(4); i > 0 && highestLease >= 0; i--) {
            long lease = Math.max(0, highestLease - random.nextInt(20));
            Known known = deliveries.get(lease);
            if (known != null) {
                asked.add(
                        new Settlement(
                                known.offset(), lease, Optional.of(known.session()), outcome()));
            }
        }
        decide(out -> {
            List<Result> results = machine.settle(asked, nowMs, random::nextDouble, out);
            for (int i = 0; i < asked.size(); i++) {
                settled(asked.get(i), results.get(i));
            }
        });
    }

    private Outcome outcome() {
        return switch (random.nextInt(8)) {
            case 0 -> new Outcome.Release(Optional.empty(), "why not");
            case 1 -> new Outcome.Release(Optional.of(Duration.ofSeconds(3)), "");
            case 2 -> new Outcome.NotDelivered();
            case 3 -> new Outcome.Reject("bad");
            case 4 -> new Outcome.Extend(Duration.ofSeconds(5));
            default -> new Outcome.Acknowledge();
        };
    }

    private void settled(Settlement asked, Result result) {
        if (!(result instanceof Result.Done)) {
            refused++;
            assertTrue(
                    !Long.valueOf(asked.lease()).equals(leasedNow.get(asked.offset())),
                    () -> say("refused though it is leased: " + asked + " " + result));
            return;
        }
        boolean wasLeased = Long.valueOf(asked.lease()).equals(leasedNow.get(asked.offset()));
        assertTrue(
                wasLeased || !takenBack.contains(asked.lease()),
                () -> say("settled after it was taken back: " + asked));
        if (!wasLeased || asked.outcome() instanceof Outcome.Extend) {
            return;
        }
        leasedNow.remove(asked.offset());
        if (asked.outcome() instanceof Outcome.Acknowledge) {
            done.add(asked.offset());
            acknowledged++;
        }
    }

    private void end() {
        UUID session = session();
        leasedNow.forEach((_, lease) -> {
            if (known(lease).session().equals(session)) {
                takenBack.add(lease);
            }
        });
        leasedNow.values().removeIf(lease -> known(lease).session().equals(session));
        decide(out -> machine.endSessions(List.of(session), nowMs, out));
    }

    private Known known(long lease) {
        return java.util.Objects.requireNonNull(deliveries.get(lease));
    }

    private void expire() {
        for (Message each : machine.state().held().pastDeadline(nowMs)) {
            leasedNow.remove(each.offset());
            takenBack.add(each.lease());
        }
        decide(out -> machine.expire(nowMs, out));
    }

    private void bury() {
        List<Long> some = machine.state().held().dead().stream().limit(2).toList();
        dead += some.size();
        done.addAll(some);
        decide(out -> machine.bury(some, out));
    }

    private void skip() {
        long to = machine.state().cursor() + (random.nextInt(5) == 0 ? 2 : 0);
        for (long offset = machine.state().cursor(); offset < to; offset++) {
            done.add(offset);
        }
        decide(out -> machine.skip(to, out));
    }

    private void snapshot() {
        int at = log.size();
        for (Change each : Snapshots.of(machine.state())) {
            boolean isForgotten =
                    breakage == Breakage.SNAPSHOT_FORGETS_WHAT_WAS_SETTLED
                            && each instanceof Change.SnapshotSettled;
            if (!isForgotten) {
                log.add(ChangeCodec.encode(each));
            }
        }
        if (random.nextInt(4) == 0) { // Cut off: its writer died.
            int left = 1 + random.nextInt(log.size() - at);
            while (log.size() > at + left - 1) {
                log.removeLast();
            }
        } else {
            snapshotAt = at;
        }
    }

    /** Another owner: it knows the log alone, from its beginning or from the last snapshot on. */
    private void reload() {
        String before = fingerprint(machine.state());
        for (int from : new int[] {0, snapshotAt}) {
            var state = new QueueState(LIMITS);
            for (int i = from; i < log.size(); i++) {
                if (breakage != Breakage.LOG_LOSES_A_CHANGE || i != log.size() - 1) {
                    state.apply(ChangeCodec.decode(ByteBuffer.wrap(log.get(i))));
                }
            }
            assertEquals(
                    before, fingerprint(state), say("another state from the log: from=" + from));
            machine = new QueueMachine(state, LIMITS);
        }
        reloads++;
    }

    private static String fingerprint(QueueState state) {
        return Snapshots.of(state).toString();
    }

    private void breakSomething() {
        QueueState state = machine.state();
        switch (breakage) {
            case GIVES_A_LEASED_MESSAGE ->
                    leasedNow.keySet().stream().findFirst().ifPresent(this::give);
            case GIVES_A_DONE_MESSAGE -> done.stream().findFirst().ifPresent(this::give);
            case COUNT_FALLS ->
                    state.held().returned().stream()
                            .findFirst()
                            .ifPresent(each -> {
                                apply(new Change.Dropped(List.of(each.offset())));
                                give(each.offset());
                            });
            case FORGETS_A_MESSAGE ->
                    state.held().returned().stream()
                            .findFirst()
                            .ifPresent(each -> apply(new Change.Dropped(List.of(each.offset()))));
            case ACCEPTS_A_LATE_ACKNOWLEDGEMENT ->
                    takenBack.stream()
                            .findFirst()
                            .ifPresent(lease -> {
                                Known late = known(lease);
                                settled(
                                        new Settlement(
                                                late.offset(),
                                                lease,
                                                Optional.of(late.session()),
                                                new Outcome.Acknowledge()),
                                        new Result.Done(false));
                            });
            case NONE,
                    LOG_LOSES_A_CHANGE,
                    SNAPSHOT_FORGETS_WHAT_WAS_SETTLED,
                    GIVES_MORE_THAN_THE_LIMIT -> {}
        }
    }

    private void apply(Change change) {
        machine.state().apply(change);
        log.add(ChangeCodec.encode(change));
    }

    private void give(long offset) {
        long lease = machine.state().nextLease();
        apply(
                new Change.Acquired(
                        nowMs,
                        Optional.empty(),
                        OptionalLong.of(nowMs),
                        lease,
                        machine.state().cursor(),
                        List.of(offset),
                        List.of()));
        given(lease, Optional.empty(), List.of(offset));
    }

    private void check(int step) {
        QueueState state = machine.state();
        assertTrue(
                state.held().inFlight() <= LIMITS.inFlightMax(),
                () -> say("step=" + step + " inFlight=" + state.held().inFlight()));
        assertTrue(
                state.held().size() <= LIMITS.heldMax() + LIMITS.inFlightMax(),
                () -> say("held=" + state.held().size()));
        assertEquals(leasedNow.size(), state.held().inFlight(), () -> say("leases: step=" + step));
        for (long offset = 0; offset < state.cursor(); offset++) {
            boolean isHeld = state.message(offset) != null;
            assertEquals(!isHeld, done.contains(offset), say("step=" + step + " offset=" + offset));
        }
        assertTrue(state.floor() <= state.cursor(), () -> say("floor=" + state.floor()));
    }

    /** With consumers that do not fail everything is done at last. */
    private void finish() {
        UUID session = new UUID(1, 1);
        for (int i = 0; i < 10_000 && (machine.state().floor() < END); i++) {
            nowMs += 600_000;
            expire();
            for (int each = 0; each < SESSIONS; each++) {
                end();
            }
            bury();
            acquire();
            var asked =
                    leasedNow.entrySet().stream()
                            .map(each ->
                                    new Settlement(
                                            each.getKey(),
                                            each.getValue(),
                                            Optional.of(known(each.getValue()).session()),
                                            new Outcome.Acknowledge()))
                            .toList();
            decide(out -> {
                List<Result> results = machine.settle(asked, nowMs, () -> 0, out);
                for (int j = 0; j < asked.size(); j++) {
                    settled(asked.get(j), results.get(j));
                }
            });
        }
        assertEquals(END, machine.state().floor(), say("not all is done: session=" + session));
        assertEquals(0, machine.state().held().size());
    }

    private String say(String what) {
        return "seed=" + seed + " breakage=" + breakage + ": " + what;
    }
}
