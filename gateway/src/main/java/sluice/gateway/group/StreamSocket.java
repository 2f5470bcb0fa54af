package sluice.gateway.group;

import io.vertx.core.buffer.Buffer;
import java.util.concurrent.CompletionStage;

/**
 * What carries the frames of one stream: a WebSocket of its own ({@link OwnSocket}), or a channel
 * of one that several streams share ({@link SharedSocket}). Owned by the connection's event loop.
 */
interface StreamSocket {

    /** The stream; called on the event loop. */
    interface Listener {
        /** The client lives. */
        void heard();

        void received(String frame);

        /** What came is no frame of a stream. */
        void malformed(String detail);

        /** More may be written. */
        void drained();

        /** It is over; called once, last, and never by a call of this socket. */
        void closed();
    }

    void begin(Listener listener);

    void text(String frame);

    void binary(Buffer frame);

    /** True while what was written waits for the client; {@link Listener#drained} follows. */
    boolean isFull();

    /** Reads no more. */
    void pause();

    void resume();

    boolean isClosed();

    /**
     * Closes behind what was written.
     *
     * @param code as of WebSockets (RFC 6455, section 7.4.1)
     * @return completes when that is done
     */
    CompletionStage<Void> close(short code, String why);
}
