package sluice.bench.inner;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import sluice.log.peer.PeerTransport;

/** A transport whose frames all come to one place, each in one piece. */
record CaughtFrames(Consumer<ByteBuffer> caught) implements PeerTransport {

    @Override
    public void start(Listener listener) {}

    @Override
    public void peers(Map<UUID, String> addresses) {}

    @Override
    public boolean send(UUID peer, Link link, ByteBuffer... frame) {
        caught.accept(InnerBytes.joined(List.of(frame)));
        return true;
    }

    @Override
    public boolean isConnected(UUID peer, Link link) {
        return true;
    }

    @Override
    public void knock(UUID peer, Consumer<Reach> told) {
        told.accept(Reach.SILENT);
    }

    @Override
    public void close() {}
}
