package sluice.client.link;

import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;

/** Opens WebSockets. */
interface SocketDialer {

    /** Begins to open one. The listener is told in bounded time how it went. */
    void dial(URI at, Listener listener);

    /** An open one. Callable from any thread; after its end, calls have no effect. */
    interface Socket {

        /** Sends a text message behind what was sent before. */
        void text(String message);

        /**
         * Sends a binary message behind what was sent before.
         *
         * @return completes when it has left, or never will
         */
        CompletionStage<?> binary(ByteBuffer message);

        /** Says goodbye and ends the connection, once what was sent before has left. */
        void close(int code, String reason);

        /** Ends the connection at once. */
        void abort();
    }

    /** As {@link StreamDialer.Listener}, of the whole connection. */
    interface Listener {
        void opened(Socket socket);

        void text(String message);

        void binary(ByteBuffer message);

        /**
         * There is no connection.
         *
         * @param status HTTP status of the answer, 0 without one
         */
        void refused(int status, String reason);

        /**
         * The connection is over.
         *
         * @param code of the close frame; 1006 if there was none
         */
        void closed(int code, String reason);
    }
}
