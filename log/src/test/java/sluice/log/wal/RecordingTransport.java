package sluice.log.wal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.log.peer.PeerTransport;

/** Links that take every frame and deliver none. */
final class RecordingTransport implements PeerTransport {

    record Sent(UUID to, WalFrame frame) {}

    private final List<Sent> sent = new ArrayList<>();

    @Override
    public boolean send(UUID peer, Link link, ByteBuffer... frame) {
        assert link == Link.WAL : "link=" + link;
        sent.add(new Sent(peer, WalFrame.decode(EntryChain.join(frame))));
        return true;
    }

    /** What was sent since the last call. */
    List<Sent> take() {
        List<Sent> taken = List.copyOf(sent);
        sent.clear();
        return taken;
    }

    @Override
    public void start(Listener listener) {}

    @Override
    public void peers(Map<UUID, String> addresses) {}

    @Override
    public void knock(UUID peer, Consumer<Reach> told) {
        told.accept(Reach.SILENT);
    }

    @Override
    public boolean isConnected(UUID peer, Link link) {
        return true;
    }

    @Override
    public void close() {}
}
