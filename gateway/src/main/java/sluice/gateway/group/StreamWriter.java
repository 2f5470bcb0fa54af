package sluice.gateway.group;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * Writes the frames of a stream, and says when no more records are to be taken: while the socket
 * takes none, and while records become text, which is done off the event loop.
 *
 * <p>Frames that a client asks for are not bounded by its credit. If it does not read them, nothing
 * more is read of it.
 */
final class StreamWriter {

    /** Other frames that may wait for a client that does not read. */
    private static final int FRAMES_WAITING_MAX = 1_000;

    /** What becomes text frames, one after the other; called off the event loop. */
    interface Rendering {
        Rendered render();
    }

    /**
     * @param rest what did not go into the frame
     */
    record Rendered(String frame, Optional<Rendering> rest) {}

    private final StreamSocket socket;
    private final Vertx vertx;
    private final Consumer<Boolean> onWritable;
    private final Consumer<Throwable> onBroken;
    private final ArrayDeque<Rendering> toRender = new ArrayDeque<>();

    private int framesWaiting;
    private boolean isRendering;
    private boolean isEnded;

    /**
     * @param onWritable told whether records may be taken
     * @param onBroken told if records cannot be read
     */
    StreamWriter(
            StreamSocket socket,
            Vertx vertx,
            Consumer<Boolean> onWritable,
            Consumer<Throwable> onBroken) {
        this.socket = socket;
        this.vertx = vertx;
        this.onWritable = onWritable;
        this.onBroken = onBroken;
    }

    /** True if nothing may be written any more. */
    boolean isOver() {
        return isEnded || socket.isClosed();
    }

    void text(String frame) {
        if (isOver()) {
            return;
        }
        socket.text(frame);
        if (socket.isFull()) {
            onWritable.accept(false);
            if (++framesWaiting > FRAMES_WAITING_MAX) {
                socket.pause();
            }
        }
    }

    void binary(Buffer frame) {
        if (isOver()) {
            return;
        }
        socket.binary(frame);
        if (socket.isFull()) {
            onWritable.accept(false);
        }
    }

    /** Nothing more is to be taken until all of it is written. */
    void render(Rendering rendering) {
        if (isOver()) {
            return;
        }
        onWritable.accept(false);
        toRender.add(rendering);
        if (!isRendering) {
            renderNext();
        }
    }

    private void renderNext() {
        Rendering next = toRender.poll();
        if (next != null) {
            renderNow(next);
        } else if (!socket.isFull()) {
            onWritable.accept(true);
        }
    }

    private void renderNow(Rendering rendering) {
        isRendering = true;
        vertx.executeBlocking(rendering::render, false)
                .onComplete(done -> {
                    isRendering = false;
                    if (isOver()) {
                        return;
                    }
                    if (done.failed()) {
                        onBroken.accept(done.cause());
                        return;
                    }
                    Rendered rendered = done.result();
                    socket.text(rendered.frame());
                    rendered.rest().ifPresent(toRender::addFirst);
                    if (!socket.isFull()) {
                        renderNext();
                    }
                });
    }

    /** The socket takes more. */
    void drained() {
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
        return socket.close(code, why);
    }

    /** The socket is gone. */
    void end() {
        isEnded = true;
        toRender.clear();
    }
}
