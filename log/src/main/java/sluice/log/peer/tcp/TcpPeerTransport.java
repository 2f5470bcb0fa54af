package sluice.log.peer.tcp;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.SluiceException;
import sluice.log.SluiceException.Kind;
import sluice.log.lane.Clock;
import sluice.log.peer.PeerTransport;

/**
 * Links over TCP. Two gateways have one connection a link, in both directions, and the one with the
 * smaller id dials it.
 *
 * <p>One connection for both directions, because a link is then up or down for both at once, and an
 * answer always finds the way on which its question came, also to a gateway so new that it is not
 * listed here yet. One fixed side dials, because then two dials never cross, and a second
 * connection from a peer can only mean that it has given up the first.
 *
 * <p>A peer that is listed no more is cut off. One that dialled us and was never listed may stay:
 * our list may be older than the peer. One that was cut off and dials again is such a newcomer.
 */
public final class TcpPeerTransport implements PeerTransport {

    private static final Logger LOGGER = LoggerFactory.getLogger(TcpPeerTransport.class);
    private static final long END_WAIT_MS = 5_000;

    /** Shorter than any system's own limit, so that a refusal is told from no answer. */
    private static final int KNOCK_MS = 1_000;

    private final UUID self;
    private final TcpLimits limits;
    private final RandomGenerator random;
    private final ServerSocketChannel server;
    private final Handshake handshake;
    private final Map<Link, Loopback> loopbacks = new EnumMap<>(Link.class);
    private final Map<UUID, List<Dialler>> diallers = new HashMap<>();
    private final List<Thread> threads = new ArrayList<>();
    private Map<UUID, String> listed = Map.of();
    private volatile @Nullable Running running;
    private volatile boolean closed;

    private record Running(Links links, Acceptor acceptor) {}

    private TcpPeerTransport(
            UUID self,
            ServerSocketChannel server,
            Handshake handshake,
            TcpLimits limits,
            RandomGenerator random) {
        this.self = self;
        this.server = server;
        this.handshake = handshake;
        this.limits = limits;
        this.random = random;
    }

    /**
     * Takes the address; accepts nothing before {@link #start}. The caller owns what is returned.
     *
     * @param bind where to listen; port 0 lets the system choose
     * @param random spreads the dialling
     */
    public static TcpPeerTransport open(
            UUID self,
            String clusterId,
            InetSocketAddress bind,
            TcpLimits limits,
            Clock clock,
            RandomGenerator random)
            throws IOException {
        var handshake = new Handshake(self, clusterId, limits, clock);
        var server = ServerSocketChannel.open();
        try {
            server.bind(bind);
            return new TcpPeerTransport(self, server, handshake, limits, random);
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** The port on which we listen. */
    public int port() {
        return server.socket().getLocalPort();
    }

    @Override
    public synchronized void start(Listener listener) {
        if (running != null || closed) {
            throw new IllegalStateException("a transport is started once");
        }
        var links = new Links(listener);
        var acceptor = new Acceptor(server, limits, handshake, links::carry);
        for (Link link : Link.values()) {
            var loopback = new Loopback(self, link, listener, limits);
            loopbacks.put(link, loopback);
            threads.add(loopback.start());
        }
        running = new Running(links, acceptor);
        threads.add(acceptor.start());
        threads.add(
                Thread.ofPlatform().daemon().name("sluice-peer-watch").start(() -> watch(links)));
    }

    private void watch(Links links) {
        while (!closed) {
            LockSupport.parkNanos(this, limits.pingEvery().toNanos());
            links.tick();
            try {
                handshake.closeLate();
            } catch (IOException e) {
                LOGGER.atWarn().setCause(e).log("a connection could not be closed");
            }
        }
    }

    @Override
    public synchronized void peers(Map<UUID, String> addresses) {
        Running now = started();
        if (closed) {
            return;
        }
        for (UUID before : listed.keySet()) {
            if (!addresses.containsKey(before)) {
                List<Dialler> ended = diallers.remove(before);
                if (ended != null) {
                    ended.forEach(Dialler::stop);
                }
                now.links().close(before, "the peer is listed no more");
            }
        }
        listed = Map.copyOf(addresses);
        listed.forEach((peer, address) -> dial(now.links(), peer, address));
        threads.removeIf(thread -> !thread.isAlive());
    }

    private void dial(Links links, UUID peer, String address) {
        if (!Handshake.dials(self, peer)) {
            return;
        }
        List<Dialler> present = diallers.get(peer);
        if (present != null) {
            present.forEach(dialler -> dialler.address(address));
            return;
        }
        List<Dialler> made = new ArrayList<>();
        for (Link link : Link.values()) {
            made.add(new Dialler(peer, link, address, limits, handshake, random, links::carry));
        }
        diallers.put(peer, made);
        made.forEach(dialler -> threads.add(dialler.start()));
    }

    /**
     * {@inheritDoc}
     *
     * @throws SluiceException INVALID {@code frame-too-large} if no link will ever take it
     */
    @Override
    public boolean send(UUID peer, Link link, ByteBuffer... frame) {
        long bytes = 0;
        for (ByteBuffer part : frame) {
            bytes += part.remaining();
        }
        if (bytes > limits.frameBytesMax()) {
            throw new SluiceException(
                    Kind.INVALID,
                    "frame-too-large",
                    "a frame is larger than any link takes; split it: bytes="
                            + bytes
                            + " frameBytesMax="
                            + limits.frameBytesMax());
        }
        Running now = running;
        if (now == null) {
            return false;
        }
        if (peer.equals(self)) {
            Loopback loopback = loopbacks.get(link);
            return loopback != null && loopback.offer(frame, bytes);
        }
        Connection connection = now.links().up(peer, link);
        return connection != null && connection.offer(frame, bytes);
    }

    @Override
    public boolean isConnected(UUID peer, Link link) {
        Running now = running;
        if (now == null || closed) {
            return false;
        }
        return peer.equals(self) || now.links().up(peer, link) != null;
    }

    @Override
    public void knock(UUID peer, Consumer<Reach> told) {
        String address;
        synchronized (this) {
            started();
            address = listed.get(peer);
        }
        Thread.ofVirtual()
                .name("sluice-peer-knock")
                .start(() -> {
                    Reach reach = address == null ? Reach.SILENT : knockAt(address);
                    if (!closed) {
                        told.accept(reach);
                    }
                });
    }

    private static Reach knockAt(String address) {
        try (var socket = new Socket()) {
            socket.connect(Dialler.parse(address), KNOCK_MS);
            return Reach.LISTENING;
        } catch (ConnectException e) {
            return Reach.REFUSED;
        } catch (IOException e) {
            LOGGER.atDebug().addKeyValue("address", address).setCause(e).log("a knock was silent");
            return Reach.SILENT;
        }
    }

    private Running started() {
        Running now = running;
        if (now == null) {
            throw new IllegalStateException("a transport is started before it is used");
        }
        return now;
    }

    /** {@inheritDoc} Links end with {@code disconnected}; nothing is told after this returns. */
    @Override
    public void close() {
        List<Thread> ending;
        synchronized (this) {
            closed = true;
            closeServer();
            diallers.values().forEach(ofPeer -> ofPeer.forEach(Dialler::stop));
            loopbacks.values().forEach(Loopback::close);
            ending = new ArrayList<>(threads);
            Running now = running;
            if (now != null) {
                ending.addAll(now.acceptor().threads());
                now.links().closeAll("the transport is closed");
            }
        }
        for (Thread thread : ending) {
            LockSupport.unpark(thread);
            join(thread);
        }
    }

    private void closeServer() {
        try {
            server.close();
            handshake.closeAll();
        } catch (IOException e) {
            LOGGER.atWarn().setCause(e).log("the listening socket could not be closed");
        }
    }

    private static void join(Thread thread) {
        if (Thread.currentThread().equals(thread)) {
            return;
        }
        try {
            thread.join(END_WAIT_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** For tests and metrics: threads of connections that were accepted and have not ended. */
    Set<Thread> acceptedThreads() {
        return started().acceptor().threads();
    }
}
