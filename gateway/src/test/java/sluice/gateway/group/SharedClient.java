package sluice.gateway.group;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import sluice.gateway.Api;
import sluice.gateway.Await;

/** A client's end of a connection with channels, made of the JDK's WebSocket. */
final class SharedClient implements WebSocket.Listener, AutoCloseable {

    static final int OPEN = 1;
    static final int TEXT = 2;
    static final int CLOSE = 3;
    static final int BINARY = 4;

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final Map<Integer, StreamClient> channels = new ConcurrentHashMap<>();
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private final WebSocket socket;
    private volatile int closeCode = -1;

    /** For each message that came, how many chunks it had. */
    final List<Integer> chunks = new CopyOnWriteArrayList<>();

    SharedClient() {
        this(Api.port());
    }

    SharedClient(int port) {
        socket =
                HTTP.newWebSocketBuilder()
                        .buildAsync(
                                URI.create("ws://127.0.0.1:%d/v1/streams".formatted(port)), this)
                        .join();
    }

    /** Opens a channel; its first frame is still to be sent. */
    StreamClient open(int channel, String group) {
        var client =
                new StreamClient(
                        frame -> send(chunk(channel, TEXT, frame)), () -> close(channel, 1001));
        channels.put(channel, client);
        send(chunk(channel, OPEN, group));
        return client;
    }

    void close(int channel, int code) {
        byte[] why = ByteBuffer.allocate(2).putShort((short) code).array();
        send(chunk(channel, CLOSE, why));
    }

    static byte[] chunk(int channel, int kind, String payload) {
        return chunk(channel, kind, payload.getBytes(UTF_8));
    }

    static byte[] chunk(int channel, int kind, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(channel)
                .put((byte) kind)
                .putInt(payload.length)
                .put(payload)
                .array();
    }

    /** All of them in one message. */
    synchronized void send(byte[]... parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(part);
        }
        socket.sendBinary(ByteBuffer.wrap(joined.toByteArray()), true).join();
    }

    synchronized void sendText(String text) {
        socket.sendText(text, true).join();
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] part = new byte[data.remaining()];
        data.get(part);
        message.writeBytes(part);
        if (last) {
            received(ByteBuffer.wrap(message.toByteArray()));
            message.reset();
        }
        from.request(1);
        return null;
    }

    private void received(ByteBuffer whole) {
        int count = 0;
        while (whole.hasRemaining()) {
            StreamClient channel = Objects.requireNonNull(channels.get(whole.getInt()));
            int kind = whole.get();
            byte[] payload = new byte[whole.getInt()];
            whole.get(payload);
            count++;
            switch (kind) {
                case TEXT -> channel.got(new String(payload, UTF_8));
                case BINARY -> channel.got(payload);
                case CLOSE -> channel.closed(ByteBuffer.wrap(payload).getShort());
                default -> throw new AssertionError("kind " + kind);
            }
        }
        chunks.add(count);
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        closeCode = code;
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable failure) {
        closeCode = 0;
    }

    int closeCode() {
        Await.until(() -> closeCode >= 0);
        return closeCode;
    }

    boolean isOpen() {
        return closeCode < 0;
    }

    /** As a process that is killed: the connection is reset or closed without a word. */
    @Override
    public void close() {
        socket.abort();
    }
}
