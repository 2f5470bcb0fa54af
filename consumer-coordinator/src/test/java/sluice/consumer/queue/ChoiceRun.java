package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import sluice.consumer.queue.MemoryLogs.Sent;
import sluice.consumer.queue.QueueWorld.Node;

/**
 * Messages with times, priorities, keys and tenants, taken and settled by chance from owners that
 * come and go, from one seed, beside a ledger that knows what was sent and answered.
 */
final class ChoiceRun {

    /** A rule that is broken, so that the run must notice. */
    enum Breakage {
        NONE,
        /** What waits is not logged. */
        FORGETS_WHAT_WAITS,
        /** Who waits for a time is logged as ready. */
        FORGETS_TIMES,
        /** Who waits behind a key is logged as ready. */
        FREES_KEYS_EARLY,
        /** Leases are logged without the tenant whose they are. */
        FORGETS_TENANTS,
        DOES_NOT_SEE_DELAYS,
        DOES_NOT_SEE_EXPIRY,
        DOES_NOT_SEE_PRIORITY,
        DOES_NOT_SEE_TENANTS
    }

    private static final int IN_FLIGHT_MAX = 3;
    private static final long SETTLED_MS = 2_000;
    private static final String TENANT = "tenant";

    private record Known(
            long offset,
            String key,
            int priority,
            String tenant,
            long deliverAtMs,
            long expiresAtMs,
            long sentMs) {}

    private record Held(UUID session, Delivery delivery) {}

    private final long seed;
    private final Breakage breakage;
    private final Random random;
    private final QueueWorld world;
    private final QueueChoice choice;
    private Node node;
    private int nodes;

    /** When this owner was asked for messages first. */
    private long lookedMs;

    private final List<Known> sent = new ArrayList<>();
    private final Map<Long, Held> held = new HashMap<>();
    private final Set<Long> done = new HashSet<>();
    private final Map<Long, Integer> counts = new HashMap<>();
    int delivered;
    int failovers;
    int waited;
    int expired;

    ChoiceRun(long seed, Breakage breakage) {
        this.seed = seed;
        this.breakage = breakage;
        this.random = new Random(seed);
        this.world = new QueueWorld(seed);
        this.choice =
                new QueueChoice(
                        seed % 2 == 1,
                        seed / 2 % 2 == 1,
                        seed / 4 % 2 == 1,
                        seed / 8 % 2 == 1
                                ? Optional.of(
                                        new QueueChoice.Tenants(
                                                TENANT, IN_FLIGHT_MAX, Map.of("t1", 2)))
                                : Optional.empty());
        this.node = newNode();
    }

    private Node newNode() {
        Node next = world.new Node("node-" + ++nodes);
        next.owner.tampers = breakage != Breakage.NONE;
        next.owner.tamper = this::tampered;
        world.attach(next, choice);
        lookedMs = Long.MAX_VALUE;
        return next;
    }

    private Change tampered(Change change) {
        return switch (breakage) {
            case FORGETS_WHAT_WAITS ->
                    change instanceof Change.Placed placed ? with(placed, List.of()) : change;
            case FORGETS_TIMES, FREES_KEYS_EARLY ->
                    change instanceof Change.Placed placed
                            ? with(placed, placed.spots().stream().map(this::tampered).toList())
                            : change;
            case FORGETS_TENANTS ->
                    change instanceof Change.Acquired acquired
                            ? new Change.Acquired(
                                    acquired.atMs(),
                                    acquired.session(),
                                    acquired.deadlineMs(),
                                    acquired.firstLease(),
                                    acquired.cursor(),
                                    acquired.offsets(),
                                    List.of())
                            : change;
            case NONE,
                    DOES_NOT_SEE_DELAYS,
                    DOES_NOT_SEE_EXPIRY,
                    DOES_NOT_SEE_PRIORITY,
                    DOES_NOT_SEE_TENANTS ->
                    change;
        };
    }

    private static Change with(Change.Placed placed, List<Spot> spots) {
        return new Change.Placed(
                placed.atMs(), placed.cursor(), spots, placed.isDead(), placed.expired());
    }

    private Spot tampered(Spot spot) {
        if (breakage == Breakage.FORGETS_TIMES
                && spot instanceof Spot.Later(var line, var messages)) {
            return new Spot.Ready(
                    line, messages.stream().map(each -> new Spot.Run(each.offset(), 1)).toList());
        }
        return breakage == Breakage.FREES_KEYS_EARLY
                        && spot instanceof Spot.Behind(var line, _, var runs)
                ? new Spot.Ready(line, runs)
                : spot;
    }

    void run(int steps) {
        for (int i = 0; i < steps; i++) {
            step();
            world.time.runFor(Duration.ofMillis(random.nextInt(30)));
        }
        finish();
    }

    private void step() {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> send(1 + random.nextInt(12));
            case 3, 4, 5, 6 -> take(1 + random.nextInt(5));
            case 7, 8, 9 -> settle();
            case 10 -> failOver();
            default -> world.time.runFor(Duration.ofMillis(random.nextInt(4_000)));
        }
    }

    private void send(int count) {
        var all = new ArrayList<Sent>();
        for (int i = 0; i < count; i++) {
            long now = world.time.wallMs();
            var known =
                    new Known(
                            sent.size(),
                            random.nextInt(4) == 0 ? "" : "k" + random.nextInt(4),
                            random.nextInt(3) == 0 ? 4 : random.nextInt(10),
                            "t" + random.nextInt(3),
                            random.nextInt(4) == 0 ? now + 1 + random.nextInt(90_000) : 0,
                            random.nextInt(6) == 0
                                    ? now + 1 + random.nextInt(20_000)
                                    : Long.MAX_VALUE,
                            now);
            sent.add(known);
            all.add(new Sent(known.key(), headers(known)));
        }
        world.logs.publish(QueueWorld.TOPIC, all);
    }

    private List<String> headers(Known known) {
        var headers = new ArrayList<String>();
        if (breakage != Breakage.DOES_NOT_SEE_PRIORITY) {
            headers.addAll(List.of(MessageAttributes.PRIORITY, "" + known.priority()));
        }
        boolean isTenantSeen = breakage != Breakage.DOES_NOT_SEE_TENANTS;
        headers.addAll(List.of(TENANT, isTenantSeen ? known.tenant() : "only " + known.offset()));
        if (known.deliverAtMs() > 0 && breakage != Breakage.DOES_NOT_SEE_DELAYS) {
            headers.addAll(List.of(MessageAttributes.DELIVER_AT, "" + known.deliverAtMs()));
        }
        if (known.expiresAtMs() < Long.MAX_VALUE && breakage != Breakage.DOES_NOT_SEE_EXPIRY) {
            headers.addAll(List.of(MessageAttributes.EXPIRES_AT, "" + known.expiresAtMs()));
        }
        return headers;
    }

    private int take(int max) {
        UUID session = new UUID(0, random.nextInt(3));
        long askedMs = world.time.wallMs();
        List<Delivery> taken = world.take(node, session, max);
        lookedMs = Math.min(lookedMs, askedMs);
        taken.forEach(each -> given(session, each, askedMs));
        return taken.size();
    }

    private void given(UUID session, Delivery delivery, long askedMs) {
        long offset = delivery.record().offset();
        Known known = sent.get((int) offset);
        long now = world.time.wallMs();
        assertTrue(!done.contains(offset), () -> say("done, and delivered: " + known));
        assertTrue(!held.containsKey(offset), () -> say("leased twice: " + known));
        int count = Objects.requireNonNull(counts.getOrDefault(offset, 0));
        assertTrue(delivery.count() > count, () -> say("the count fell: " + known));
        assertTrue(known.deliverAtMs() <= now, () -> say("before its time: " + known));
        assertTrue(known.expiresAtMs() > askedMs, () -> say("after its time: " + known));
        for (Known other : sent) {
            boolean isOpen = other.offset() != offset && !done.contains(other.offset());
            if (isOpen) {
                checkKey(known, other, now);
                checkPriority(known, other, askedMs);
            }
        }
        counts.put(offset, delivery.count());
        held.put(offset, new Held(session, delivery));
        delivered++;
        waited += known.deliverAtMs() > 0 ? 1 : 0;
        long ofTenant =
                held.keySet().stream()
                        .filter(each -> sent.get(each.intValue()).tenant().equals(known.tenant()))
                        .count();
        assertTrue(
                choice.tenants().isEmpty() || ofTenant <= IN_FLIGHT_MAX,
                () -> say("too many of a tenant: " + known + " inFlight=" + ofTenant));
    }

    private void checkKey(Known known, Known other, long now) {
        if (!choice.byKey() || known.key().isEmpty() || !known.key().equals(other.key())) {
            return;
        }
        assertTrue(
                !held.containsKey(other.offset()),
                () -> say("two of a key in flight: " + known + other));
        boolean wasFirst =
                other.offset() < known.offset()
                        && other.deliverAtMs() == 0
                        && other.expiresAtMs() > now;
        assertTrue(!wasFirst, () -> say("out of the key's order: " + known + " before " + other));
    }

    /** Where nothing but priority counts, and the other could have been given for some time. */
    private void checkPriority(Known known, Known other, long askedMs) {
        if (!choice.byPriority() || choice.byKey() || choice.tenants().isPresent()) {
            return;
        }
        boolean couldBeGiven =
                other.sentMs() < askedMs - SETTLED_MS
                        && lookedMs < askedMs - SETTLED_MS
                        && !counts.containsKey(other.offset())
                        && other.deliverAtMs() < askedMs - SETTLED_MS
                        && other.expiresAtMs() > world.time.wallMs();
        assertTrue(
                !couldBeGiven || other.priority() <= known.priority(),
                () -> say("before a higher priority: " + known + " before " + other));
    }

    private void settle() {
        for (Held each : List.copyOf(held.values())) {
            if (random.nextInt(3) > 0) {
                Settlement.Outcome outcome =
                        switch (random.nextInt(6)) {
                            case 0 ->
                                    new Settlement.Outcome.Release(
                                            Optional.of(Duration.ofMillis(random.nextInt(3_000))),
                                            "");
                            case 1 -> new Settlement.Outcome.Reject("");
                            default -> new Settlement.Outcome.Acknowledge();
                        };
                settle(each, outcome);
            }
        }
    }

    private void settle(Held one, Settlement.Outcome outcome) {
        long offset = one.delivery().record().offset();
        var result =
                world.settled(node, one.session(), List.of(one.delivery()), outcome).getFirst();
        assertTrue(result instanceof Settlement.Result.Done, () -> say(one + " " + result));
        held.remove(offset);
        boolean isDead = ((Settlement.Result.Done) result).isDead();
        if (isDead || outcome instanceof Settlement.Outcome.Acknowledge) {
            done.add(offset);
        }
    }

    private void failOver() {
        failovers++;
        node.loses();
        world.time.runFor(Duration.ofMillis(random.nextInt(100)));
        node = newNode();
        var leases =
                (PartitionReply.Leases) world.reply(node, new PartitionRequest.Leases(0, 10_000));
        assertEquals(
                held.keySet(),
                new HashSet<>(leases.leases().stream().map(PartitionReply.Lease::offset).toList()),
                say("other leases than before"));
    }

    /** All is given out at last, but what has expired. */
    private void finish() {
        for (int round = 0; round < 40; round++) {
            held.values().stream()
                    .toList()
                    .forEach(each -> settle(each, new Settlement.Outcome.Acknowledge()));
            world.time.runFor(Duration.ofSeconds(5));
            while (take(100) > 0) {
                held.values().stream()
                        .toList()
                        .forEach(each -> settle(each, new Settlement.Outcome.Acknowledge()));
            }
        }
        var letters =
                (PartitionReply.DeadLetters)
                        world.reply(node, new PartitionRequest.DeadLetters(10_000));
        world.reply(
                node,
                new PartitionRequest.Bury(
                        letters.letters().stream().map(each -> each.record().offset()).toList()));
        for (Known each : sent) {
            boolean hasExpired = each.expiresAtMs() < world.time.wallMs();
            expired += hasExpired && !done.contains(each.offset()) ? 1 : 0;
            assertTrue(hasExpired || done.contains(each.offset()), () -> say("forgotten: " + each));
        }
        PartitionReply.Numbers numbers = world.numbers(node);
        assertEquals(sent.size(), numbers.floor(), say("not all is done: " + numbers));
        assertEquals(0, numbers.backlog().delayed(), say("" + numbers));
        assertEquals(0, numbers.backlog().behind(), say("" + numbers));
    }

    private String say(String what) {
        return "seed=%d breakage=%s choice=%s: %s".formatted(seed, breakage, choice, what);
    }
}
