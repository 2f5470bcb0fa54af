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
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import sluice.consumer.queue.Settlement.Outcome;
import sluice.consumer.queue.Settlement.Result;

/**
 * A machine whose messages wait, from one seed, beside a ledger of each message's place. Now and
 * then the machine is made anew from its log, from the beginning and from the last snapshot.
 */
final class WaitingRun {

    /** A rule that is broken, so that the run must notice. */
    enum Breakage {
        NONE,
        FREES_A_KEY_TOO_EARLY,
        LETS_A_DELAYED_MESSAGE_GO_EARLY,
        FORGETS_WHO_WAITS_BEHIND_A_KEY,
        FORGETS_WHAT_A_TENANT_HAS,
        LOG_LOSES_WHERE_MESSAGES_WERE_PLACED,
        SNAPSHOT_FORGETS_WHAT_WAITS
    }

    private static final QueueLimits LIMITS = new QueueLimits(40, 80, 16, 3);
    private static final long END = 500;
    private static final int TENANT_MAX = 4;

    private record Info(long key, Line line, long untilMs) {}

    private record Held(long lease, UUID session) {}

    private final long seed;
    private final Breakage breakage;
    private final Random random;
    private final QueueChoice choice;
    private QueueMachine machine = new QueueMachine(new QueueState(LIMITS), LIMITS);
    private final List<byte[]> log = new ArrayList<>();
    private int snapshotAt;
    private long nowMs = 1_000_000;

    private final Map<Long, Info> infos = new HashMap<>();
    private final Map<Long, Held> leased = new TreeMap<>();
    private final Set<Long> done = new HashSet<>();
    int acknowledged;
    int reloads;
    int behind;

    WaitingRun(long seed, Breakage breakage) {
        this.seed = seed;
        this.breakage = breakage;
        this.random = new Random(seed);
        this.choice =
                new QueueChoice(
                        seed % 2 == 1,
                        seed % 3 > 0,
                        seed % 5 > 2,
                        seed % 3 == 1
                                ? Optional.of(
                                        new QueueChoice.Tenants("t", TENANT_MAX, Map.of("t1", 3)))
                                : Optional.empty());
    }

    void run(int steps) {
        var out = new ArrayList<Change>();
        machine.attach(1, new QueuePolicy(4, QueuePolicy.Backoff.NONE, choice), out);
        machine.reset(0, nowMs, out);
        logged(out);
        for (int step = 0; step < steps; step++) {
            nowMs += random.nextInt(3_000);
            step();
            check();
        }
        finish();
    }

    private void logged(List<Change> changes) {
        changes.forEach(each -> log.add(ChangeCodec.encode(each)));
    }

    private void step() {
        switch (random.nextInt(16)) {
            case 0, 1, 2 -> place();
            case 3, 4, 5, 6 -> acquire(1 + random.nextInt(6));
            case 7, 8, 9, 10 -> settle();
            case 11 -> endSession();
            case 12 -> reload();
            case 13 -> snapshot();
            case 14 -> {
                due();
                bury();
            }
            default -> breakSomething();
        }
    }

    private void due() {
        var out = new ArrayList<Change>();
        machine.due(nowMs, out);
        logged(out);
    }

    private void place() {
        long from = machine.state().cursor();
        long to = Math.min(END, from + 1 + random.nextInt(8));
        if (from == to || choice.isPlain()) {
            return;
        }
        due();
        var spots = new ArrayList<Spot>();
        var expired = new ArrayList<Long>();
        var newHeads = new HashSet<Long>();
        for (long offset = from; offset < to; offset++) {
            var info =
                    new Info(
                            choice.byKey() ? random.nextInt(6) : Mark.NO_KEY,
                            new Line(
                                    choice.byPriority() ? random.nextInt(10) : 4,
                                    choice.tenants().isPresent() ? "t" + random.nextInt(3) : ""),
                            random.nextInt(4) == 0 ? nowMs + 1 + random.nextInt(40_000) : 0);
            infos.put(offset, info);
            switch (random.nextInt(12)) {
                case 0 -> done.add(offset); // A hole, as compaction leaves.
                case 1 -> {
                    expired.add(offset);
                    if (!choice.buriesExpired()) {
                        done.add(offset);
                    }
                }
                default -> spots.add(spot(offset, info, newHeads));
            }
        }
        var out = new ArrayList<Change>();
        machine.place(new Change.Placed(nowMs, to, spots, choice.buriesExpired(), expired), out);
        logged(out);
    }

    private Spot spot(long offset, Info info, Set<Long> newHeads) {
        var run = List.of(new Spot.Run(offset, 1));
        if (info.untilMs() > 0) {
            return new Spot.Later(
                    info.line(), List.of(new Spot.Late(offset, info.untilMs(), info.key())));
        }
        if (info.key() == Mark.NO_KEY) {
            return new Spot.Ready(info.line(), run);
        }
        boolean isHead = machine.state().waiting().head(info.key()) < 0;
        if (isHead && newHeads.add(info.key())) {
            return new Spot.Heads(info.line(), List.of(new Spot.Head(offset, info.key())));
        }
        behind++;
        return new Spot.Behind(info.line(), info.key(), run);
    }

    private int acquire(int max) {
        due();
        Turns turns = machine.turns(nowMs);
        var offsets = new ArrayList<Long>();
        var lines = new ArrayList<Change.Of>();
        boolean isOfALine = false;
        long to = machine.state().cursor();
        int fresh = machine.freshRoom();
        while (offsets.size() < Math.min(max, machine.room())) {
            if (fresh == 0) {
                turns.onlyReturned();
            }
            long offset = turns.next();
            if (offset < 0 || offset >= END) {
                break;
            }
            if (turns.from() == Turns.From.CURSOR) {
                infos.put(offset, new Info(Mark.NO_KEY, Line.PLAIN, 0));
            }
            isOfALine |= turns.from() == Turns.From.LINE;
            fresh -= turns.from() == Turns.From.RETURNED ? 0 : 1;
            offsets.add(offset);
            lines.add(new Change.Of(turns.line(), 1));
            turns.take();
            to = turns.cursor();
        }
        if (offsets.isEmpty()) {
            return 0;
        }
        UUID session = new UUID(0, random.nextInt(3));
        var out = new ArrayList<Change>();
        long lease =
                machine.acquire(
                        Optional.of(session),
                        OptionalLong.empty(),
                        offsets,
                        isOfALine ? lines : List.of(),
                        to,
                        nowMs,
                        out);
        logged(out);
        for (long offset : offsets) {
            given(offset, new Held(lease++, session));
        }
        return offsets.size();
    }

    private void given(long offset, Held by) {
        Info info = info(offset);
        assertTrue(!done.contains(offset), () -> say("done, and leased: " + offset));
        assertTrue(!leased.containsKey(offset), () -> say("leased twice: " + offset));
        assertTrue(info.untilMs() <= nowMs, () -> say("before its time: " + offset));
        for (long other : leased.keySet()) {
            boolean isSameKey = info.key() != Mark.NO_KEY && info(other).key() == info.key();
            assertTrue(!isSameKey, () -> say("two of a key: " + offset + " and " + other));
        }
        leased.put(offset, by);
        String tenant = info.line().tenant();
        long ofTenant =
                leased.keySet().stream()
                        .filter(each -> info(each).line().tenant().equals(tenant))
                        .count();
        assertTrue(
                choice.tenants().isEmpty() || ofTenant <= TENANT_MAX,
                () -> say("too many of a tenant: " + ofTenant));
    }

    private Info info(long offset) {
        return Objects.requireNonNull(infos.get(offset));
    }

    private void settle() {
        for (long offset : List.copyOf(leased.keySet())) {
            if (random.nextInt(3) == 0) {
                continue;
            }
            settle(
                    offset,
                    switch (random.nextInt(6)) {
                        case 0 -> new Outcome.Release(Optional.of(Duration.ofSeconds(2)), "");
                        case 1 -> new Outcome.NotDelivered();
                        case 2 -> new Outcome.Reject("");
                        default -> new Outcome.Acknowledge();
                    });
        }
    }

    private void settle(long offset, Outcome outcome) {
        Held by = Objects.requireNonNull(leased.remove(offset));
        var out = new ArrayList<Change>();
        Result result =
                machine.settle(
                                List.of(
                                        new Settlement(
                                                offset,
                                                by.lease(),
                                                Optional.of(by.session()),
                                                outcome)),
                                nowMs,
                                () -> 0,
                                out)
                        .getFirst();
        logged(out);
        assertTrue(result instanceof Result.Done, () -> say(offset + " " + result));
        if (outcome instanceof Outcome.Acknowledge) {
            done.add(offset);
            acknowledged++;
        }
    }

    private void endSession() {
        UUID session = new UUID(0, random.nextInt(3));
        leased.values().removeIf(each -> each.session().equals(session));
        var out = new ArrayList<Change>();
        machine.endSessions(List.of(session), nowMs, out);
        logged(out);
    }

    private void bury() {
        List<Long> dead = List.copyOf(machine.state().held().dead());
        done.addAll(dead);
        var out = new ArrayList<Change>();
        machine.bury(dead, out);
        logged(out);
    }

    private void snapshot() {
        int at = log.size();
        for (Change each : Snapshots.of(machine.state())) {
            boolean isForgotten =
                    breakage == Breakage.SNAPSHOT_FORGETS_WHAT_WAITS
                            && each instanceof Change.SnapshotWaiting;
            if (!isForgotten) {
                log.add(ChangeCodec.encode(each));
            }
        }
        snapshotAt = at;
    }

    private void reload() {
        String before = Snapshots.of(machine.state()).toString();
        for (int from : new int[] {0, snapshotAt}) {
            var state = new QueueState(LIMITS);
            for (byte[] each : log.subList(from, log.size())) {
                Change change = ChangeCodec.decode(ByteBuffer.wrap(each));
                boolean isLost =
                        breakage == Breakage.LOG_LOSES_WHERE_MESSAGES_WERE_PLACED
                                && change instanceof Change.Placed;
                if (!isLost) {
                    state.apply(change);
                }
            }
            assertEquals(
                    before,
                    Snapshots.of(state).toString(),
                    say("another state from the log: from=" + from));
            machine = new QueueMachine(state, LIMITS);
        }
        reloads++;
    }

    /** Each message is in one place. */
    private void check() {
        QueueState state = machine.state();
        for (long offset = 0; offset < state.cursor(); offset++) {
            int places =
                    (done.contains(offset) ? 1 : 0)
                            + (state.message(offset) != null ? 1 : 0)
                            + (state.waiting().contains(offset) ? 1 : 0);
            long at = offset;
            assertEquals(1, places, () -> say("places of " + at));
        }
        long inPlaces =
                state.waiting().readyCount()
                        + state.waiting().behindCount()
                        + state.waiting().laterCount();
        assertEquals(state.waiting().count(), inPlaces, say("what waits is counted"));
        assertEquals(leased.size(), state.held().inFlight(), say("leases"));
    }

    private void breakSomething() {
        MessagesThatWait waiting = machine.state().waiting();
        switch (breakage) {
            case FREES_A_KEY_TOO_EARLY ->
                    leased.keySet().stream()
                            .filter(each -> info(each).key() != Mark.NO_KEY)
                            .findFirst()
                            .ifPresent(each -> waiting.free(info(each).key(), each));
            case LETS_A_DELAYED_MESSAGE_GO_EARLY -> waiting.due(nowMs + 3_600_000);
            case FORGETS_WHO_WAITS_BEHIND_A_KEY ->
                    leased.keySet().stream()
                            .filter(each -> info(each).key() != Mark.NO_KEY)
                            .findFirst()
                            .ifPresent(each -> {
                                waiting.free(info(each).key(), each);
                                long next = waiting.head(info(each).key());
                                waiting.drop(next);
                            });
            case FORGETS_WHAT_A_TENANT_HAS -> machine.state().held().loads().clear();
            case NONE, LOG_LOSES_WHERE_MESSAGES_WERE_PLACED, SNAPSHOT_FORGETS_WHAT_WAITS -> {}
        }
    }

    /** With consumers that do not fail everything is done at last. */
    private void finish() {
        for (int i = 0; i < 5_000 && machine.state().floor() < END; i++) {
            nowMs += 60_000;
            place();
            List.copyOf(leased.keySet()).forEach(each -> settle(each, new Outcome.Acknowledge()));
            acquire(10);
            bury();
            check();
        }
        assertEquals(END, machine.state().floor(), say("not all is done"));
        assertEquals(0, machine.state().waiting().bytes(), say("nothing waits"));
    }

    private String say(String what) {
        return "seed=%d breakage=%s choice=%s: %s".formatted(seed, breakage, choice, what);
    }
}
