package sluice.client.queue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import sluice.client.json.Json;
import sluice.client.link.StreamConnection;
import sluice.client.link.StreamDialer;
import sluice.log.lane.Lane;

/** Gateways of one queue, on one lane, and the ways in which they fail. */
final class FakeQueueCluster implements StreamDialer {

    private static final long SILENT_NS = Duration.ofSeconds(8).toNanos();
    private static final long GRACE_NS = Duration.ofSeconds(20).toNanos();

    private final Lane lane;
    private final RandomGenerator random;
    private final Queue<Integer> ready = new ArrayDeque<>();
    private final Map<String, Lease> leases = new LinkedHashMap<>();
    private final Map<String, Session> sessions = new LinkedHashMap<>();
    private long lastId;

    final List<Stream> streams = new ArrayList<>();
    final Set<Integer> done = new HashSet<>();

    /** How often each message was given out. */
    final Map<Integer, Integer> deliveries = new HashMap<>();

    /** Of a hundred settlements, so many are not answered, are refused for now, are put off. */
    int troubles;

    private record Lease(int message, Session session) {}

    private static final class Session {
        final String id;
        @Nullable Stream stream;
        long credit;
        long untilNs;

        Session(String id) {
            this.id = id;
        }
    }

    FakeQueueCluster(Lane lane, RandomGenerator random) {
        this.lane = lane;
        this.random = random;
        lane.schedule(Duration.ofSeconds(1), this::look);
    }

    void add(int messages) {
        for (int i = 0; i < messages; i++) {
            ready.add(i);
        }
    }

    private Duration delay() {
        return Duration.ofNanos(random.nextInt(100_000, 3_000_000));
    }

    private boolean happens() {
        return random.nextInt(100) < troubles;
    }

    /** Ends what was not heard of. */
    private void look() {
        for (Session each : List.copyOf(sessions.values())) {
            if (each.untilNs - lane.nowNs() < 0) {
                end(each);
            }
        }
        deliver();
        lane.schedule(Duration.ofSeconds(1), this::look);
    }

    private void end(Session session) {
        sessions.remove(session.id);
        giveBack(session, List.of());
    }

    private void giveBack(Session session, Collection<String> but) {
        for (var each : List.copyOf(leases.entrySet())) {
            if (each.getValue().session() == session && !but.contains(each.getKey())) {
                leases.remove(each.getKey());
                ready.add(each.getValue().message());
            }
        }
    }

    private void deliver() {
        for (Session each : sessions.values()) {
            Stream stream = each.stream;
            long held = leases.values().stream().filter(of -> of.session() == each).count();
            while (stream != null && stream.isOpen && held < each.credit && !ready.isEmpty()) {
                held++;
                int message = ready.remove();
                String delivery = message + "-" + ++lastId;
                leases.put(delivery, new Lease(message, each));
                int count = deliveries.merge(message, 1, Integer::sum);
                stream.give(delivery, message, count);
            }
        }
    }

    List<Stream> open() {
        return streams.stream().filter(each -> each.isOpen).toList();
    }

    @Override
    public void dial(URI gateway, String group, Listener listener) {
        lane.schedule(
                delay(),
                () -> {
                    var stream = new Stream(listener);
                    streams.add(stream);
                    listener.opened(stream);
                });
    }

    /** A gateway's end of one connection: speaks the protocol, in order, with a delay. */
    final class Stream implements StreamConnection {
        private final Listener client;
        private final Queue<Runnable> toServer = new ArrayDeque<>();
        private final Queue<Consumer<Listener>> toClient = new ArrayDeque<>();
        private @Nullable Session session;
        private boolean isOpen = true;

        Stream(Listener client) {
            this.client = client;
            beat();
        }

        private void beat() {
            if (isOpen) {
                tell("{'type':'heartbeat'}");
                lane.schedule(Duration.ofSeconds(2), this::beat);
            }
        }

        @Override
        public void send(String frame) {
            later(toServer, () -> take(Json.parse(frame)));
        }

        @Override
        public void close(int code, String reason) {
            later(
                    toServer,
                    () -> {
                        closed();
                        client.closed(code, reason);
                    });
        }

        @Override
        public void abort() {
            later(toServer, this::closed);
        }

        private void later(Queue<Runnable> to, Runnable event) {
            lane.execute(() -> {
                to.add(event);
                lane.schedule(
                        delay(),
                        () -> {
                            Runnable next = to.remove();
                            if (isOpen) {
                                next.run();
                            }
                        });
            });
        }

        private void tell(Consumer<Listener> event) {
            toClient.add(event);
            lane.schedule(
                    delay(),
                    () -> {
                        Consumer<Listener> next = toClient.remove();
                        if (isOpen) {
                            next.accept(client);
                        }
                    });
        }

        private void tell(String frame) {
            String text = frame.replace((char) 39, (char) 34);
            tell(listener -> listener.text(text));
        }

        /** The client ended the connection. */
        private void closed() {
            isOpen = false;
            Session of = session;
            if (of != null && of.stream == this) {
                end(of);
                deliver();
            }
        }

        /** Nothing goes through any more, and nobody is told. */
        void cut() {
            isOpen = false;
        }

        /** The gateway's process ended; the session has the grace to come back. */
        void reset(int code) {
            isOpen = false;
            if (session != null) {
                session.untilNs = lane.nowNs() + GRACE_NS;
            }
            client.closed(code, "reset");
        }

        private void take(Json frame) {
            Session of = session;
            switch (frame.text("type")) {
                case "open" -> open(frame);
                case "credit" -> {
                    if (of != null) {
                        of.credit = frame.number("messages");
                    }
                }
                case "settle" -> settle(frame);
                case "leave" -> {
                    if (of != null) {
                        end(of);
                    }
                }
                default -> {}
            }
            if (session != null && session.stream == this) {
                session.untilNs = lane.nowNs() + SILENT_NS;
            }
            deliver();
        }

        private void open(Json frame) {
            String id = frame.text("session", "");
            Session found = id.isEmpty() ? new Session("s" + ++lastId) : sessions.get(id);
            if (found == null) {
                tell("{'type':'error','code':'unknown-session','status':404,'title':'t'}");
                return;
            }
            sessions.put(found.id, found);
            List<String> held = QueueFrames.deliveries(frame, "held");
            giveBack(found, held);
            String lost =
                    held.stream()
                            .filter(each -> {
                                Lease lease = leases.get(each);
                                return lease == null || lease.session() != found;
                            })
                            .map(each -> "'" + each + "'")
                            .collect(Collectors.joining(","));
            session = found;
            found.stream = this;
            found.credit = frame.number("credit");
            tell(
                    "{'type':'opened','session':'%s','sessionTimeoutMs':8000,'heartbeatMs':2000,'lost':[%s]}"
                            .formatted(found.id, lost));
        }

        private void settle(Json frame) {
            long id = frame.number("id");
            if (session == null || session.stream != this) {
                return;
            }
            if (happens()) {
                tell(
                        "{'type':'error','id':%d,'code':'group-moved','status':503,'title':'t'}"
                                .formatted(id));
                return;
            }
            var failed = new ArrayList<String>();
            for (String each : List.of("acknowledge", "return", "release", "reject")) {
                for (Json item : frame.list(each)) {
                    String delivery =
                            item.value() instanceof String plain ? plain : item.text("delivery");
                    settle(each, delivery, failed);
                }
            }
            if (happens()) {
                reset(1006);
            } else {
                tell(
                        "{'type':'settled','id':%d,'settled':0,'failed':[%s]}"
                                .formatted(id, String.join(",", failed)));
            }
        }

        private void settle(String outcome, String delivery, List<String> failed) {
            Lease lease = leases.get(delivery);
            int message = Integer.parseInt(delivery.substring(0, delivery.indexOf('-')));
            boolean isDone = outcome.equals("acknowledge") && done.contains(message);
            if (happens()) {
                failed.add(failure(delivery, "partition-silent", true));
            } else if (lease != null && lease.session() == session) {
                leases.remove(delivery);
                if (outcome.equals("release") || outcome.equals("return")) {
                    ready.add(message);
                } else if (!done.add(message)) {
                    throw new AssertionError("done twice: message=" + message);
                }
            } else if (!isDone) {
                failed.add(failure(delivery, "lease-expired", false));
            }
        }

        private String failure(String delivery, String code, boolean mayPass) {
            return "{'delivery':'%s','code':'%s','detail':'d','retry':%s}"
                    .formatted(delivery, code, mayPass);
        }

        private void give(String delivery, int message, int count) {
            byte[] id = delivery.getBytes(StandardCharsets.US_ASCII);
            byte[] value = String.valueOf(message).getBytes(StandardCharsets.UTF_8);
            ByteBuffer frame = ByteBuffer.allocate(200).put((byte) 1);
            frame.put((byte) id.length).put(id).putShort((short) 1).put((byte) 't');
            frame.putInt(0).putInt(count).putLong(0).putLong(message).putLong(0);
            frame.putInt(-1).putInt(value.length).put(value).putInt(0).flip();
            tell(listener -> listener.binary(frame));
        }
    }
}
