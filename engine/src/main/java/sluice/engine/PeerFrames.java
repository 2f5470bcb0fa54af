package sluice.engine;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.engine.peer.PeerCalls;
import sluice.log.SluiceException;
import sluice.log.lane.Lane;
import sluice.log.peer.PeerTransport;
import sluice.log.wal.MemberMachine;
import sluice.log.wal.WalFrame;

/**
 * Brings what arrives on links to the lane that owns it: what owners send to members to the
 * member's lane, everything else to the engine's. Called on the transport's threads.
 */
final class PeerFrames implements PeerTransport.Listener {

    private static final Logger LOG = LoggerFactory.getLogger(PeerFrames.class);

    /** The engine's side of the links. */
    interface Engine {
        void walFrame(UUID member, WalFrame frame);

        /** One more link is up. */
        void connected();

        void disconnected(UUID peer, PeerTransport.Link link);
    }

    private final Lane lane;
    private final Lane memberLane;
    private final MemberMachine member;
    private final PeerCalls calls;
    private final Engine engine;
    private volatile boolean isStopped;

    PeerFrames(Lane lane, Lane memberLane, MemberMachine member, PeerCalls calls, Engine engine) {
        this.lane = lane;
        this.memberLane = memberLane;
        this.member = member;
        this.calls = calls;
        this.engine = engine;
    }

    @Override
    public void connected(UUID peer, PeerTransport.Link link) {
        LOG.atInfo().addKeyValue("peer", peer).addKeyValue("link", link).log("peer connected");
        lane.execute(engine::connected);
    }

    @Override
    public void disconnected(UUID peer, PeerTransport.Link link) {
        LOG.atInfo().addKeyValue("peer", peer).addKeyValue("link", link).log("peer disconnected");
        if (link == PeerTransport.Link.WAL) {
            memberLane.execute(() -> member.disconnected(peer));
        }
        lane.execute(() -> engine.disconnected(peer, link));
    }

    /** From now on nobody is answered: what is on this disk must not count. */
    void stop() {
        isStopped = true;
    }

    @Override
    public void received(UUID peer, PeerTransport.Link link, ByteBuffer frame) {
        if (isStopped) {
            return;
        }
        switch (link) {
            case WAL -> walFrame(peer, frame);
            case CALL -> lane.executeHere(() -> guarded(peer, () -> calls.received(peer, frame)));
        }
    }

    private void walFrame(UUID peer, ByteBuffer bytes) {
        guarded(
                peer,
                () -> {
                    WalFrame frame = WalFrame.decode(bytes);
                    switch (frame) {
                        case WalFrame.Open _, WalFrame.Append _ ->
                                memberLane.executeHere(() -> member.received(peer, frame));
                        case WalFrame.Durable _, WalFrame.Refused _ ->
                                lane.executeHere(() -> engine.walFrame(peer, frame));
                    }
                });
    }

    /** A frame that is not ours is dropped: its sender notices that no answer comes. */
    private static void guarded(UUID peer, Runnable work) {
        try {
            work.run();
        } catch (SluiceException e) {
            LOG.atWarn().addKeyValue("peer", peer).setCause(e).log("a peer's frame was dropped");
        }
    }
}
