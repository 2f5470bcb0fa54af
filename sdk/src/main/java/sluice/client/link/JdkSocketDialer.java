package sluice.client.link;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Opens WebSockets with the JDK's client. */
final class JdkSocketDialer implements SocketDialer {

    /** Largest frame that is put together: a batch is at most a gateway's largest body. */
    private static final int FRAME_BYTES_MAX = 64 << 20;

    private static final int NO_CLOSE_FRAME = 1006;
    private static final int TOO_LARGE = 1009;

    private final HttpClient http;
    private final String userAgent;
    private final Duration timeout;
    private final int frameBytesMax;

    JdkSocketDialer(HttpClient http, String userAgent, Duration timeout) {
        this(http, userAgent, timeout, FRAME_BYTES_MAX);
    }

    JdkSocketDialer(HttpClient http, String userAgent, Duration timeout, int frameBytesMax) {
        this.http = http;
        this.userAgent = userAgent;
        this.timeout = timeout;
        this.frameBytesMax = frameBytesMax;
    }

    @Override
    public void dial(URI at, Listener listener) {
        var connection = new Connection(listener, frameBytesMax);
        http.newWebSocketBuilder()
                .connectTimeout(timeout)
                .header("User-Agent", userAgent)
                .buildAsync(at, connection)
                .whenComplete((opened, failure) -> {
                    if (failure != null) {
                        refused(listener, failure);
                    }
                });
    }

    private static void refused(Listener listener, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        int status =
                cause instanceof WebSocketHandshakeException handshake
                        ? handshake.getResponse().statusCode()
                        : 0;
        listener.refused(status, String.valueOf(cause));
    }

    /** One WebSocket: pieces become frames, and frames are sent one behind the other. */
    private static final class Connection implements WebSocket.Listener, Socket {
        private final Listener listener;
        private final int frameBytesMax;
        private final StringBuilder text = new StringBuilder();
        private final List<ByteBuffer> pieces = new ArrayList<>();
        private int pieceBytes;
        private volatile @Nullable WebSocket socket;

        /** Completes when all that was sent so far has left. Guarded by this. */
        private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);

        Connection(Listener listener, int frameBytesMax) {
            this.listener = listener;
            this.frameBytesMax = frameBytesMax;
        }

        @Override
        public void onOpen(WebSocket opened) {
            socket = opened;
            listener.opened(this);
            opened.request(1);
        }

        @Override
        public @Nullable CompletionStage<?> onText(
                WebSocket from, CharSequence piece, boolean isLast) {
            text.append(piece);
            if (text.length() > frameBytesMax) {
                tooLarge(from);
                return null;
            }
            if (isLast) {
                listener.text(text.toString());
                text.setLength(0);
            }
            from.request(1);
            return null;
        }

        @Override
        public @Nullable CompletionStage<?> onBinary(
                WebSocket from, ByteBuffer piece, boolean isLast) {
            // The buffer is the socket's again when this returns.
            ByteBuffer copy = ByteBuffer.allocate(piece.remaining());
            copy.put(piece).flip();
            pieces.add(copy);
            pieceBytes += copy.remaining();
            if (pieceBytes > frameBytesMax) {
                tooLarge(from);
                return null;
            }
            if (isLast) {
                listener.binary(joined());
            }
            from.request(1);
            return null;
        }

        private ByteBuffer joined() {
            ByteBuffer frame = pieces.get(0);
            if (pieces.size() > 1) {
                frame = ByteBuffer.allocate(pieceBytes);
                pieces.forEach(frame::put);
                frame.flip();
            }
            pieces.clear();
            pieceBytes = 0;
            return frame;
        }

        private void tooLarge(WebSocket from) {
            from.abort();
            listener.closed(TOO_LARGE, "a frame larger than " + frameBytesMax + " bytes");
        }

        @Override
        public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
            listener.closed(code, reason);
            return null;
        }

        @Override
        public void onError(WebSocket from, Throwable error) {
            listener.closed(NO_CLOSE_FRAME, String.valueOf(error));
        }

        @Override
        public void text(String message) {
            var unused = behind(open -> open.sendText(message, true));
        }

        @Override
        public CompletionStage<?> binary(ByteBuffer message) {
            return behind(open -> open.sendBinary(message, true));
        }

        @Override
        public void close(int code, String reason) {
            var unused = behind(open -> open.sendClose(code, reason));
        }

        @Override
        public void abort() {
            WebSocket open = socket;
            if (open != null) {
                open.abort();
            }
        }

        private synchronized CompletionStage<?> behind(
                Function<WebSocket, CompletableFuture<?>> action) {
            WebSocket open = socket;
            if (open != null) {
                // What fails is told by onError, or by the silence that follows.
                sent = sent.thenCompose(before -> action.apply(open)).exceptionally(lost -> null);
            }
            return sent;
        }
    }
}
