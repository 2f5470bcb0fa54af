package sluice.gateway.group;

import io.vertx.core.Vertx;
import io.vertx.core.http.ServerWebSocket;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import sluice.consumer.session.Chunk;
import sluice.gateway.consume.ValueFormat;

/**
 * Writes the frames of a stream, and says when no more records are to be taken: while the socket
 * takes none, and while records become text, which is done off the event loop.
 *
 * <p>Frames that a client asks for are not bounded by its credit. If it does not read them, nothing
 * more is read of it.
 */
final class StreamWriter {

    /** Records taken at a time. */
    static final long TURN_BYTES = 64 << 10;

    /** Other frames that may wait for a client that does not read. */
    private static final int FRAMES_WAITING_MAX = 1_000;

    private final ServerWebSocket socket;
    private final Vertx vertx;
    private final GroupMetrics metrics;
    private final Consumer<Boolean> onWritable;
    private final Consumer<Throwable> onBroken;
    private final ArrayDeque<Chunk> toRender = new ArrayDeque<>();

    private ValueFormat format = ValueFormat.TEXT;
    private int framesWaiting;
    private boolean isRendering;
    private boolean isEnded;

    /**
     * @param onWritable told whether records may be taken
     * @param onBroken told if records cannot be read
     */
    StreamWriter(
            ServerWebSocket socket,
            Vertx vertx,
            GroupMetrics metrics,
            Consumer<Boolean> onWritable,
            Consumer<Throwable> onBroken) {
        this.socket = socket;
        this.vertx = vertx;
        this.metrics = metrics;
        this.onWritable = onWritable;
        this.onBroken = onBroken;
        socket.drainHandler(_ -> drained());
    }

    void format(ValueFormat wanted) {
        format = wanted;
    }

    /** True if nothing may be written any more. */
    private boolean isOver() {
        return isEnded || socket.isClosed();
    }

    void text(String frame) {
        if (isOver()) {
            return;
        }
        socket.writeTextMessage(frame);
        if (socket.writeQueueFull()) {
            onWritable.accept(false);
            if (++framesWaiting > FRAMES_WAITING_MAX) {
                socket.pause();
            }
        }
    }

    void records(Chunk chunk) {
        if (isOver()) {
            return;
        }
        metrics.delivered(chunk.nextOffset() - chunk.from(), chunk.bytes());
        if (format == ValueFormat.BINARY) {
            socket.writeBinaryMessage(ServerFrames.binaryRecords(chunk));
            if (socket.writeQueueFull()) {
                onWritable.accept(false);
            }
        } else {
            onWritable.accept(false);
            toRender.add(chunk);
            if (!isRendering) {
                renderNext();
            }
        }
    }

    private void renderNext() {
        Chunk chunk = toRender.poll();
        if (chunk != null) {
            render(chunk, chunk.from());
        } else if (!socket.writeQueueFull()) {
            onWritable.accept(true);
        }
    }

    private void render(Chunk chunk, long from) {
        isRendering = true;
        vertx.executeBlocking(() -> RecordFrame.of(chunk, from, format), false)
                .onComplete(done -> {
                    isRendering = false;
                    if (isOver()) {
                        return;
                    }
                    if (done.failed()) {
                        onBroken.accept(done.cause());
                        return;
                    }
                    RecordFrame frame = done.result();
                    socket.writeTextMessage(frame.text());
                    if (frame.nextOffset() < chunk.nextOffset()) {
                        toRender.addFirst(rest(chunk, frame.nextOffset()));
                    }
                    if (!socket.writeQueueFull()) {
                        renderNext();
                    }
                });
    }

    private static Chunk rest(Chunk chunk, long from) {
        return new Chunk(
                chunk.partition(),
                chunk.since(),
                from,
                chunk.nextOffset(),
                chunk.batches(),
                chunk.watermarks());
    }

    private void drained() {
        if (framesWaiting > FRAMES_WAITING_MAX) {
            socket.resume();
        }
        framesWaiting = 0;
        if (isOver() || isRendering) {
            return;
        }
        if (toRender.isEmpty()) {
            onWritable.accept(true);
        } else {
            renderNext();
        }
    }

    /** Closes after what was written; completes when that is done. */
    CompletionStage<Void> close(short code, String why) {
        isEnded = true;
        return socket.isClosed()
                ? CompletableFuture.completedStage(null)
                : socket.close(code, why).toCompletionStage();
    }

    /** The socket is gone. */
    void end() {
        isEnded = true;
        toRender.clear();
    }
}
