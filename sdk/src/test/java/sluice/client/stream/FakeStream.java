package sluice.client.stream;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.client.batch.BatchReader;
import sluice.client.json.Json;
import sluice.client.link.StreamConnection;
import sluice.client.link.StreamDialer;
import sluice.client.record.TopicPartition;
import sluice.client.stream.FakeGroup.Hold;
import sluice.client.stream.FakeGroup.Member;
import sluice.log.lane.Lane;

/** A gateway's end of one connection: speaks the protocol, in order, with a delay. */
final class FakeStream implements StreamConnection {

    private final FakeCluster cluster;
    private final FakeGroup group;
    private final StreamDialer.Listener client;
    private final Lane lane;
    private @Nullable Member member;

    /** What the client was told of; gone if it was told that it is lost. */
    private final Map<TopicPartition, Hold> told = new LinkedHashMap<>();

    private final Set<TopicPartition> toldRevoking = new HashSet<>();
    private final Map<TopicPartition, Long> next = new HashMap<>();
    private final Set<TopicPartition> paused = new HashSet<>();
    private long credit;

    /** On their way; each delay lets the first of them arrive, so that they keep their order. */
    private final Queue<Runnable> toServer = new ArrayDeque<>();

    private final Queue<Consumer<StreamDialer.Listener>> toClient = new ArrayDeque<>();
    private boolean isOpen = true;

    /** Frames of the client, as text. */
    final List<String> received = new ArrayList<>();

    FakeStream(FakeCluster cluster, FakeGroup group, StreamDialer.Listener client) {
        this.cluster = cluster;
        this.group = group;
        this.client = client;
        this.lane = cluster.lane;
        after(Duration.ofSeconds(2), this::heartbeat);
    }

    private void after(Duration delay, Runnable task) {
        lane.schedule(
                delay,
                () -> {
                    if (isOpen) {
                        task.run();
                    }
                });
    }

    private void heartbeat() {
        toClient(listener -> listener.text("{\"type\":\"heartbeat\"}"));
        after(Duration.ofSeconds(2), this::heartbeat);
    }

    // The client's side.

    @Override
    public void send(String frame) {
        lane.execute(() -> toServer(() -> frame(frame)));
    }

    @Override
    public void close(int code, String reason) {
        lane.execute(() ->
                toServer(() -> {
                    closed();
                    client.closed(code, reason);
                }));
    }

    @Override
    public void abort() {
        lane.execute(() -> toServer(this::closed));
    }

    private void closed() {
        cut();
        if (member != null && member.stream == this) {
            member.stream = null;
            if (!cluster.keepsMembers) {
                group.leave(member);
            }
        }
    }

    // The gateway's side.

    /** Nothing more goes through, and nobody is told. */
    void cut() {
        isOpen = false;
    }

    /** The gateway's process ended: the client sees the connection reset, the member goes on. */
    void reset(int code) {
        if (isOpen) {
            cut();
            if (member != null && member.stream == this) {
                member.stream = null;
            }
            client.closed(code, "reset");
        }
    }

    boolean isOpen() {
        return isOpen;
    }

    boolean belongsTo(FakeApplication application) {
        return application.listeners.contains(client);
    }

    private void toServer(Runnable event) {
        toServer.add(event);
        after(Duration.ofNanos(cluster.delayNs()), () -> toServer.remove().run());
    }

    private void toClient(Consumer<StreamDialer.Listener> event) {
        toClient.add(event);
        after(Duration.ofNanos(cluster.delayNs()), () -> toClient.remove().accept(client));
    }

    private void tell(String frame, Object... values) {
        String text = frame.formatted(values).replace((char) 39, (char) 34);
        toClient(listener -> listener.text(text));
    }

    /** Whatever a gateway may say, with single quotes for double ones. */
    void tellClient(String frame) {
        tell(frame);
    }

    void error(String code, int status) {
        tell("{'type':'error','code':'%s','status':%d,'title':'t','detail':'d'}", code, status);
        toClient(listener -> {
            cut();
            listener.closed(1008, code);
        });
    }

    private void frame(String text) {
        received.add(text);
        Json json = Json.parse(text);
        String type = json.text("type");
        if (type.equals("join")) {
            join(json);
            return;
        }
        Member me = member;
        if (me == null || me.stream != this) {
            return;
        }
        switch (type) {
            case "credit" -> credit += json.number("bytes");
            case "commit" -> commit(me, json);
            case "release" -> group.release(me, StreamFrames.partitions(json));
            case "pause" -> paused.addAll(StreamFrames.partitions(json));
            case "resume" -> paused.removeAll(StreamFrames.partitions(json));
            case "seek" -> {
                TopicPartition partition = StreamFrames.partition(json);
                Hold hold = told.get(partition);
                if (hold != null && !toldRevoking.contains(partition)) {
                    next.put(partition, json.number("offset"));
                }
            }
            case "leave" -> group.leave(me);
            default -> {}
        }
        deliver();
    }

    private void join(Json json) {
        Map<TopicPartition, Long> positions = new HashMap<>();
        long epoch = -1;
        if (json.field("member").isPresent()) {
            member = group.members.get(json.text("member"));
            if (member == null) {
                error("unknown-member", 404);
                return;
            }
            FakeStream older = member.stream;
            if (older != null) {
                older.error("member-fenced", 409);
            }
            epoch = json.number("epoch");
            for (Json each : json.list("positions")) {
                positions.put(StreamFrames.partition(each), each.number("offset"));
            }
        } else {
            member = group.join();
        }
        member.stream = this;
        tell(
                "{'type':'joined','member':'%s','epoch':%d,'sessionTimeoutMs':8000,'heartbeatMs':2000}",
                member.id, group.epoch);
        for (Hold hold : member.holds.values()) {
            Long position = positions.get(hold.partition);
            if (position != null && hold.since <= epoch) {
                next.put(hold.partition, position);
            }
        }
        if (epoch < 0) {
            group.rebalance();
        } else {
            changed();
        }
    }

    private void commit(Member me, Json json) {
        var offsets = new HashMap<TopicPartition, Long>();
        for (Json each : json.list("offsets")) {
            offsets.put(StreamFrames.partition(each), each.number("offset"));
        }
        String code = cluster.isCoordinatorDown() ? "unavailable" : "";
        if (code.isEmpty()) {
            code = group.commit(me, json.number("epoch"), offsets);
        }
        if (cluster.losesAnswer()) {
            reset(1006);
        } else if (code.isEmpty()) {
            tell("{'type':'committed','id':%d,'epoch':%d}", json.number("id"), group.epoch);
        } else {
            tell(
                    "{'type':'error','id':%d,'code':'%s','status':%d,'title':'t','detail':'d'}",
                    json.number("id"), code, code.equals("unavailable") ? 503 : 409);
        }
    }

    /** The member's holds may have changed. */
    void changed() {
        Member me = member;
        if (me == null || !isOpen) {
            return;
        }
        var lost = new ArrayList<TopicPartition>();
        for (Hold hold : List.copyOf(told.values())) {
            if (me.holds.get(hold.partition) != hold) {
                told.remove(hold.partition);
                toldRevoking.remove(hold.partition);
                next.remove(hold.partition);
                paused.remove(hold.partition);
                lost.add(hold.partition);
            }
        }
        var revoking = new ArrayList<TopicPartition>();
        var assigned = new StringBuilder();
        for (Hold hold : me.holds.values()) {
            boolean isNew = told.put(hold.partition, hold) == null;
            if (hold.isRevoking && toldRevoking.add(hold.partition)) {
                revoking.add(hold.partition);
            } else if (!hold.isRevoking && (toldRevoking.remove(hold.partition) || isNew)) {
                next.putIfAbsent(hold.partition, hold.start);
                assigned.append(assigned.isEmpty() ? "" : ",")
                        .append(json(hold.partition, next.get(hold.partition)));
            }
        }
        if (!lost.isEmpty()) {
            tell(
                    "{'type':'lost','epoch':%d,'reason':'x','partitions':[%s]}",
                    group.epoch, json(lost));
        }
        if (!revoking.isEmpty()) {
            tell(
                    "{'type':'revoking','epoch':%d,'deadlineMs':30000,'partitions':[%s]}",
                    group.epoch, json(revoking));
        }
        if (!assigned.isEmpty()) {
            tell("{'type':'assigned','epoch':%d,'partitions':[%s]}", group.epoch, assigned);
        }
        deliver();
    }

    private static String json(TopicPartition partition, long position) {
        return "{'topic':'%s','partition':%d,'position':%d}"
                .formatted(partition.topic(), partition.partition(), position);
    }

    private static String json(List<TopicPartition> partitions) {
        return String.join(",", partitions.stream().map(each -> json(each, 0)).toList());
    }

    private void deliver() {
        for (boolean any = true; any; ) {
            any = false;
            for (Hold hold : List.copyOf(told.values())) {
                Long at = next.get(hold.partition);
                if (credit > 0
                        && at != null
                        && !hold.isRevoking
                        && !paused.contains(hold.partition)
                        && at < group.end(hold.partition)) {
                    sendBatch(hold.partition, at);
                    any = true;
                }
            }
        }
    }

    private void sendBatch(TopicPartition partition, long at) {
        ByteBuffer batch =
                group.log(partition).stream()
                        .filter(each -> BatchReader.nextOffset(each, 0) > at)
                        .findFirst()
                        .orElseThrow();
        long after = BatchReader.nextOffset(batch, 0);
        next.put(partition, after);
        credit -= batch.limit();
        byte[] header =
                "{\"topic\":\"%s\",\"partition\":%d,\"nextOffset\":%d,\"highWatermark\":%d}"
                        .formatted(
                                partition.topic(),
                                partition.partition(),
                                after,
                                group.end(partition))
                        .getBytes(StandardCharsets.UTF_8);
        ByteBuffer frame = ByteBuffer.allocate(2 + header.length + batch.limit());
        frame.putShort((short) header.length).put(header).put(batch.duplicate().position(0)).flip();
        toClient(listener -> listener.binary(frame));
    }
}
