package sluice.client.queue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import sluice.client.json.Json;
import sluice.client.link.StreamConnection;
import sluice.client.link.StreamDialer;

/** A gateway with one queue, on a thread of its own; it gives out as far as there is credit. */
final class FakeQueue implements StreamDialer {

    private final ExecutorService thread;
    private final Queue<String> ready = new ArrayDeque<>();

    /** What consumers said, as outcome and delivery. */
    final List<String> settled = new CopyOnWriteArrayList<>();

    volatile boolean isGone;
    volatile int left;

    FakeQueue(ExecutorService thread) {
        this.thread = thread;
    }

    void add(String... deliveries) {
        ready.addAll(List.of(deliveries));
    }

    @Override
    public void dial(URI gateway, String group, Listener listener) {
        thread.execute(() -> {
            if (isGone) {
                listener.refused(404, "no such group");
            } else {
                listener.opened(new Stream(listener));
            }
        });
    }

    private final class Stream implements StreamConnection {
        private final Listener client;
        private long credit;
        private long held;

        Stream(Listener client) {
            this.client = client;
        }

        @Override
        public void send(String text) {
            thread.execute(() -> take(Json.parse(text)));
        }

        private void take(Json frame) {
            switch (frame.text("type")) {
                case "open" -> {
                    credit = frame.number("credit");
                    client.text(
                            "{\"type\":\"opened\",\"session\":\"s\",\"sessionTimeoutMs\":8000,"
                                    + "\"heartbeatMs\":2000,\"lost\":[]}");
                }
                case "credit" -> credit = frame.number("messages");
                case "settle" -> settle(frame);
                case "leave" -> left++;
                default -> {}
            }
            deliver();
        }

        private void settle(Json frame) {
            for (String plain : List.of("acknowledge", "return")) {
                frame.list(plain).forEach(each -> ended(plain, String.valueOf(each.value())));
            }
            frame.list("release")
                    .forEach(each ->
                            ended(
                                    "release "
                                            + each.text("delay", "-")
                                            + " "
                                            + each.text("reason"),
                                    each.text("delivery")));
            frame.list("reject")
                    .forEach(each -> ended("reject " + each.text("reason"), each.text("delivery")));
            client.text(
                    "{\"type\":\"settled\",\"id\":%d,\"settled\":1,\"failed\":[]}"
                            .formatted(frame.number("id")));
        }

        private void ended(String outcome, String delivery) {
            settled.add(outcome + " " + delivery);
            held--;
        }

        private void deliver() {
            while (held < credit && !ready.isEmpty()) {
                held++;
                byte[] id = ready.remove().getBytes(StandardCharsets.US_ASCII);
                ByteBuffer frame = ByteBuffer.allocate(100).put((byte) 1);
                frame.put((byte) id.length).put(id).putShort((short) 1).put((byte) 't');
                frame.putInt(0).putInt(1).putLong(0).putLong(0).putLong(0);
                frame.putInt(-1).putInt(id.length).put(id).putInt(0);
                client.binary(frame.flip());
            }
        }

        @Override
        public void close(int code, String reason) {
            thread.execute(() -> client.closed(code, reason));
        }

        @Override
        public void abort() {}
    }
}
