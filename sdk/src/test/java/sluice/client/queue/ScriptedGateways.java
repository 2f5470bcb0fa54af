package sluice.client.queue;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import sluice.client.json.Json;
import sluice.client.link.StreamConnection;
import sluice.client.link.StreamDialer;

/** Gateways that say what the test says, when the test says it. */
final class ScriptedGateways implements StreamDialer {

    /** An attempt to connect, and the connection if it became one. */
    static final class Dial implements StreamConnection {
        final URI gateway;
        final Listener listener;
        final List<Json> sent = new ArrayList<>();
        boolean isAborted;
        int closeCode = -1;

        Dial(URI gateway, Listener listener) {
            this.gateway = gateway;
            this.listener = listener;
        }

        @Override
        public void send(String frame) {
            sent.add(Json.parse(frame));
        }

        @Override
        public void close(int code, String reason) {
            closeCode = code;
        }

        @Override
        public void abort() {
            isAborted = true;
        }

        /** Frames of that type that the client sent. */
        List<Json> sent(String type) {
            return sent.stream().filter(frame -> frame.text("type").equals(type)).toList();
        }

        Json last(String type) {
            List<Json> frames = sent(type);
            return frames.get(frames.size() - 1);
        }

        /** Says a frame, with single quotes for double ones. */
        void say(String frame) {
            listener.text(frame.replace((char) 39, (char) 34));
        }

        void opened(String session, String lost) {
            say(
                    "{'type':'opened','session':'%s','sessionTimeoutMs':8000,'heartbeatMs':2000,'credit':1,'lost':[%s]}"
                            .formatted(session, lost));
        }

        void error(String code, int status, String more) {
            say(
                    "{'type':'error','code':'%s','status':%d,'title':'t','detail':'d'%s}"
                            .formatted(code, status, more));
        }

        /** The latest settle frame was carried out, but for these. */
        void settled(String failed) {
            say(
                    "{'type':'settled','id':%d,'settled':1,'failed':[%s]}"
                            .formatted(last("settle").number("id"), failed));
        }

        /** One message with each of these deliveries. */
        void deliver(String... deliveries) {
            ByteBuffer frame = ByteBuffer.allocate(10_000).put((byte) 1);
            for (String each : deliveries) {
                put(frame, each);
            }
            listener.binary(frame.flip());
        }

        private static void put(ByteBuffer to, String delivery) {
            byte[] id = delivery.getBytes(StandardCharsets.US_ASCII);
            byte[] topic = "jobs".getBytes(StandardCharsets.UTF_8);
            to.put((byte) id.length).put(id);
            to.putShort((short) topic.length).put(topic);
            to.putInt(0).putInt(1).putLong(5);
            to.putLong(40).putLong(6);
            to.putInt(-1);
            to.putInt(id.length).put(id);
            to.putInt(0);
        }
    }

    final List<Dial> dials = new ArrayList<>();

    @Override
    public void dial(URI gateway, String group, Listener listener) {
        dials.add(new Dial(gateway, listener));
    }

    Dial last() {
        return dials.get(dials.size() - 1);
    }
}
