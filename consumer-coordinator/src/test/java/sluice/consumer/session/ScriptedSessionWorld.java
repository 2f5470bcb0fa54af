package sluice.consumer.session;

import static sluice.consumer.session.SessionWorld.GROUP;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import sluice.consumer.group.GroupReply;
import sluice.consumer.group.GroupRequest;
import sluice.consumer.group.Hold;
import sluice.log.lane.Lane;
import sluice.log.lane.VirtualTime;
import sluice.metadata.GroupConfig;
import sluice.metadata.StreamConfig;

/** One session, whose coordinator and partitions answer when the test says so. */
abstract class ScriptedSessionWorld {

    static final UUID MEMBER = new UUID(0, 1);
    static final long BATCH_BYTES = ScriptedSource.batch(0, 1, 10).remaining();

    final VirtualTime time = new VirtualTime(1);
    final Lane lane = time.scope("world").lane("session");
    final ScriptedGroups groups = new ScriptedGroups();
    final ScriptedSource source = new ScriptedSource();
    final List<SessionEvent> events = new ArrayList<>();
    final List<Chunk> chunks = new ArrayList<>();
    final MemberSession session =
            new MemberSession(
                    lane,
                    groups,
                    source,
                    GROUP,
                    SessionLimits.DEFAULT,
                    new ReadRoom(1 << 20),
                    events::add,
                    this::readable);
    final CreditedDelivery delivery = new CreditedDelivery(session, 1, chunks::add);

    void readable() {
        delivery.deliver();
    }

    /** So long, and what is due then has happened. */
    void pass(long ms) {
        time.runFor(Duration.ofMillis(ms).plusNanos(200_000));
    }

    void on(Runnable work) {
        lane.execute(work);
        pass(0);
    }

    static StreamConfig config(GroupConfig.Delivery delivery, long revocationMs) {
        StreamConfig usual = GroupConfig.stream(List.of("t"));
        return new StreamConfig(
                usual.topics(),
                usual.start(),
                delivery,
                usual.sessionTimeout(),
                Duration.ofMillis(revocationMs));
    }

    ScriptedGroups.Call joining() {
        var request =
                new GroupRequest.Join(
                        Optional.empty(), Optional.empty(), Optional.empty(), "client", "gateway");
        on(() -> {
            session.join(new MemberSession.Joining(request, Map.of()));
            delivery.grant(1 << 20);
        });
        return groups.of(GroupRequest.Join.class).getLast();
    }

    void joined(ScriptedGroups.Call join, StreamConfig config, Hold... holds) {
        join.answer().complete(new GroupReply.Joined(MEMBER, 3, config, List.of(holds)));
        pass(0);
    }

    void join(GroupConfig.Delivery delivery, Hold... holds) {
        joined(joining(), config(delivery, 30_000), holds);
    }

    void give(long highWatermark, long... offsets) {
        var fetch = source.last();
        var batches = new java.nio.ByteBuffer[offsets.length];
        for (int i = 0; i < offsets.length; i++) {
            batches[i] = ScriptedSource.batch(offsets[i], 1, 10);
        }
        fetch.give(highWatermark, batches);
        pass(0);
    }

    String delivered() {
        return String.join(" ", chunks.stream().map(c -> c.partition() + "@" + c.from()).toList());
    }

    String told() {
        return String.join(
                " ",
                events.stream()
                        .map(event ->
                                switch (event) {
                                    case SessionEvent.Lost lost ->
                                            "lost " + lost.reason() + lost.partitions();
                                    case SessionEvent.Ended ended ->
                                            "ended " + ended.failure().code();
                                    default -> event.getClass().getSimpleName();
                                })
                        .toList());
    }
}
