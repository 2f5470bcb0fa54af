package sluice.client.link;

import java.net.URI;
import java.nio.ByteBuffer;

/** Opens connections to gateways. */
public interface StreamDialer {

    /**
     * Begins to open the stream of a group. The listener is told in bounded time how it went.
     *
     * @param gateway its HTTP address
     */
    void dial(URI gateway, String group, Listener listener);

    /**
     * What happens to one connection, in order; called on any thread, one call at a time. After
     * {@link #refused} or {@link #closed} nothing more comes.
     */
    interface Listener {
        void opened(StreamConnection connection);

        void text(String frame);

        void binary(ByteBuffer frame);

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
