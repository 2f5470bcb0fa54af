package sluice.consumer.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import sluice.consumer.group.GroupCoordinator;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.GroupSummary;
import sluice.consumer.group.Hold;
import sluice.consumer.group.PartitionOffset;
import sluice.consumer.group.TopicPartition;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Delay;
import sluice.log.lane.VirtualTime;
import sluice.metadata.StreamConfig;

/**
 * One group in memory whose assignment the test decides: {@link #assign} moves partitions as a
 * coordinator does, by revoking them first. Sessions and revocations time out.
 */
final class MemoryCoordinator implements GroupCoordinator {

    private final VirtualTime.Scope scope;
    private final Delay delay;
    private StreamConfig config;
    private final Map<UUID, Member> members = new LinkedHashMap<>();
    private final Map<TopicPartition, Held> holds = new TreeMap<>();
    private final Map<TopicPartition, UUID> wanted = new TreeMap<>();
    private final Map<TopicPartition, Long> committed = new TreeMap<>();
    private final List<GroupRequest> requests = new ArrayList<>();
    private long epoch;
    private boolean isDown;
    private boolean losesAnswers;
    private int heldCommits = -1;

    private static final class Member {
        private final Optional<UUID> connection;
        private long heardNs;
        private final List<Runnable> polls = new ArrayList<>();

        Member(Optional<UUID> connection) {
            this.connection = connection;
        }
    }

    private record Held(UUID member, long since, boolean isRevoking, long untilNs) {}

    MemoryCoordinator(VirtualTime.Scope scope, Delay delay, StreamConfig config) {
        this.scope = scope;
        this.delay = delay;
        this.config = config;
        tick();
    }

    private void tick() {
        scope.schedule(
                Duration.ofMillis(100),
                () -> {
                    long now = scope.time().nowNs();
                    for (var member : List.copyOf(members.entrySet())) {
                        long silentNs = now - member.getValue().heardNs;
                        if (silentNs > config.sessionTimeout().toNanos()) {
                            remove(member.getKey());
                        }
                    }
                    for (var hold : List.copyOf(holds.entrySet())) {
                        if (hold.getValue().isRevoking() && now >= hold.getValue().untilNs()) {
                            drop(hold.getKey());
                        }
                    }
                    tick();
                });
    }

    UUID newMember() {
        return newMember(Optional.empty());
    }

    private UUID newMember(Optional<UUID> connection) {
        var id = new UUID(7, members.size() + requests.size() + 1);
        var member = new Member(connection);
        member.heardNs = scope.time().nowNs();
        members.put(id, member);
        return id;
    }

    void setDown(boolean down) {
        isDown = down;
    }

    /** What is asked is done, and nobody is told. */
    void loseAnswers(boolean loses) {
        losesAnswers = loses;
    }

    /** Commits are not answered until {@link #answerCommits}. */
    void holdCommits() {
        heldCommits = 0;
    }

    void answerCommits() {
        heldCommits = -1;
    }

    int heldCommits() {
        return Math.max(0, heldCommits);
    }

    List<GroupRequest> requests() {
        return requests;
    }

    long epoch() {
        return epoch;
    }

    OptionalLong committed(TopicPartition partition) {
        Long offset = committed.get(partition);
        return offset == null ? OptionalLong.empty() : OptionalLong.of(offset);
    }

    void setCommitted(TopicPartition partition, long offset) {
        committed.put(partition, offset);
    }

    List<UUID> members() {
        return List.copyOf(members.keySet());
    }

    /** Who holds it now, under which hold. */
    @Nullable UUID holder(TopicPartition partition) {
        Held held = holds.get(partition);
        return held == null ? null : held.member();
    }

    long since(TopicPartition partition) {
        Held held = holds.get(partition);
        return held == null ? -1 : held.since();
    }

    /** The partition is to be this member's. */
    void assign(TopicPartition partition, UUID member) {
        wanted.put(partition, member);
        Held held = holds.get(partition);
        if (held == null) {
            settle(partition);
        } else if (!held.member().equals(member)) {
            epoch++;
            long untilNs = scope.time().nowNs() + config.revocationTimeout().toNanos();
            holds.put(partition, new Held(held.member(), held.since(), true, untilNs));
            tellAll();
        } else if (held.isRevoking()) {
            epoch++;
            holds.put(partition, new Held(held.member(), held.since(), false, 0));
            tellAll();
        }
    }

    private void settle(TopicPartition partition) {
        UUID member = wanted.get(partition);
        if (member != null && members.containsKey(member) && !holds.containsKey(partition)) {
            epoch++;
            holds.put(partition, new Held(member, epoch, false, 0));
            tellAll();
        }
    }

    /** The holder is asked no more: what it does from now on is refused. */
    void drop(TopicPartition partition) {
        holds.remove(partition);
        epoch++;
        settle(partition);
        tellAll();
    }

    void reset(TopicPartition partition, long offset) {
        committed.put(partition, offset);
        Held held = holds.remove(partition);
        epoch++;
        if (held != null) {
            holds.put(partition, new Held(held.member(), epoch, false, 0));
        }
        tellAll();
    }

    void remove(UUID member) {
        Member gone = members.remove(member);
        holds.entrySet().removeIf(hold -> hold.getValue().member().equals(member));
        epoch++;
        List.copyOf(wanted.keySet()).forEach(this::settle);
        tellAll();
        if (gone != null) {
            gone.polls.forEach(Runnable::run);
        }
    }

    private void tellAll() {
        for (Member member : List.copyOf(members.values())) {
            var polls = List.copyOf(member.polls);
            member.polls.clear();
            polls.forEach(Runnable::run);
        }
    }

    @Override
    public CompletionStage<GroupReply> call(GroupName group, GroupRequest request) {
        requests.add(request);
        var answer = new CompletableFuture<GroupReply>();
        scope.schedule(draw(), () -> handle(request, answer));
        return answer;
    }

    private Duration draw() {
        return delay.draw(scope.time().random());
    }

    private void handle(GroupRequest request, CompletableFuture<GroupReply> answer) {
        if (isDown) {
            fail(answer, Kind.UNAVAILABLE, "down");
            return;
        }
        switch (request) {
            case GroupRequest.Join join -> answer(answer, () -> join(join));
            case GroupRequest.Heartbeat beat -> beat(beat, answer);
            case GroupRequest.Commit commit -> {
                if (heldCommits >= 0) {
                    heldCommits++;
                    scope.schedule(Duration.ofMillis(10), () -> handleHeld(commit, answer));
                } else {
                    answer(answer, () -> commit(commit));
                }
            }
            case GroupRequest.Leave leave ->
                    answer(
                            answer,
                            () -> {
                                Member member = members.get(leave.member());
                                if (member != null
                                        && member.connection.equals(leave.connection())) {
                                    remove(leave.member());
                                }
                                return new GroupReply.Done();
                            });
            default -> throw new AssertionError("not asked by sessions: " + request);
        }
    }

    private void handleHeld(GroupRequest.Commit commit, CompletableFuture<GroupReply> answer) {
        if (heldCommits >= 0) {
            scope.schedule(Duration.ofMillis(10), () -> handleHeld(commit, answer));
        } else {
            handle(commit, answer);
        }
    }

    private void answer(CompletableFuture<GroupReply> answer, Supplier<GroupReply> work) {
        try {
            GroupReply reply = work.get();
            if (losesAnswers) {
                scope.schedule(
                        Duration.ofSeconds(1), () -> fail(answer, Kind.UNKNOWN_OUTCOME, "lost"));
            } else {
                scope.schedule(draw(), () -> answer.complete(reply));
            }
        } catch (SluiceException e) {
            scope.schedule(draw(), () -> answer.completeExceptionally(e));
        }
    }

    private static void fail(CompletableFuture<GroupReply> answer, Kind kind, String code) {
        answer.completeExceptionally(new SluiceException(kind, code, code));
    }

    private GroupReply join(GroupRequest.Join join) {
        UUID id;
        if (join.resume().isPresent()) {
            id = join.resume().get().member();
            check(id, join.connection(), true);
            Member again = new Member(join.connection());
            again.heardNs = scope.time().nowNs();
            members.put(id, again);
        } else {
            id = newMember(join.connection());
        }
        return new GroupReply.Joined(id, epoch, config, holdsOf(id));
    }

    private Member check(UUID id, Optional<UUID> connection, boolean isNewConnection) {
        Member member = members.get(id);
        if (member == null) {
            throw new SluiceException(Kind.NOT_FOUND, "unknown-member", "member=" + id);
        }
        if (!isNewConnection && !member.connection.equals(connection)) {
            throw new SluiceException(Kind.CONFLICT, "member-fenced", "member=" + id);
        }
        return member;
    }

    private void beat(GroupRequest.Heartbeat beat, CompletableFuture<GroupReply> answer) {
        try {
            Member member = check(beat.member(), beat.connection(), false);
            if (beat.signOfLife()) {
                member.heardNs = scope.time().nowNs();
            }
            for (TopicPartition released : beat.released()) {
                Held held = holds.get(released);
                if (held != null && held.isRevoking() && held.member().equals(beat.member())) {
                    drop(released);
                }
            }
            if (beat.knownEpoch() != epoch || beat.waitMax().isZero()) {
                tell(beat, answer);
                return;
            }
            Duration wait = least(beat.waitMax(), config.sessionTimeout().dividedBy(3));
            Runnable give = () -> tell(beat, answer);
            member.polls.add(give);
            scope.schedule(wait, give);
        } catch (SluiceException e) {
            answer.completeExceptionally(e);
        }
    }

    private void tell(GroupRequest.Heartbeat beat, CompletableFuture<GroupReply> answer) {
        if (isDown) {
            fail(answer, Kind.UNAVAILABLE, "down");
            return;
        }
        answer(
                answer,
                () -> {
                    check(beat.member(), beat.connection(), false);
                    return new GroupReply.Holds(epoch, holdsOf(beat.member()));
                });
    }

    private static Duration least(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private List<Hold> holdsOf(UUID member) {
        var found = new ArrayList<Hold>();
        holds.forEach((partition, held) -> {
            if (held.member().equals(member)) {
                found.add(
                        new Hold(
                                partition,
                                1,
                                held.since(),
                                held.isRevoking() ? Hold.State.REVOKING : Hold.State.ASSIGNED,
                                committed(partition),
                                held.isRevoking() ? config.revocationTimeout() : Duration.ZERO));
            }
        });
        return found;
    }

    private GroupReply commit(GroupRequest.Commit commit) {
        check(commit.member().orElseThrow(), commit.connection(), false);
        for (PartitionOffset offset : commit.offsets()) {
            Held held = holds.get(offset.partition());
            if (held == null || !held.member().equals(commit.member().orElseThrow())) {
                throw new SluiceException(Kind.CONFLICT, "not-assigned", "" + offset.partition());
            }
            if (held.since() > commit.epoch()) {
                throw new SluiceException(Kind.CONFLICT, "stale-epoch", "" + offset.partition());
            }
        }
        commit.offsets().forEach(offset -> committed.put(offset.partition(), offset.offset()));
        return new GroupReply.Committed(epoch);
    }

    @Override
    public CompletionStage<List<GroupSummary>> list(
            String namespace, String prefix, String after, int max) {
        throw new AssertionError("not asked by sessions");
    }
}
