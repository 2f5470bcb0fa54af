package sluice.client.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A connection with channels, each of which is a stream (docs/formats/channels.md). What its
 * streams send in one turn of a lane leaves as one message.
 *
 * <pre>
 *   DIALING ──opened──▶ OPEN ──closed──▶ OVER
 *      └──────refused─────────────────────▲
 * </pre>
 *
 * <p>When its last channel is closed, it closes itself. Used by any thread; its state is guarded by
 * this, and no listener is called meanwhile.
 */
final class ChannelConnection implements SocketDialer.Listener {

    /** A message of several chunks is not longer; a chunk that is goes alone. */
    private static final int MESSAGE_BYTES_MAX = 64 * 1024;

    private static final int NORMAL = 1000;
    private static final int MALFORMED = 1002;

    /** A channel without a close chunk. */
    private static final int ABORTED = 1001;

    private final Map<Integer, Channel> channels = new LinkedHashMap<>();
    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
    private final Runnable flush = this::flush;
    private SocketDialer.@Nullable Socket socket;
    private int lastNumber;
    private boolean isSending;

    /** False from the time on that one of them was given up, or that the last one is gone. */
    private boolean takesMore = true;

    private boolean isOver;

    /**
     * Begins to open a stream.
     *
     * @return false if this connection takes no more
     */
    boolean open(String group, StreamDialer.Listener listener) {
        Channel channel;
        synchronized (this) {
            if (!takesMore) {
                return false;
            }
            channel = new Channel(++lastNumber, group, listener);
            channels.put(channel.number, channel);
            if (socket == null) {
                return true; // It begins when the connection is there.
            }
            begin(channel);
        }
        flushSoon();
        listener.opened(channel);
        return true;
    }

    /** In the order of the numbers, in which alone a gateway takes them. */
    private void begin(Channel channel) {
        waiting.add(Chunks.of(channel.number, Chunks.OPEN, channel.group.getBytes(UTF_8)));
    }

    @Override
    public void opened(SocketDialer.Socket opened) {
        List<Channel> first;
        synchronized (this) {
            socket = opened;
            first = List.copyOf(channels.values());
            first.forEach(this::begin);
        }
        flushSoon();
        first.forEach(each -> each.listener.opened(each));
    }

    @Override
    public void text(String message) {
        malformed("a text message where all are binary");
    }

    @Override
    public void binary(ByteBuffer message) {
        try {
            while (message.hasRemaining()) {
                received(message.getInt(), message.get(), Chunks.payload(message));
            }
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            malformed("a message that cannot be read: " + e.getMessage());
        }
    }

    private void received(int number, byte kind, ByteBuffer payload) {
        Channel channel;
        switch (kind) {
            case Chunks.TEXT -> {
                channel = get(number);
                if (channel != null) {
                    channel.listener.text(UTF_8.decode(payload).toString());
                }
            }
            case Chunks.BINARY -> {
                channel = get(number);
                if (channel != null) {
                    channel.listener.binary(payload);
                }
            }
            case Chunks.CLOSE -> {
                int code = payload.getShort();
                channel = removed(number);
                if (channel != null) {
                    channel.listener.closed(code, UTF_8.decode(payload).toString());
                }
            }
            default -> throw new IllegalArgumentException("a chunk of kind " + kind);
        }
    }

    private synchronized @Nullable Channel get(int number) {
        return channels.get(number);
    }

    private @Nullable Channel removed(int number) {
        Channel channel;
        boolean isEmpty;
        synchronized (this) {
            channel = channels.remove(number);
            isEmpty = channels.isEmpty();
            takesMore &= !isEmpty;
        }
        if (isEmpty) {
            flushSoon();
        }
        return channel;
    }

    private void malformed(String why) {
        SocketDialer.Socket now;
        synchronized (this) {
            now = socket;
        }
        if (now != null) {
            now.abort();
        }
        closed(MALFORMED, why);
    }

    @Override
    public void refused(int status, String reason) {
        end().forEach(each -> each.listener.refused(status, reason));
    }

    @Override
    public void closed(int code, String reason) {
        end().forEach(each -> each.listener.closed(code, reason));
    }

    private synchronized List<Channel> end() {
        isOver = true;
        takesMore = false;
        waiting.clear();
        var open = new ArrayList<>(channels.values());
        channels.clear();
        return open;
    }

    private void send(Channel channel, byte kind, byte[] payload) {
        synchronized (this) {
            if (isOver || socket == null || channels.get(channel.number) != channel) {
                return;
            }
            waiting.add(Chunks.of(channel.number, kind, payload));
        }
        flushSoon();
    }

    /** With what the current turn has to send besides. */
    private void flushSoon() {
        if (!LaneRunner.atEnd(flush)) {
            flush();
        }
    }

    private void flush() {
        while (true) {
            SocketDialer.Socket to;
            ByteBuffer message;
            synchronized (this) {
                to = socket;
                if (isSending || isOver || to == null) {
                    return;
                }
                if (waiting.isEmpty()) {
                    if (!takesMore && channels.isEmpty()) {
                        isOver = true;
                        to.close(NORMAL, "no channel is open");
                    }
                    return;
                }
                message = Chunks.join(waiting, MESSAGE_BYTES_MAX);
                isSending = true;
            }
            CompletableFuture<?> sent = to.binary(message).toCompletableFuture();
            if (!sent.isDone()) {
                sent.whenComplete((done, failure) -> {
                    sent();
                    flush();
                });
                return;
            }
            sent();
        }
    }

    private synchronized void sent() {
        isSending = false;
    }

    /** One stream. */
    private final class Channel implements StreamConnection {
        private final int number;
        private final String group;
        private final StreamDialer.Listener listener;

        Channel(int number, String group, StreamDialer.Listener listener) {
            this.number = number;
            this.group = group;
            this.listener = listener;
        }

        @Override
        public void send(String frame) {
            ChannelConnection.this.send(this, Chunks.TEXT, frame.getBytes(UTF_8));
        }

        @Override
        public void close(int code, String reason) {
            ChannelConnection.this.send(this, Chunks.CLOSE, Chunks.closing(code, reason));
        }

        @Override
        public void abort() {
            ChannelConnection.this.send(this, Chunks.CLOSE, Chunks.closing(ABORTED, "given up"));
            SocketDialer.Socket cut = null;
            synchronized (ChannelConnection.this) {
                if (channels.remove(number, this)) {
                    // Whatever is wrong here, new channels need not find it out again.
                    takesMore = false;
                    if (channels.isEmpty()) {
                        isOver = true;
                        cut = socket;
                    }
                }
            }
            if (cut != null) {
                cut.abort();
            }
        }
    }
}
