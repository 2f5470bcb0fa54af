package sluice.log.peer.memory;

import java.nio.ByteBuffer;
import java.util.UUID;
import sluice.log.peer.PeerTransport.Link;

/** One connection between two nodes, for one link. Each end learns of its end by itself. */
final class MemoryConnection {

    private final MemoryPeerTransport dialler;
    private final MemoryPeerTransport acceptor;
    private final Link link;
    private final Direction toAcceptor;
    private final Direction toDialler;
    private boolean dead;

    MemoryConnection(
            MemoryNetwork network,
            MemoryPeerTransport dialler,
            MemoryPeerTransport acceptor,
            Link link) {
        this.dialler = dialler;
        this.acceptor = acceptor;
        this.link = link;
        this.toAcceptor =
                new Direction(network, dialler.self(), acceptor.self(), acceptor.scheduler());
        this.toDialler =
                new Direction(network, acceptor.self(), dialler.self(), dialler.scheduler());
    }

    Link link() {
        return link;
    }

    MemoryPeerTransport otherThan(MemoryPeerTransport end) {
        return end.equals(dialler) ? acceptor : dialler;
    }

    boolean hasEnd(MemoryPeerTransport end) {
        return end.equals(dialler) || end.equals(acceptor);
    }

    boolean isBetween(UUID one, UUID other) {
        return toAcceptor.goes(one, other) || toDialler.goes(one, other);
    }

    /** The hello travels one way, the answer the other; frames can only come behind them. */
    void open() {
        toAcceptor.put(
                0,
                () -> {
                    // In this order: frames that the listener sends at once come behind the answer.
                    toDialler.put(0, () -> dialler.up(this));
                    acceptor.up(this);
                });
    }

    boolean send(MemoryPeerTransport from, ByteBuffer frame) {
        if (dead) {
            // This end has not noticed yet: what it sends is lost.
            return true;
        }
        MemoryPeerTransport to = otherThan(from);
        Direction direction = from.equals(dialler) ? toAcceptor : toDialler;
        return direction.put(frame.remaining(), () -> to.arrived(this, frame));
    }

    boolean isDead() {
        return dead;
    }

    /** Nothing arrives any more; the ends are told by whoever calls this. */
    void die() {
        dead = true;
        toAcceptor.end();
        toDialler.end();
    }

    void healed(UUID from, UUID to) {
        if (toAcceptor.goes(from, to)) {
            toAcceptor.healed();
        }
        if (toDialler.goes(from, to)) {
            toDialler.healed();
        }
    }
}
