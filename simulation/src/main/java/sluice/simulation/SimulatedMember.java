package sluice.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.function.BiConsumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupRequest.Leave.Reason;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.engine.Engine.Fetched;
import sluice.log.SluiceException;
import sluice.metadata.TopicRecord;

/**
 * A member of a stream group that keeps the rules, by way of any gateway, as long as it is awake:
 * it may fall asleep and then go on with what it knew, leave, and come back.
 */
final class SimulatedMember {

    private static final Duration ANSWER_MAX = Duration.ofSeconds(12);
    private static final Duration POLL = Duration.ofMillis(800);

    /** A partition that it reads. */
    private static final class Reading {
        final Hold hold;
        long position;
        long committed;

        Reading(Hold hold) {
            this.hold = hold;
            this.position = hold.committed().orElse(0);
            this.committed = position;
        }
    }

    private final SimulatedCluster cluster;
    private final GroupWatch watch;
    private final GroupName group;
    private final TopicRecord topic;
    private final int pauseMsMax;
    private final RandomGenerator random;
    private final Map<TopicPartition, Reading> readings = new HashMap<>();
    private final Set<TopicPartition> toRelease = new HashSet<>();
    private final Set<TopicPartition> committing = new HashSet<>();
    private Optional<UUID> member = Optional.empty();
    private Optional<UUID> connection = Optional.empty();
    private long epoch = -1;
    private int asked;
    private int stepped;
    private long asleepUntilNs;
    private boolean isCalm;
    private boolean isStopped;

    SimulatedMember(
            SimulatedCluster cluster,
            GroupWatch watch,
            GroupName group,
            TopicRecord topic,
            int pauseMsMax) {
        this.cluster = cluster;
        this.watch = watch;
        this.group = group;
        this.topic = topic;
        this.pauseMsMax = pauseMsMax;
        this.random = cluster.time.random();
    }

    void start() {
        later(100, this::keep);
        later(200, this::work);
    }

    /** It no longer sleeps nor leaves. */
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

    /** Joins, comes back, or beats; exactly one of these is under way. */
    private void keep() {
        if (member.isPresent() && !isCalm && random.nextInt(25) == 0) {
            trouble();
        }
        if (member.isEmpty()) {
            join(Optional.empty());
        } else if (connection.isEmpty()) {
            cluster.coverage.count("group: members resumed");
            join(Optional.of(new GroupRequest.Resume(member.get(), epoch)));
        } else {
            beat(member.get());
        }
    }

    private void trouble() {
        switch (random.nextInt(4)) {
            case 0 -> {
                Duration sleep = Duration.ofMillis(random.nextInt(9_000));
                asleepUntilNs = cluster.time.nowNs() + sleep.toNanos();
                cluster.note("member", "sleeps: " + member);
            }
            case 1 -> leave(Reason.LEFT);
            case 2 -> leave(Reason.CLOSED);
            default -> disconnect();
        }
    }

    /** What it sent and has no answer to is of an older connection from now on. */
    private void disconnect() {
        connection = Optional.empty();
        committing.clear();
    }

    private void leave(Reason reason) {
        ask(new GroupRequest.Leave(member.orElseThrow(), connection, reason), (_, _) -> {});
        forget();
    }

    private void forget() {
        member = Optional.empty();
        connection = Optional.empty();
        epoch = -1;
        readings.clear();
        toRelease.clear();
        committing.clear();
    }

    private void join(Optional<GroupRequest.Resume> resume) {
        Optional<UUID> next = Optional.of(cluster.newId());
        List<GroupWatch.Sent> known = known();
        kept(
                new GroupRequest.Join(Optional.empty(), resume, next, "simulated", "any"),
                reply -> {
                    if (reply instanceof GroupReply.Joined joined) {
                        member = Optional.of(joined.member());
                        connection = next;
                        told(joined.epoch(), joined.holds(), known);
                    }
                });
    }

    private void beat(UUID self) {
        List<GroupWatch.Sent> known = known();
        List<TopicPartition> released = List.copyOf(toRelease);
        kept(
                new GroupRequest.Heartbeat(self, connection, epoch, released, POLL, true),
                reply -> {
                    if (reply instanceof GroupReply.Holds holds) {
                        toRelease.removeAll(released);
                        told(holds.epoch(), holds.holds(), known);
                    }
                });
    }

    private List<GroupWatch.Sent> known() {
        return IntStream.range(0, topic.partitions()).mapToObj(watch::sending).toList();
    }

    private interface Kept {
        void told(GroupReply reply);
    }

    /** Asks, and goes on with {@link #keep} whatever comes of it, also if nothing does. */
    private void kept(GroupRequest request, Kept then) {
        int thisAsk = ++asked;
        cluster.world.schedule(
                ANSWER_MAX,
                () -> {
                    if (asked == thisAsk && !isStopped) {
                        asked++;
                        later(50, this::keep);
                    }
                });
        ask(
                request,
                (reply, error) -> {
                    if (asked != thisAsk) {
                        return;
                    }
                    asked++;
                    if (reply != null) {
                        then.told(reply);
                    } else if (error != null) {
                        refused(error);
                    }
                    later(50, this::keep);
                });
    }

    private void refused(SluiceException error) {
        if (error.code().equals("unknown-member") || error.code().equals("member-fenced")) {
            cluster.coverage.count("group: members ended by silence");
            forget();
        }
    }

    private void ask(GroupRequest request, BiConsumer<GroupReply, SluiceException> then) {
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
            GroupRequest request,
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

    private void told(long now, List<Hold> holds, List<GroupWatch.Sent> known) {
        if (now < epoch) {
            return; // Of a coordinator that was deposed.
        }
        UUID self = member.orElseThrow();
        epoch = now;
        Map<TopicPartition, Reading> before = Map.copyOf(readings);
        readings.clear();
        for (Hold hold : holds) {
            watch.told(self, hold, known.get(hold.partition().partition()));
            Reading old = before.get(hold.partition());
            if (old != null && old.hold.since() != hold.since()) {
                old = null;
            }
            if (hold.state() == Hold.State.REVOKING) {
                cluster.coverage.count("group: holds that went from one member to another");
                if (old != null && old.position > old.committed) {
                    commit(hold, old.position, () -> toRelease.add(hold.partition()));
                } else {
                    toRelease.add(hold.partition());
                }
            } else if (old != null) {
                readings.put(hold.partition(), old);
            } else {
                readings.put(hold.partition(), new Reading(hold));
            }
        }
    }

    private void work() {
        int thisStep = ++stepped;
        cluster.world.schedule(ANSWER_MAX, () -> workAgain(thisStep));
        List<Reading> held = new ArrayList<>(readings.values());
        List<SimulatedGateway> up = cluster.up();
        if (held.isEmpty() || up.isEmpty()) {
            workAgain(thisStep);
            return;
        }
        Reading reading = held.get(random.nextInt(held.size()));
        if (reading.position > reading.committed && random.nextInt(2) == 0) {
            commit(reading.hold, reading.position, () -> {});
        }
        int partition = reading.hold.partition().partition();
        up.get(random.nextInt(up.size()))
                .engine()
                .fetch(topic, partition, reading.position, 2_000, Duration.ofMillis(300))
                .whenComplete((fetched, _) ->
                        cluster.world.schedule(
                                Duration.ZERO,
                                () -> {
                                    if (fetched != null && !isStopped) {
                                        read(reading, fetched);
                                    }
                                    workAgain(thisStep);
                                }));
    }

    private void workAgain(int ofStep) {
        if (stepped == ofStep) {
            stepped++;
            later(pauseMsMax, this::work);
        }
    }

    private void read(Reading reading, Fetched fetched) {
        TopicPartition partition = reading.hold.partition();
        if (readings.get(partition) != reading) {
            return;
        }
        for (SimulatedProducer.Found found : SimulatedProducer.records(fetched.batches())) {
            if (found.offset() >= reading.position) {
                watch.delivered(partition.partition(), found.offset());
                reading.position = found.offset() + 1;
            }
        }
    }

    /** One at a time for each partition; after one without outcome, it connects anew. */
    private void commit(Hold hold, long position, Runnable ended) {
        TopicPartition at = hold.partition();
        if (connection.isEmpty() || !committing.add(at)) {
            ended.run();
            return;
        }
        Optional<UUID> by = connection;
        int partition = at.partition();
        GroupWatch.Sent before = watch.sending(partition);
        var offsets = List.of(new PartitionOffset(at, position));
        cluster.world.schedule(
                ANSWER_MAX,
                () -> {
                    if (connection.equals(by) && committing.contains(at)) {
                        disconnect();
                    }
                });
        ask(
                new GroupRequest.Commit(member, by, epoch, offsets),
                (reply, error) -> {
                    if (reply != null) {
                        watch.committed(partition, hold.since(), position, before);
                        Reading now = readings.get(at);
                        if (now != null && now.hold.since() == hold.since()) {
                            now.committed = Math.max(now.committed, position);
                        }
                    } else if (error != null) {
                        commitRefused(error, by);
                    }
                    if (connection.equals(by)) {
                        committing.remove(at);
                    }
                    ended.run();
                });
    }

    private void commitRefused(SluiceException error, Optional<UUID> by) {
        switch (error.code()) {
            case "not-assigned", "stale-epoch", "unknown-member", "member-fenced" ->
                    cluster.coverage.count("group: commits refused to who lost the partition");
            case "offset-out-of-range" -> cluster.broken("G5: what was read is not there", error);
            default -> {
                boolean isUnknown = error.kind() == SluiceException.Kind.UNKNOWN_OUTCOME;
                if (isUnknown && connection.equals(by)) {
                    disconnect();
                }
            }
        }
    }

    @Override
    public String toString() {
        return "member=%s epoch=%d reads=%s".formatted(member, epoch, readings.keySet());
    }
}
