package sluice.log.peer;

import java.nio.ByteBuffer;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Ordered frames of bytes between gateways. A gateway is addressed by the UUID of its disk.
 *
 * <p>There is one link a peer for the wal and one for calls, so that bulky answers never delay
 * replication. Frames on one link arrive in the order sent, whole or not at all; a lost link loses
 * what was in flight. Frames to oneself loop back through the same path, without a network.
 */
public interface PeerTransport extends AutoCloseable {

    /** The two links to each peer. The ids are sent on the wire: add, never renumber. */
    enum Link {
        WAL(1),
        CALL(2);

        private final int id;

        Link(int id) {
            this.id = id;
        }

        public int id() {
            return id;
        }
    }

    /** Told what happens on links, on threads of the transport's; must return quickly. */
    interface Listener {
        /** A link to or from the peer is up; frames can be sent. */
        void connected(UUID peer, Link link);

        /** The link is down; frames sent and not answered may or may not have arrived. */
        void disconnected(UUID peer, Link link);

        /**
         * A frame arrived. The buffer is the listener's to keep: it is never reused.
         *
         * @param frame position 0 is the frame's first byte
         */
        void received(UUID peer, Link link, ByteBuffer frame);
    }

    /** Called once. Before it there are no links: nothing can be sent, and nothing arrives. */
    void start(Listener listener);

    /** The peers there are now, by disk, with {@code host:port}; links to others are closed. */
    void peers(Map<UUID, String> addresses);

    /**
     * Queues one frame made of the buffers' remaining bytes, in order; never blocks. The transport
     * owns the buffers' positions from now on; their contents must not change.
     *
     * @return false if there is no link or its queue is full: nothing was queued
     */
    boolean send(UUID peer, Link link, ByteBuffer... frame);

    /** True if the link is up now. */
    boolean isConnected(UUID peer, Link link);

    /** What a knock at a peer's address told. */
    enum Reach {
        /** Somebody listens there. */
        LISTENING,
        /** The host is there and says that nobody listens: the process that did is gone. */
        REFUSED,
        /** Nothing can be said: no answer in time, or the peer is not listed. */
        SILENT
    }

    /**
     * Tries a connection to where a listed peer should listen and ends it at once. It tells a
     * process that died from one that is cut off or slow, also to the side that does not dial.
     *
     * @param told called once, on a thread of the transport's; never if the transport is closed
     */
    void knock(UUID peer, Consumer<Reach> told);

    @Override
    void close();
}
