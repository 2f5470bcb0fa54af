package sluice.log.peer.memory;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Scheduler;
import sluice.log.peer.PeerTransport;

/** One process's end of all its links in a {@link MemoryNetwork}. */
final class MemoryPeerTransport implements PeerTransport {

    private final MemoryNetwork network;
    private final UUID self;
    private final Scheduler scheduler;
    private final Map<Link, Direction> loopbacks = new EnumMap<>(Link.class);
    private final Map<Link, Map<UUID, MemoryConnection>> up = new EnumMap<>(Link.class);
    private final Map<Link, Set<UUID>> dialling = new EnumMap<>(Link.class);
    private Map<UUID, String> listed = Map.of();
    private @Nullable Listener listener;
    private boolean closed;

    MemoryPeerTransport(MemoryNetwork network, UUID self, Scheduler scheduler) {
        this.network = network;
        this.self = self;
        this.scheduler = scheduler;
        for (Link link : Link.values()) {
            loopbacks.put(link, new Direction(network, self, self, scheduler));
            up.put(link, new TreeMap<>());
            dialling.put(link, new HashSet<>());
        }
    }

    UUID self() {
        return self;
    }

    Scheduler scheduler() {
        return scheduler;
    }

    boolean isListening() {
        return listener != null && !closed;
    }

    @Override
    public void start(Listener told) {
        if (listener != null || closed) {
            throw new IllegalStateException("a transport is started once");
        }
        listener = told;
        loopbacks.forEach((link, direction) ->
                direction.put(
                        0,
                        () -> {
                            if (!closed) {
                                told.connected(self, link);
                            }
                        }));
    }

    @Override
    public void peers(Map<UUID, String> addresses) {
        started();
        Map<UUID, String> before = listed;
        listed = new TreeMap<>(addresses);
        for (Link link : Link.values()) {
            for (UUID peer : List.copyOf(upOf(link).keySet())) {
                MemoryConnection connection = upOf(link).get(peer);
                if (connection != null && before.containsKey(peer) && !listed.containsKey(peer)) {
                    network.drop(connection, this);
                }
            }
            listed.keySet().forEach(peer -> dialLater(peer, link, network.delay(self, peer)));
        }
    }

    /** Dials unless it does so already, has a connection, or is not the one to dial. */
    private void dialLater(UUID peer, Link link, Duration delay) {
        if (!closed
                && listed.containsKey(peer)
                && self.compareTo(peer) < 0
                && !upOf(link).containsKey(peer)
                && diallingOf(link).add(peer)) {
            scheduler.schedule(delay, () -> dial(peer, link));
        }
    }

    private void dial(UUID peer, Link link) {
        boolean wanted = !closed && listed.containsKey(peer);
        if (!wanted || !network.connect(this, peer, link)) {
            diallingOf(link).remove(peer);
            dialLater(peer, link, network.redialDelay());
        }
    }

    /** The handshake is done at this end. A newer connection takes the place of an older one. */
    void up(MemoryConnection connection) {
        if (closed) {
            return;
        }
        UUID peer = connection.otherThan(this).self();
        MemoryConnection older = upOf(connection.link()).get(peer);
        if (older != null) {
            network.drop(older, this);
        }
        diallingOf(connection.link()).remove(peer);
        upOf(connection.link()).put(peer, connection);
        started().connected(peer, connection.link());
    }

    boolean isUp(MemoryConnection connection) {
        return connection.equals(upOf(connection.link()).get(connection.otherThan(this).self()));
    }

    /** This end learns that the connection is no more. */
    void down(MemoryConnection connection) {
        UUID peer = connection.otherThan(this).self();
        Link link = connection.link();
        if (upOf(link).remove(peer, connection)) {
            started().disconnected(peer, link);
        } else if (!upOf(link).containsKey(peer)) {
            diallingOf(link).remove(peer);
        }
        dialLater(peer, link, network.redialDelay());
    }

    void arrived(MemoryConnection connection, ByteBuffer frame) {
        if (isUp(connection)) {
            started().received(connection.otherThan(this).self(), connection.link(), frame);
        }
    }

    @Override
    public boolean send(UUID peer, Link link, ByteBuffer... frame) {
        Listener told = listener;
        if (told == null) {
            return false;
        }
        long bytes = 0;
        for (ByteBuffer part : frame) {
            bytes += part.remaining();
        }
        if (bytes > network.limits().frameBytesMax()) {
            throw new SluiceException(
                    Kind.INVALID,
                    "frame-too-large",
                    "a frame is larger than any link takes; split it: bytes="
                            + bytes
                            + " frameBytesMax="
                            + network.limits().frameBytesMax());
        }
        if (closed) {
            return false;
        }
        ByteBuffer copy = ByteBuffer.allocate((int) bytes);
        for (ByteBuffer part : frame) {
            copy.put(part.duplicate());
        }
        copy.flip();
        if (peer.equals(self)) {
            Direction loopback = loopbacks.get(link);
            return loopback != null
                    && loopback.put(bytes, () -> receivedFromSelf(told, link, copy));
        }
        MemoryConnection connection = upOf(link).get(peer);
        return connection != null && connection.send(this, copy);
    }

    private void receivedFromSelf(Listener told, Link link, ByteBuffer frame) {
        if (!closed) {
            told.received(self, link, frame);
        }
    }

    @Override
    public boolean isConnected(UUID peer, Link link) {
        return isListening() && (peer.equals(self) || upOf(link).containsKey(peer));
    }

    @Override
    public void knock(UUID peer, Consumer<Reach> told) {
        started();
        if (!listed.containsKey(peer)) {
            scheduler.schedule(network.delay(self, self), () -> told.accept(Reach.SILENT));
            return;
        }
        network.knock(
                this,
                peer,
                reach -> {
                    if (!closed) {
                        told.accept(reach);
                    }
                });
    }

    /** The process is gone: it is told nothing, its peers' connections are reset. */
    void crashed() {
        closed = true;
        loopbacks.values().forEach(Direction::end);
        up.values().forEach(Map::clear);
        network.gone(this);
    }

    @Override
    public void close() {
        Listener told = listener;
        Map<Link, Set<UUID>> ended = new EnumMap<>(Link.class);
        for (Link link : Link.values()) {
            ended.put(link, Set.copyOf(upOf(link).keySet()));
        }
        if (!closed) {
            crashed();
            if (told != null) {
                for (Link link : Link.values()) {
                    ended.getOrDefault(link, Set.of()).stream()
                            .sorted()
                            .forEach(peer -> told.disconnected(peer, link));
                    told.disconnected(self, link);
                }
            }
        }
    }

    private Listener started() {
        Listener told = listener;
        if (told == null) {
            throw new IllegalStateException("a transport is started before it is used");
        }
        return told;
    }

    private Map<UUID, MemoryConnection> upOf(Link link) {
        return Objects.requireNonNull(up.get(link), "there is one for each link");
    }

    private Set<UUID> diallingOf(Link link) {
        return Objects.requireNonNull(dialling.get(link), "there is one for each link");
    }
}
