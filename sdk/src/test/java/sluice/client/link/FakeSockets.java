package sluice.client.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Connections that are opened, answered and cut as a test wants it. */
final class FakeSockets implements SocketDialer {

    final List<Dialed> dialed = new ArrayList<>();

    @Override
    public synchronized void dial(URI at, Listener listener) {
        dialed.add(new Dialed(at, listener));
    }

    /** A connection that was asked for, and what was sent on it. */
    static final class Dialed implements Socket {
        final URI at;
        final Listener listener;

        /** Each message as its chunks, such as "1:text hello". */
        final List<List<String>> sent = new ArrayList<>();

        String end = "";

        /** While it is not complete, what is sent does not leave. */
        CompletableFuture<Void> leaves = CompletableFuture.completedFuture(null);

        Dialed(URI at, Listener listener) {
            this.at = at;
            this.listener = listener;
        }

        void open() {
            listener.opened(this);
        }

        void receive(ByteBuffer... chunks) {
            ByteBuffer message = ByteBuffer.allocate(1 << 20);
            for (ByteBuffer chunk : chunks) {
                message.put(chunk);
            }
            listener.binary(message.flip());
        }

        @Override
        public void text(String message) {
            throw new AssertionError("all messages are binary");
        }

        @Override
        public synchronized CompletionStage<?> binary(ByteBuffer message) {
            var chunks = new ArrayList<String>();
            while (message.hasRemaining()) {
                int channel = message.getInt();
                int kind = message.get();
                ByteBuffer payload = Chunks.payload(message);
                chunks.add(
                        channel
                                + ":"
                                + switch (kind) {
                                    case Chunks.OPEN -> "open " + UTF_8.decode(payload);
                                    case Chunks.TEXT -> "text " + UTF_8.decode(payload);
                                    case Chunks.CLOSE ->
                                            "close "
                                                    + payload.getShort()
                                                    + " "
                                                    + UTF_8.decode(payload);
                                    default -> throw new AssertionError("kind " + kind);
                                });
            }
            sent.add(chunks);
            return leaves;
        }

        @Override
        public void close(int code, String reason) {
            end = "closed " + code;
        }

        @Override
        public void abort() {
            end = "cut";
        }
    }
}
