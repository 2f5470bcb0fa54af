package sluice.consumer.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import sluice.consumer.queue.QueueWorld.Node;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/**
 * Owners of one partition, one after another, of which some do not know that they are deposed; a
 * coordinator that asks them, in virtual time, from one seed. The ledger knows what was answered.
 */
final class QueuesRun {

    /** A rule that is broken, so that the run must notice. */
    enum Breakage {
        NONE,
        /** An append is called durable, and is lost with its gateway. */
        ANSWERED_BEFORE_DURABLE,
        /** The next owner does not read what the one before logged. */
        STATE_FORGOTTEN,
        /** An append goes on whatever the log holds by now. */
        DEPOSED_WRITES_ON
    }

    private static final int SESSIONS = 3;

    private record Held(UUID session, Delivery delivery) {}

    private final long seed;
    private final Breakage breakage;
    private final Random random;
    private final QueueWorld world;
    private final List<Node> deposed = new ArrayList<>();
    private Node node;
    private long epoch = 1;
    private int nodes;

    private final Map<Long, Held> held = new HashMap<>();
    private final List<Held> ended = new ArrayList<>();
    private final Set<Long> done = new HashSet<>();
    private final Map<Long, Integer> counts = new HashMap<>();
    private final Set<Long> leases = new HashSet<>();
    int acknowledged;
    int failovers;
    int unknown;
    int again;

    QueuesRun(long seed, Breakage breakage) {
        this.seed = seed;
        this.breakage = breakage;
        this.random = new Random(seed);
        this.world = new QueueWorld(seed);
        this.world.logs.believesAnything = breakage == Breakage.DEPOSED_WRITES_ON;
        this.node = newNode();
    }

    long trace() {
        return world.time.traceHash();
    }

    private Node newNode() {
        Node next = world.new Node("node-" + ++nodes);
        next.owner.lies = breakage == Breakage.ANSWERED_BEFORE_DURABLE;
        return next;
    }

    void run(int steps) {
        attach();
        for (int i = 0; i < steps; i++) {
            step();
            world.time.runFor(Duration.ofMillis(random.nextInt(20)));
        }
        finish();
    }

    private void step() {
        switch (random.nextInt(14)) {
            case 0, 1 -> world.logs.publish(QueueWorld.TOPIC, 1 + random.nextInt(4));
            case 2, 3, 4, 5 -> acquire(node);
            case 6, 7, 8 -> settle(node);
            case 9 -> endSession();
            case 10 -> fault();
            case 11 -> failOver();
            case 12 -> lateOnes();
            default -> world.time.runFor(Duration.ofSeconds(random.nextInt(3)));
        }
    }

    private void fault() {
        node.owner.next =
                MemoryLogs.Fault.values()[random.nextInt(MemoryLogs.Fault.values().length)];
    }

    /** The slot goes to another gateway, of which the one before may hear later. */
    private void failOver() {
        failovers++;
        if (breakage == Breakage.ANSWERED_BEFORE_DURABLE) {
            world.logs.loseWhatWasLiedAbout();
        }
        if (breakage == Breakage.STATE_FORGOTTEN) {
            world.logs.expire(world.queue().stateLog(), Long.MAX_VALUE);
        }
        deposed.add(node);
        if (random.nextBoolean() && breakage != Breakage.DEPOSED_WRITES_ON) {
            node.loses();
        }
        node = newNode();
        epoch += random.nextInt(2);
        attach();
    }

    /** Attaches, and asks for the leases: what was leased without an answer goes back. */
    private void attach() {
        for (int tries = 0; tries < 20; tries++) {
            var attach = new PartitionRequest.Attach(QueueWorld.POLICY, new QueueStart.Earliest());
            if (world.outcome(node, epoch, attach) instanceof Outcome.Success<PartitionReply> _
                    && reconciled()) {
                return;
            }
            node = node.owner.isOwner ? node : newNode();
        }
        throw new AssertionError(say("nobody can be attached to"));
    }

    private boolean reconciled() {
        if (!(world.outcome(node, epoch, new PartitionRequest.Leases(0, 10_000))
                instanceof
                Outcome.Success<PartitionReply>(PartitionReply.Leases(var found, var _)))) {
            return false;
        }
        var stands = new HashMap<Long, PartitionReply.Lease>();
        found.forEach(each -> stands.put(each.lease(), each));
        for (Held each : List.copyOf(held.values())) {
            assertTrue(
                    stands.containsKey(each.delivery().lease()),
                    () -> say("a lease is forgotten: " + each.delivery()));
        }
        var lost = new ArrayList<Settlement>();
        for (PartitionReply.Lease each : found) {
            Held known = held.get(each.offset());
            if (known == null || known.delivery().lease() != each.lease()) {
                lost.add(
                        new Settlement(
                                each.offset(),
                                each.lease(),
                                each.session(),
                                new Settlement.Outcome.NotDelivered()));
            }
        }
        return lost.isEmpty()
                || world.outcome(node, epoch, new PartitionRequest.Settle(lost))
                        instanceof Outcome.Success<PartitionReply> _;
    }

    private void acquire(Node at) {
        UUID session = new UUID(0, random.nextInt(SESSIONS));
        var grant = QueueWorld.grant(session, 1 + random.nextInt(4));
        var wait = Duration.ofMillis(random.nextInt(200));
        var outcome = world.outcome(at, epoch, world.acquire(wait, grant));
        switch (outcome) {
            case Outcome.Success<PartitionReply>(PartitionReply.Acquired(var granted, _)) ->
                    granted.getFirst().forEach(each -> given(session, each));
            case Outcome.Success<PartitionReply> other -> throw new AssertionError(say("" + other));
            case Outcome.Failure<PartitionReply>(var error) -> failed(error);
        }
    }

    private void given(UUID session, Delivery delivery) {
        long offset = delivery.record().offset();
        assertTrue(!done.contains(offset), () -> say("done, and delivered: " + delivery));
        assertTrue(!held.containsKey(offset), () -> say("leased twice: " + delivery));
        assertTrue(leases.add(delivery.lease()), () -> say("a lease comes again: " + delivery));
        int before = counts.getOrDefault(offset, 0);
        assertTrue(delivery.count() > before, () -> say("the count fell: " + delivery));
        again += before > 0 ? 1 : 0;
        counts.put(offset, delivery.count());
        held.put(offset, new Held(session, delivery));
    }

    private void failed(SluiceException error) {
        switch (error.kind()) {
            case UNKNOWN_OUTCOME -> {
                unknown++;
                attach();
            }
            case UNAVAILABLE -> attach();
            case FENCED, CONFLICT, OVERLOADED, INVALID, NOT_FOUND, DATA ->
                    throw new AssertionError(say("" + error), error);
        }
    }

    private void settle(Node at) {
        Optional<Held> any =
                held.values().stream().skip(random.nextInt(1 + held.size())).findFirst();
        if (any.isEmpty()) {
            return;
        }
        Held one = any.get();
        Settlement.Outcome outcome =
                switch (random.nextInt(5)) {
                    case 0 -> new Settlement.Outcome.Release(Optional.empty(), "");
                    case 1 -> new Settlement.Outcome.Reject("");
                    default -> new Settlement.Outcome.Acknowledge();
                };
        // Repeated until it is known, as consumers do.
        for (int tries = 0; tries < 20; tries++) {
            switch (world.outcome(at, epoch, settlement(one, outcome))) {
                case Outcome.Success<PartitionReply>(PartitionReply.Settled(var results, _)) -> {
                    assertTrue(
                            results.getFirst() instanceof Settlement.Result.Done,
                            () -> say("a lease that stands is refused: " + one + results));
                    settled(one, outcome);
                    return;
                }
                case Outcome.Success<PartitionReply> other ->
                        throw new AssertionError(say("" + other));
                case Outcome.Failure<PartitionReply>(var error) -> {
                    held.remove(one.delivery().record().offset());
                    failedSettling(error, one);
                    at = node;
                }
            }
        }
        throw new AssertionError(say("nothing can be settled"));
    }

    /** Whether its lease stands is not known, so it is not asked for. */
    private void failedSettling(SluiceException error, Held one) {
        unknown += error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME ? 1 : 0;
        node = node.owner.isOwner ? node : newNode();
        var attach = new PartitionRequest.Attach(QueueWorld.POLICY, new QueueStart.Earliest());
        world.outcome(node, epoch, attach);
        assertTrue(
                error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME
                        || error.kind() == SluiceException.Kind.UNAVAILABLE,
                () -> say(one + " " + error));
    }

    private static PartitionRequest.Settle settlement(Held one, Settlement.Outcome outcome) {
        return QueueWorld.settle(one.session(), List.of(one.delivery()), outcome);
    }

    private void settled(Held one, Settlement.Outcome outcome) {
        long offset = one.delivery().record().offset();
        held.remove(offset);
        ended.add(one);
        if (outcome instanceof Settlement.Outcome.Acknowledge) {
            done.add(offset);
            acknowledged++;
        }
    }

    private void endSession() {
        UUID session = new UUID(0, random.nextInt(SESSIONS));
        held.values().stream().filter(each -> each.session().equals(session)).forEach(ended::add);
        held.values().removeIf(each -> each.session().equals(session));
        for (int tries = 0; tries < 20; tries++) {
            var end = new PartitionRequest.EndSessions(List.of(session));
            switch (world.outcome(node, epoch, end)) {
                case Outcome.Success<PartitionReply> _ -> {
                    return;
                }
                case Outcome.Failure<PartitionReply>(var error) -> failed(error);
            }
        }
    }

    /** Who is deposed, or settles late, changes nothing. */
    private void lateOnes() {
        if (!deposed.isEmpty()) {
            Node late = deposed.get(random.nextInt(deposed.size()));
            var grant = QueueWorld.grant(new UUID(0, 9), 2);
            if (world.outcome(late, epoch, world.acquire(Duration.ofMillis(50), grant))
                    instanceof
                    Outcome.Success<PartitionReply>(PartitionReply.Acquired(var granted, _))) {
                granted.getFirst().forEach(each -> given(new UUID(0, 9), each));
            }
        }
        if (!ended.isEmpty()) {
            Held late = ended.get(random.nextInt(ended.size()));
            world.outcome(
                    node, epoch, settlement(late, new Settlement.Outcome.Extend(Duration.ZERO)));
        }
    }

    /** Once faults are over everything is done at last. */
    private void finish() {
        node.owner.next = MemoryLogs.Fault.NONE;
        attach();
        for (int session = 0; session < 10; session++) {
            UUID each = new UUID(0, session);
            held.values().removeIf(one -> one.session().equals(each));
            world.reply(node, epoch, new PartitionRequest.EndSessions(List.of(each)));
        }
        var letters =
                (PartitionReply.DeadLetters)
                        world.reply(node, epoch, new PartitionRequest.DeadLetters(10_000));
        world.reply(
                node,
                epoch,
                new PartitionRequest.Bury(
                        letters.letters().stream().map(each -> each.record().offset()).toList()));
        for (int i = 0; i < 1_000; i++) {
            List<Delivery> taken = world.take(node, epoch, QueueWorld.BOB, 100);
            if (taken.isEmpty()) {
                break;
            }
            taken.forEach(each -> given(QueueWorld.BOB, each));
            world.reply(
                    node,
                    epoch,
                    QueueWorld.settle(QueueWorld.BOB, taken, new Settlement.Outcome.Acknowledge()));
            taken.forEach(each ->
                    settled(new Held(QueueWorld.BOB, each), new Settlement.Outcome.Acknowledge()));
        }
        var numbers =
                (PartitionReply.Numbers) world.reply(node, epoch, new PartitionRequest.Count());
        assertEquals(numbers.highWatermark(), numbers.floor(), say("not all is done"));
    }

    private String say(String what) {
        return "seed=" + seed + " breakage=" + breakage + ": " + what;
    }
}
