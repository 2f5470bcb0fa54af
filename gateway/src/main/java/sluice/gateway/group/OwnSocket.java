package sluice.gateway.group;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A WebSocket that is one stream's. */
final class OwnSocket implements StreamSocket {

    private final ServerWebSocket socket;

    OwnSocket(ServerWebSocket socket) {
        this.socket = socket;
    }

    @Override
    public void begin(Listener listener) {
        socket.frameHandler(_ -> listener.heard());
        socket.textMessageHandler(listener::received);
        socket.binaryMessageHandler(_ -> listener.malformed("Frames of a client are text"));
        socket.drainHandler(_ -> listener.drained());
        socket.exceptionHandler(_ -> {
            // Told too of a connection that closed; then there is nobody to be told.
            if (!socket.isClosed()) {
                listener.malformed("Not a frame, or larger than any is");
            }
        });
        socket.closeHandler(_ -> listener.closed());
    }

    @Override
    public void text(String frame) {
        socket.writeTextMessage(frame);
    }

    @Override
    public void binary(Buffer frame) {
        socket.writeBinaryMessage(frame);
    }

    @Override
    public boolean isFull() {
        return socket.writeQueueFull();
    }

    @Override
    public void pause() {
        socket.pause();
    }

    @Override
    public void resume() {
        socket.resume();
    }

    @Override
    public boolean isClosed() {
        return socket.isClosed();
    }

    @Override
    public CompletionStage<Void> close(short code, String why) {
        return socket.isClosed()
                ? CompletableFuture.completedStage(null)
                : socket.close(code, why).toCompletionStage();
    }
}
