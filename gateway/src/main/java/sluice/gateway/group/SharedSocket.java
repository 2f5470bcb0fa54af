package sluice.gateway.group;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket with channels, each of which is a stream (docs/formats/channels.md). What is written
 * to any of them while the event loop has other work leaves as one message, so that a client with
 * many consumers is woken once for all that is for them.
 *
 * <pre>
 *   a channel:  opened ──▶ open ── close, by either side ──▶ closed
 * </pre>
 *
 * <p>A connection that closes closes all its channels, and so does a message that is none. One
 * without channels is closed after a while. Owned by its event loop.
 */
final class SharedSocket {

    /** A message of several chunks is not longer; a chunk that is goes alone. */
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;

    /** Makes streams of channels, or closes those of which none is to be made. */
    interface Opener {
        void open(StreamSocket channel, String group);
    }

    private final ServerWebSocket socket;
    private final Vertx vertx;
    private final Context loop;
    private final Opener opener;
    private final Consumer<SharedSocket> onClosed;
    private final Duration idleMax;
    private final Map<Integer, Channel> channels = new LinkedHashMap<>();

    /** Those that read no more; while there are any, nothing is read. */
    private final Set<Channel> paused = new HashSet<>();

    private Buffer gathered = Buffer.buffer();
    private boolean isFlushPlanned;
    private boolean isWatched;
    private int lastNumber;
    private boolean isOver;

    /**
     * Made on the event loop of the connection.
     *
     * @param idleMax how long it may be without a channel
     */
    SharedSocket(
            ServerWebSocket socket,
            Vertx vertx,
            Opener opener,
            Duration idleMax,
            Consumer<SharedSocket> onClosed) {
        this.socket = socket;
        this.vertx = vertx;
        this.loop = vertx.getOrCreateContext();
        this.opener = opener;
        this.idleMax = idleMax;
        this.onClosed = onClosed;
    }

    void start() {
        socket.binaryMessageHandler(this::received);
        socket.textMessageHandler(_ -> malformed("messages of this connection are binary"));
        socket.drainHandler(_ -> List.copyOf(channels.values()).forEach(Channel::drained));
        socket.exceptionHandler(_ -> {
            // Told too of a connection that closed; then there is nobody to be told.
            if (!socket.isClosed()) {
                malformed("not a message, or larger than any is");
            }
        });
        socket.closeHandler(_ -> closed());
        watchIdle();
    }

    private void received(Buffer message) {
        try {
            for (ChannelFrames.Chunk each : ChannelFrames.parse(message)) {
                if (isOver) {
                    return;
                }
                received(each);
            }
        } catch (IllegalArgumentException e) {
            malformed(String.valueOf(e.getMessage()));
        }
    }

    /**
     * @throws IllegalArgumentException if nothing like it may come
     */
    private void received(ChannelFrames.Chunk chunk) {
        if (chunk.kind() == ChannelFrames.OPEN) {
            open(chunk);
            return;
        }
        if (chunk.channel() > lastNumber) {
            throw new IllegalArgumentException("no such channel was opened: " + chunk.channel());
        }
        Channel channel = channels.get(chunk.channel());
        switch (chunk.kind()) {
            case ChannelFrames.TEXT -> {
                if (channel != null) {
                    channel.received(chunk.text());
                }
            }
            case ChannelFrames.CLOSE -> {
                if (channel != null) {
                    var _ = channel.close(ChannelFrames.codeOf(chunk), "");
                }
            }
            default -> throw new IllegalArgumentException("unknown kind: " + chunk.kind());
        }
    }

    private void open(ChannelFrames.Chunk chunk) {
        if (chunk.channel() <= lastNumber) {
            throw new IllegalArgumentException(
                    "expected a channel above %d, found %d".formatted(lastNumber, chunk.channel()));
        }
        lastNumber = chunk.channel();
        var channel = new Channel(lastNumber);
        String group = chunk.text();
        channels.put(lastNumber, channel);
        opener.open(channel, group);
    }

    private void malformed(String why) {
        if (!isOver) {
            isOver = true;
            var _ = socket.close(StreamConnection.POLICY, cut("malformed: " + why));
        }
    }

    /** As much of it as a close frame has room for. */
    private static String cut(String reason) {
        return reason.length() <= 100 ? reason : reason.substring(0, 100);
    }

    private void closed() {
        isOver = true;
        var open = List.copyOf(channels.values());
        channels.clear();
        open.forEach(Channel::over);
        onClosed.accept(this);
    }

    /** Closes it in a while if no channel is opened meanwhile; one timer at a time. */
    private void watchIdle() {
        if (!channels.isEmpty() || isWatched || isOver) {
            return;
        }
        isWatched = true;
        int last = lastNumber;
        vertx.setTimer(
                idleMax.toMillis(),
                _ -> {
                    isWatched = false;
                    if (channels.isEmpty() && last == lastNumber && !socket.isClosed()) {
                        isOver = true;
                        var _ = socket.close(StreamConnection.NORMAL, "no channel is open");
                    } else {
                        watchIdle();
                    }
                });
    }

    private void append(int channel, byte kind, Buffer payload) {
        int length = ChannelFrames.HEADER_BYTES + payload.length();
        if (gathered.length() > 0 && gathered.length() + length > MESSAGE_BYTES_MAX) {
            flush();
        }
        ChannelFrames.append(gathered, channel, kind, payload);
        if (!isFlushPlanned) {
            isFlushPlanned = true;
            // Behind what the loop has to do already, which may write more.
            loop.runOnContext(_ -> {
                isFlushPlanned = false;
                flush();
            });
        }
    }

    private void flush() {
        if (gathered.length() > 0 && !socket.isClosed()) {
            socket.writeBinaryMessage(gathered);
        }
        gathered = Buffer.buffer();
    }

    /** One stream's part of the connection. */
    private final class Channel implements StreamSocket {
        private final int number;
        private @Nullable Listener listener;
        private boolean isClosed;

        Channel(int number) {
            this.number = number;
        }

        @Override
        public void begin(Listener given) {
            listener = given;
        }

        void received(String frame) {
            if (listener != null) {
                listener.heard();
                listener.received(frame);
            }
        }

        void drained() {
            if (listener != null && !isClosed && !socket.writeQueueFull()) {
                listener.drained();
            }
        }

        @Override
        public void text(String frame) {
            write(ChannelFrames.TEXT, Buffer.buffer(frame));
        }

        @Override
        public void binary(Buffer frame) {
            write(ChannelFrames.BINARY, frame);
        }

        private void write(byte kind, Buffer payload) {
            if (!isClosed()) {
                append(number, kind, payload);
            }
        }

        @Override
        public boolean isFull() {
            return socket.writeQueueFull();
        }

        @Override
        public void pause() {
            if (!isClosed && paused.add(this) && paused.size() == 1) {
                socket.pause();
            }
        }

        @Override
        public void resume() {
            if (paused.remove(this) && paused.isEmpty()) {
                socket.resume();
            }
        }

        @Override
        public boolean isClosed() {
            return isClosed || socket.isClosed();
        }

        @Override
        public CompletionStage<Void> close(short code, String why) {
            if (isClosed()) {
                return CompletableFuture.completedStage(null);
            }
            append(number, ChannelFrames.CLOSE, ChannelFrames.closing(code, why));
            channels.remove(number);
            over();
            watchIdle();
            var told = new CompletableFuture<Void>();
            loop.runOnContext(_ -> {
                flush();
                told.complete(null);
            });
            return told;
        }

        private void over() {
            isClosed = true;
            resume();
            Listener told = listener;
            if (told != null) {
                loop.runOnContext(_ -> told.closed());
            }
        }
    }
}
