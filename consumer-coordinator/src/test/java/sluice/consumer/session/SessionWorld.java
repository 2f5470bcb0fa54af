package sluice.consumer.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import sluice.consumer.group.GroupName;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.TopicPartition;
import sluice.log.lane.Delay;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/** A coordinator, a source and members in virtual time. */
final class SessionWorld {

    static final GroupName GROUP = new GroupName("default", "g");

    /** The member that a client is before it is one. */
    static final UUID NOBODY = new UUID(0, 0);

    static final TopicPartition P0 = new TopicPartition("t", 0);
    static final TopicPartition P1 = new TopicPartition("t", 1);
    static final TopicPartition P2 = new TopicPartition("t", 2);

    final VirtualTime time;
    final VirtualTime.Scope scope;
    final MemoryCoordinator coordinator;
    final MemorySource source;
    final ReadRoom room = new ReadRoom(1 << 20);
    SessionLimits limits = SessionLimits.DEFAULT;

    /** Each delivery is compared with what the coordinator knows at that instant. */
    boolean checksHolds;

    SessionWorld(long seed, StreamConfig config, Delay delay) {
        time = new VirtualTime(seed);
        scope = time.scope("world");
        coordinator = new MemoryCoordinator(scope, delay, config);
        source = new MemorySource(scope, delay);
    }

    static SessionWorld ofConfig(StreamConfig config) {
        return new SessionWorld(1, config, Delay.ofMicros(100, 100));
    }

    static SessionWorld usual() {
        return ofConfig(GroupConfig.stream(List.of("t")));
    }

    static StreamConfig atMostOnce() {
        StreamConfig usual = GroupConfig.stream(List.of("t"));
        return new StreamConfig(
                usual.topics(),
                usual.start(),
                GroupConfig.Delivery.AT_MOST_ONCE,
                usual.sessionTimeout(),
                usual.revocationTimeout());
    }

    void runFor(long ms) {
        time.runFor(Duration.ofMillis(ms));
    }

    void until(BooleanSupplier condition) {
        if (!time.runUntil(condition, Duration.ofMinutes(2))) {
            throw new AssertionError("it did not happen within two minutes of virtual time");
        }
    }

    /** A member with credit without end. */
    Client join() {
        Client client = join(Optional.empty(), Map.of());
        client.grant(Long.MAX_VALUE / 2);
        return client;
    }

    Client join(Optional<GroupRequest.Resume> resume, Map<TopicPartition, Long> positions) {
        var client = new Client();
        client.join(resume, positions);
        until(() -> !client.member.equals(NOBODY) || client.ended());
        return client;
    }

    /** A client with its session. */
    final class Client {
        final Lane lane = scope.lane("client");
        final List<SessionEvent> events = new ArrayList<>();
        final List<Chunk> chunks = new ArrayList<>();
        final MemberSession session;
        final CreditedDelivery delivery;
        UUID member = NOBODY;

        Client() {
            session =
                    new MemberSession(
                            lane,
                            coordinator,
                            source,
                            GROUP,
                            limits,
                            room,
                            this::told,
                            this::readable);
            delivery = new CreditedDelivery(session, 64 << 10, this::delivered);
        }

        private void told(SessionEvent event) {
            events.add(event);
            if (event instanceof SessionEvent.Joined joined) {
                member = joined.member();
            }
        }

        private void readable() {
            delivery.deliver();
        }

        private void delivered(Chunk chunk) {
            if (checksHolds
                    && (!member.equals(coordinator.holder(chunk.partition()))
                            || coordinator.since(chunk.partition()) != chunk.since())) {
                throw new AssertionError(
                        "delivered what another may have: " + member + " " + chunk.partition());
            }
            chunks.add(chunk);
            events.add(new SessionEvent.Records(chunk));
        }

        void join(Optional<GroupRequest.Resume> resume, Map<TopicPartition, Long> positions) {
            var request =
                    new GroupRequest.Join(
                            Optional.empty(),
                            resume,
                            Optional.of(new UUID(9, time.random().nextLong())),
                            "client",
                            "gateway");
            on(() -> session.join(new MemberSession.Joining(request, positions)));
        }

        /** Does it on the lane, and waits until it is done. */
        void on(Runnable work) {
            boolean[] isDone = {false};
            lane.execute(() -> {
                work.run();
                isDone[0] = true;
            });
            until(() -> isDone[0]);
        }

        void grant(long bytes) {
            on(() -> delivery.grant(bytes));
        }

        /** How the events looked, without records, in order. */
        List<String> story() {
            return events.stream()
                    .filter(event -> !(event instanceof SessionEvent.Records))
                    .map(SessionWorld::told)
                    .toList();
        }

        boolean ended() {
            return events.stream().anyMatch(event -> event instanceof SessionEvent.Ended);
        }

        /** Offset after the last record that was delivered of that partition; −1 if none was. */
        long deliveredTo(TopicPartition partition) {
            return chunks.stream()
                    .filter(chunk -> chunk.partition().equals(partition))
                    .mapToLong(Chunk::nextOffset)
                    .reduce(-1, (_, last) -> last);
        }

        long deliveredBytes() {
            return chunks.stream().mapToLong(Chunk::bytes).sum();
        }
    }

    private static String told(SessionEvent event) {
        return switch (event) {
            case SessionEvent.Joined _ -> "joined";
            case SessionEvent.Assigned(_, var places) ->
                    "assigned"
                            + String.join(
                                    "",
                                    places.stream()
                                            .map(place ->
                                                    " "
                                                            + place.partition()
                                                            + "@"
                                                            + place.position())
                                            .toList());
            case SessionEvent.Revoking(_, _, var partitions) -> "revoking " + partitions;
            case SessionEvent.Lost(_, var reason, var partitions) ->
                    "lost " + reason + " " + partitions;
            case SessionEvent.Skipped(var partition, var from, var to) ->
                    "skipped " + partition + " " + from + ".." + to;
            case SessionEvent.Stopped(var partition, var offset, var failure) ->
                    "stopped " + partition + "@" + offset + " " + failure.code();
            case SessionEvent.Ended(var failure) -> "ended " + failure.code();
            case SessionEvent.Records _ -> "records";
        };
    }
}
