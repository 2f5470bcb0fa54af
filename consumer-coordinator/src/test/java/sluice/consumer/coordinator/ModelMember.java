package sluice.consumer.coordinator;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.lane.Outcome;

/** A member by chance: it beats, reads, commits, releases; sleeps, leaves, vanishes, comes back. */
final class ModelMember {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(6);

    /** A partition that it reads, and how far it is. */
    private static final class Reading {
        final Hold hold;
        long position;

        Reading(Hold hold) {
            this.hold = hold;
            this.position = hold.committed().orElse(0);
        }
    }

    private final CoordinatorWorld world;
    private final GroupModel model;
    private final Optional<String> instance;
    private final RandomGenerator random;
    private final Map<TopicPartition, Reading> readings = new HashMap<>();
    private final Set<TopicPartition> releasing = new HashSet<>();
    private Optional<UUID> member = Optional.empty();
    private Optional<UUID> connection = Optional.empty();
    private long epoch;
    private int asked;
    private boolean isCommitting;
    private long asleepUntilNs;
    private boolean isCalm;

    ModelMember(CoordinatorWorld world, GroupModel model, Optional<String> instance) {
        this.world = world;
        this.model = model;
        this.instance = instance;
        this.random = world.random();
    }

    void start() {
        later(this::keep);
        later(this::read);
    }

    void calm() {
        isCalm = true;
    }

    Set<TopicPartition> reads() {
        return readings.keySet();
    }

    private void later(Runnable task) {
        long leftNs = Math.max(0, asleepUntilNs - world.time.nowNs());
        Duration pause = Duration.ofMillis(1 + random.nextInt(150)).plusNanos(leftNs);
        model.scope.schedule(pause, task);
    }

    private void keep() {
        if (member.isPresent() && !isCalm && random.nextInt(20) == 0) {
            switch (random.nextInt(4)) {
                case 0 -> asleepUntilNs = world.time.nowNs() + random.nextLong(15) * 1_000_000_000L;
                case 1 -> leave(Reason.LEFT);
                case 2 -> leave(Reason.CLOSED);
                default -> disconnect();
            }
        }
        if (member.isEmpty() || connection.isEmpty()) {
            join();
        } else {
            beat(member.get());
        }
    }

    private void leave(Reason reason) {
        ask(new GroupRequest.Leave(member.orElseThrow(), connection, reason), (_, _) -> {});
        forget();
    }

    private void forget() {
        member = Optional.empty();
        epoch = -1;
        disconnect();
        readings.clear();
        releasing.clear();
    }

    /** What it sent and has no answer to is of an older connection from now on. */
    private void disconnect() {
        connection = Optional.empty();
        isCommitting = false;
    }

    private void join() {
        Optional<UUID> next = Optional.of(new UUID(random.nextLong(), random.nextLong()));
        Map<TopicPartition, GroupModel.Last> known = model.lasts();
        kept(
                new GroupRequest.Join(
                        instance,
                        member.map(id -> new GroupRequest.Resume(id, epoch)),
                        next,
                        "c",
                        "g"),
                reply -> {
                    if (reply instanceof GroupReply.Joined joined) {
                        member = Optional.of(joined.member());
                        connection = next;
                        told(joined.epoch(), joined.holds(), known);
                    }
                });
    }

    private void beat(UUID self) {
        List<TopicPartition> released = List.copyOf(releasing);
        Duration wait = Duration.ofMillis(random.nextInt(600));
        Map<TopicPartition, GroupModel.Last> known = model.lasts();
        kept(
                new GroupRequest.Heartbeat(self, connection, epoch, released, wait, true),
                reply -> {
                    if (reply instanceof GroupReply.Holds holds) {
                        releasing.removeAll(released);
                        told(holds.epoch(), holds.holds(), known);
                    }
                });
    }

    private interface Kept {
        void told(GroupReply reply);
    }

    private void kept(GroupRequest request, Kept then) {
        int thisAsk = ++asked;
        model.scope.schedule(ANSWER_MAX, () -> goOn(thisAsk));
        ask(
                request,
                (reply, error) -> {
                    if (asked != thisAsk) {
                        return;
                    }
                    if (reply != null) {
                        then.told(reply);
                    } else if (error != null && isOver(error)) {
                        forget();
                    }
                    goOn(thisAsk);
                });
    }

    private void goOn(int ofAsk) {
        if (asked == ofAsk) {
            asked++;
            later(this::keep);
        }
    }

    private static boolean isOver(SluiceException error) {
        return error.code().equals("unknown-member") || error.code().equals("member-fenced");
    }

    private void ask(
            GroupRequest request,
            BiConsumer<@Nullable GroupReply, @Nullable SluiceException> then) {
        model.ask(
                request,
                outcome -> {
                    switch (outcome) {
                        case Outcome.Success<GroupReply>(var reply) -> then.accept(reply, null);
                        case Outcome.Failure<GroupReply>(var error) -> then.accept(null, error);
                    }
                });
    }

    private void told(long now, List<Hold> holds, Map<TopicPartition, GroupModel.Last> known) {
        if (now < epoch) {
            return;
        }
        UUID self = member.orElseThrow();
        epoch = now;
        Map<TopicPartition, Reading> before = Map.copyOf(readings);
        readings.clear();
        for (Hold hold : holds) {
            model.told(self, hold, known.getOrDefault(hold.partition(), GroupModel.NOTHING));
            Reading old = before.get(hold.partition());
            if (hold.state() == Hold.State.REVOKING) {
                releasing.add(hold.partition());
            } else if (old != null && old.hold.since() == hold.since()) {
                readings.put(hold.partition(), old);
            } else {
                readings.put(hold.partition(), new Reading(hold));
            }
        }
    }

    private void read() {
        later(this::read);
        if (readings.isEmpty() || isCommitting || connection.isEmpty()) {
            return;
        }
        List<Reading> held = List.copyOf(readings.values());
        Reading reading = held.get(random.nextInt(held.size()));
        reading.position += 1 + random.nextInt(5);
        commit(reading.hold, reading.position, connection);
    }

    private void commit(Hold hold, long offset, Optional<UUID> by) {
        isCommitting = true;
        GroupModel.Last before = model.last(hold.partition());
        model.scope.schedule(ANSWER_MAX, () -> lost(by));
        ask(
                new GroupRequest.Commit(
                        member, by, epoch, List.of(new PartitionOffset(hold.partition(), offset))),
                (reply, error) -> {
                    if (reply != null) {
                        model.committed(hold, offset, before);
                    }
                    if (error != null && error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME) {
                        lost(by);
                    } else if (connection.equals(by)) {
                        isCommitting = false;
                    }
                });
    }

    private void lost(Optional<UUID> by) {
        if (connection.equals(by) && isCommitting) {
            disconnect();
        }
    }
}
