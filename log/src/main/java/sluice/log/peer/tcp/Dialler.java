package sluice.log.peer.tcp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.peer.PeerTransport.Link;

/**
 * Keeps one link to a peer up: dials, carries the link on its own thread until it ends, waits and
 * dials again.
 */
final class Dialler {

    private static final Logger LOGGER = LoggerFactory.getLogger(Dialler.class);

    private final UUID peer;
    private final Link link;
    private final TcpLimits limits;
    private final Handshake handshake;
    private final RandomGenerator random;
    private final Consumer<Connection> carry;
    private final Thread thread;

    private volatile String address;
    private volatile boolean stopped;
    private volatile @Nullable SocketChannel channel;
    private int failures;
    private String lastFailure = "";

    /**
     * Dials nothing before {@link #start}.
     *
     * @param carry carries the link until the connection ends
     */
    Dialler(
            UUID peer,
            Link link,
            String address,
            TcpLimits limits,
            Handshake handshake,
            RandomGenerator random,
            Consumer<Connection> carry) {
        this.peer = peer;
        this.link = link;
        this.address = address;
        this.limits = limits;
        this.handshake = handshake;
        this.random = random;
        this.carry = carry;
        this.thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("sluice-peer-dial-" + link + "-" + peer)
                        .unstarted(this::keepUp);
    }

    Thread start() {
        thread.start();
        return thread;
    }

    /** A peer that moved is dialled at its new address at once; a link that is up stays. */
    void address(String newAddress) {
        if (!newAddress.equals(address)) {
            address = newAddress;
            LockSupport.unpark(thread);
        }
    }

    void stop() {
        stopped = true;
        SocketChannel open = channel;
        if (open != null) {
            closeQuietly(open);
        }
        LockSupport.unpark(thread);
    }

    @SuppressWarnings("CatchThrowable") // a listener that fails ends its link, not the dialling
    private void keepUp() {
        while (!stopped) {
            try {
                dialAndCarry();
            } catch (IOException e) {
                failures = e instanceof Handshake.RefusedException ? 10 : failures + 1;
                warnIfNew(String.valueOf(e.getMessage()));
            } catch (Throwable e) {
                failures++;
                LOGGER.atError()
                        .addKeyValue("peer", peer)
                        .addKeyValue("link", link)
                        .setCause(e)
                        .log("the listener of a link failed; the link was closed");
            }
            if (!stopped) {
                LockSupport.parkNanos(this, wait(failures).toNanos());
            }
        }
    }

    private void dialAndCarry() throws IOException {
        try (var socket = SocketChannel.open()) {
            channel = socket;
            if (stopped) {
                return;
            }
            socket.socket().connect(parse(address), (int) limits.handshakeMax().toMillis());
            handshake.dial(socket, peer, link);
            failures = 0;
            lastFailure = "";
            carry.accept(new Connection(peer, link, socket, limits));
        } finally {
            channel = null;
        }
    }

    /** Half of the wait is by chance, so that links that broke together do not all come at once. */
    private Duration wait(int failed) {
        long firstNs = limits.redialMin().toNanos();
        long fullNs = Math.min(limits.redialMax().toNanos(), firstNs << Math.min(failed, 20));
        synchronized (random) {
            return Duration.ofNanos(fullNs / 2 + random.nextLong(fullNs / 2 + 1));
        }
    }

    /** The same failure again and again is told once. */
    private void warnIfNew(String failure) {
        if (!stopped && !failure.equals(lastFailure)) {
            lastFailure = failure;
            LOGGER.atWarn()
                    .addKeyValue("peer", peer)
                    .addKeyValue("link", link)
                    .addKeyValue("address", address)
                    .addKeyValue("reason", failure)
                    .log("a peer cannot be reached; it is dialled again and again");
        }
    }

    static InetSocketAddress parse(String address) throws IOException {
        int colon = address.lastIndexOf(':');
        try {
            String host = address.substring(0, colon);
            if (host.startsWith("[") && host.endsWith("]")) {
                host = host.substring(1, host.length() - 1);
            }
            var parsed =
                    new InetSocketAddress(host, Integer.parseInt(address.substring(colon + 1)));
            if (parsed.isUnresolved()) {
                throw new IOException("the peer's host is not known: address=" + address);
            }
            return parsed;
        } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
            throw new IOException("not host:port: address=" + address, e);
        }
    }

    private static void closeQuietly(SocketChannel socket) {
        try {
            socket.close();
        } catch (IOException e) {
            LOGGER.atDebug().setCause(e).log("closing a socket failed");
        }
    }
}
