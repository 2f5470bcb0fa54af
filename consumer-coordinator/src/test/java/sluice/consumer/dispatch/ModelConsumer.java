package sluice.consumer.dispatch;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.QueueReply;
import sluice.consumer.group.QueueRequest;
import sluice.consumer.group.TopicPartition;
import sluice.consumer.queue.DeliveryId;
import sluice.consumer.queue.Settlement;
import sluice.log.SluiceException;

/** A consumer that takes, settles, sleeps, dies, and comes back; it checks what it is told. */
final class ModelConsumer {

    private static final long BEAT_NS = Duration.ofSeconds(2).toNanos();

    private final GroupWorld world;
    private final int prefetch;
    private @Nullable UUID session;
    private GroupWorld.Host opened;

    /** What it works on. */
    private final Map<DeliveryId, TopicPartition> held = new LinkedHashMap<>();

    /** Of these, those of which it asked to settle, and does not know the outcome. */
    private final Set<DeliveryId> settling = new HashSet<>();

    private long received;
    private boolean isWaiting;
    private long waits;
    private long beatNs;
    private boolean isCalm;
    int acknowledged;
    int lostAnswers;
    int resumed;

    ModelConsumer(GroupWorld world, int prefetch) {
        this.world = world;
        this.prefetch = prefetch;
        this.opened = world.host;
    }

    /** From now on it only works. */
    void calm() {
        isCalm = true;
    }

    private boolean chance(int percent) {
        return world.random.nextInt(100) < percent;
    }

    void step() {
        if (opened != world.host) {
            // The gateway in between finds the new coordinator; what was under way is lost.
            opened = world.host;
            isWaiting = false;
        }
        if (session == null) {
            open(Optional.empty());
        } else if (!isCalm && chance(1)) {
            die();
        } else if (world.nowNs - beatNs > BEAT_NS) {
            beat();
        } else if (!held.isEmpty() && chance(50)) {
            settleOne();
        } else if (!isWaiting) {
            receive(1 + world.random.nextInt(5));
        } else if (chance(4)) {
            receive(0);
        }
    }

    private void open(Optional<QueueRequest.Resume> resume) {
        QueueReply.Opened reply =
                world.host.group.open(
                        new QueueRequest.Open(
                                resume, Optional.empty(), prefetch, "c", new UUID(9, 9), "g"),
                        world.nowNs);
        assertTrue(
                settling.containsAll(reply.lost()),
                world.seed + "leases of a live session are gone: " + reply.lost());
        held.keySet().removeAll(reply.lost());
        settling.removeAll(reply.lost());
        session = reply.session();
        received = 0;
        isWaiting = false;
        beatNs = world.nowNs;
    }

    /** Silent from now on, or it says that it goes. */
    private void die() {
        UUID was = session;
        if (was != null && world.random.nextBoolean()) {
            world.host.group.close(new QueueRequest.Close(was, Optional.empty()), world.nowNs);
        }
        session = null;
        held.clear();
        settling.clear();
        isWaiting = false;
        waits++;
    }

    private void beat() {
        UUID id = requireNonNull(session);
        List<UUID> unknown =
                world.host.group.beat(
                        List.of(new QueueRequest.Sign(id, Optional.empty(), -1)), world.nowNs);
        assertEquals(List.of(), unknown, world.seed + "a session that lives is unknown");
        beatNs = world.nowNs;
    }

    private void receive(int messages) {
        long wait = ++waits;
        boolean isLost = !isCalm && chance(8);
        var receiver =
                new Receiver() {
                    @Override
                    public void received(long number, List<QueueReply.Message> messages) {
                        arrived(
                                wait,
                                isLost,
                                number,
                                messages.stream().map(QueueReply.Message::delivery).toList());
                    }

                    @Override
                    public void again(long number, List<Lease> leases) {
                        arrived(
                                wait,
                                isLost,
                                number,
                                leases.stream().map(Lease::delivery).toList());
                    }

                    @Override
                    public void failed(SluiceException error) {
                        if (wait == waits) {
                            isWaiting = false;
                        }
                    }
                };
        isWaiting = true;
        beatNs = world.nowNs;
        try {
            world.host.group.receive(
                    new QueueRequest.Receive(
                            Optional.ofNullable(session),
                            Optional.empty(),
                            received,
                            messages,
                            1 << 20,
                            Duration.ofMillis(world.random.nextInt(3_000)),
                            Optional.empty()),
                    receiver,
                    world.nowNs);
        } catch (SluiceException e) {
            assertEquals("session-moved", e.code(), world.seed + e.getMessage());
            UUID id = requireNonNull(session);
            resumed++;
            open(Optional.of(new QueueRequest.Resume(id, List.copyOf(held.keySet()))));
        }
    }

    private void arrived(long wait, boolean isLost, long number, List<DeliveryId> deliveries) {
        if (wait != waits || !isWaiting) {
            return;
        }
        isWaiting = false;
        if (isLost) {
            lostAnswers++;
            return;
        }
        received = number;
        for (DeliveryId each : deliveries) {
            TopicPartition before = held.put(each, GroupWorld.partition(each.partition()));
            assertTrue(before == null, world.seed + "given twice: " + each);
        }
        assertTrue(
                held.size() - settling.size() <= prefetch,
                world.seed + "more than its credit: held=" + held.size() + " max=" + prefetch);
    }

    private void settleOne() {
        GroupWorld.Host host = world.host;
        var keys = new ArrayList<>(held.keySet());
        if (world.random.nextInt(4) > 0) {
            keys.removeAll(settling);
        }
        if (keys.isEmpty()) {
            return;
        }
        DeliveryId delivery = keys.get(world.random.nextInt(keys.size()));
        boolean isDone = isCalm || chance(70);
        Settlement.Outcome outcome =
                isDone
                        ? new Settlement.Outcome.Acknowledge()
                        : new Settlement.Outcome.Release(Optional.of(Duration.ZERO), "");
        settling.add(delivery);
        UUID of = session;
        var item = new QueueRequest.Item(delivery, outcome);
        TopicPartition partition = GroupWorld.partition(delivery.partition());
        host.group.settles(
                new QueueRequest.Settle(Optional.ofNullable(of), Optional.empty(), List.of(item)),
                world.nowNs);
        beatNs = world.nowNs;
        host.settle(
                partition,
                List.of(Settlement.of(delivery, Optional.ofNullable(of), outcome)),
                settled -> {
                    host.group.settled(
                            partition,
                            List.of(item),
                            settled.results(),
                            settled.backlog(),
                            world.nowNs);
                    if (of != null && of.equals(session) && held.containsKey(delivery)) {
                        held.remove(delivery);
                        settling.remove(delivery);
                        boolean isSettled =
                                settled.results().getFirst() instanceof Settlement.Result.Done
                                        || isRepeated(settled.results().getFirst());
                        assertTrue(
                                isSettled,
                                world.seed + "a live session lost it: " + settled.results());
                        acknowledged += isDone ? 1 : 0;
                    }
                });
    }

    /** It may have been settled by a call of which the answer was lost, and otherwise. */
    private static boolean isRepeated(Settlement.Result result) {
        return result instanceof Settlement.Result.Refused(Settlement.Refusal refusal, _)
                && refusal == Settlement.Refusal.ALREADY_SETTLED;
    }
}
