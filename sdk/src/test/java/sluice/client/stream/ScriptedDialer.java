package sluice.client.stream;

import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import sluice.client.json.Json;
import sluice.client.link.StreamConnection;
import sluice.client.link.StreamDialer;
import sluice.log.batch.BatchBuilder;
import sluice.log.batch.RecordBatch;

/** Gateways that say what the test says, when the test says it. */
final class ScriptedDialer implements StreamDialer {

    /** An attempt to connect, and the connection if it became one. */
    static final class Dial implements StreamConnection {
        final URI gateway;
        final Listener listener;

        /** What the client sent, as text. */
        final List<String> sent = new ArrayList<>();

        boolean isAborted;
        int closeCode = -1;

        Dial(URI gateway, Listener listener) {
            this.gateway = gateway;
            this.listener = listener;
        }

        @Override
        public void send(String frame) {
            sent.add(frame);
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
            return sent.stream()
                    .map(Json::parse)
                    .filter(frame -> frame.text("type").equals(type))
                    .toList();
        }

        /** Types of all frames that the client sent. */
        List<String> types() {
            return sent.stream().map(frame -> Json.parse(frame).text("type")).toList();
        }

        /** Says a frame, with single quotes for double ones. */
        void say(String frame) {
            listener.text(frame.replace((char) 39, (char) 34));
        }

        void joined(String member, long epoch) {
            say(
                    "{'type':'joined','member':'%s','epoch':%d,'sessionTimeoutMs':8000,'heartbeatMs':2000}"
                            .formatted(member, epoch));
        }

        void assigned(long epoch, int partition, long position) {
            holds("assigned", epoch, partition, position);
        }

        void revoking(long epoch, int partition) {
            holds("revoking", epoch, partition, 0);
        }

        void lost(long epoch, int partition) {
            holds("lost", epoch, partition, 0);
        }

        private void holds(String type, long epoch, int partition, long position) {
            say(
                    "{'type':'%s','epoch':%d,'reason':'x','deadlineMs':1,'partitions':[{'topic':'orders','partition':%d,'position':%d}]}"
                            .formatted(type, epoch, partition, position));
        }

        void heartbeat() {
            say("{'type':'heartbeat'}");
        }

        void error(String code, int status, String more) {
            say(
                    "{'type':'error','code':'%s','status':%d,'title':'t','detail':'d'%s}"
                            .formatted(code, status, more));
        }

        /** Records of one batch, values of that size; {@code nextOffset} is behind the last. */
        void records(int partition, long baseOffset, int count, int valueBytes) {
            records(partition, baseOffset + count, batch(baseOffset, count, valueBytes));
        }

        void records(int partition, long nextOffset, ByteBuffer batch) {
            byte[] header =
                    "{\"topic\":\"orders\",\"partition\":%d,\"nextOffset\":%d,\"highWatermark\":%d}"
                            .formatted(partition, nextOffset, nextOffset)
                            .getBytes(StandardCharsets.UTF_8);
            ByteBuffer frame = ByteBuffer.allocate(2 + header.length + batch.remaining());
            frame.putShort((short) header.length).put(header).put(batch.duplicate()).flip();
            listener.binary(frame);
        }
    }

    static ByteBuffer batch(long baseOffset, int count, int valueBytes) {
        var builder = new BatchBuilder(256);
        for (int i = 0; i < count; i++) {
            builder.append(0, null, new byte[valueBytes], List.of());
        }
        ByteBuffer batch = builder.build();
        RecordBatch.setBaseOffset(batch, 0, baseOffset);
        return batch;
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
