package sluice.bench.links;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the connections that are meant for one gateway and leads them on.
 *
 * <p>It listens while the gateway does, so that who calls at a gateway that is gone is refused by
 * its host as without us.
 */
final class LinkProxy implements AutoCloseable {

    private static final int CONNECT_MS_MAX = 2_000;
    private static final int HELLO_MS_MAX = 10_000;
    private static final int TARGET_POLL_MS = 20;
    private static final int BACKLOG = 64;

    /** Up to both disk ids; see docs/formats/peer-frames.md. */
    private static final int HELLO_BYTES = 40;

    private static final Duration ACCEPT_ENDS_MAX = Duration.ofSeconds(10);

    private static final int DIALLER_AT = 8;
    private static final int MEANT_AT = 24;

    private final int port;
    private final InetSocketAddress target;
    private final LinkNetwork network;
    private @Nullable ServerSocket server;
    private @Nullable Thread accepting;

    /** Counts the ends, so that a wait for the process before listens for no other. */
    private int ends;

    private LinkProxy(int port, InetSocketAddress target, LinkNetwork network) {
        this.port = port;
        this.target = target;
        this.network = network;
    }

    /** On a port that is free just now; does not listen yet. */
    static LinkProxy of(InetSocketAddress target, LinkNetwork network) throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return new LinkProxy(free.getLocalPort(), target, network);
        }
    }

    int port() {
        return port;
    }

    /** Listens as soon as the gateway does, unless its process ends before. */
    synchronized void listenWith(BooleanSupplier isAlive) {
        int before = ends;
        Thread.ofVirtual()
                .name("link-await-" + port)
                .start(() -> {
                    try {
                        awaitTarget(isAlive, before);
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } catch (IOException e) {
                        throw new UncheckedIOException(
                                "the port of a link is gone: port=" + port, e);
                    }
                });
    }

    /** Whoever calls is refused. Connections that are there stay. */
    @Override
    public synchronized void close() {
        ends++;
        try {
            if (server != null) {
                server.close();
            }
        } catch (IOException e) {
            // It accepts no more, and that is all that is wanted.
        }
        server = null;
        awaitEnd(accepting);
        accepting = null;
    }

    /**
     * While a thread is still in accept, the kernel takes connections though the socket is closed.
     */
    private static void awaitEnd(@Nullable Thread accepting) {
        if (accepting == null) {
            return;
        }
        try {
            if (!accepting.join(ACCEPT_ENDS_MAX)) {
                throw new IllegalStateException("a link's proxy does not end: " + accepting);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void awaitTarget(BooleanSupplier isAlive, int before)
            throws IOException, InterruptedException {
        while (isAlive.getAsBoolean()) {
            try (var trial = new Socket()) {
                trial.connect(target, CONNECT_MS_MAX);
                listen(isAlive, before);
                return;
            } catch (ConnectException e) {
                TimeUnit.MILLISECONDS.sleep(TARGET_POLL_MS);
            }
        }
    }

    private synchronized void listen(BooleanSupplier isAlive, int before) throws IOException {
        if (server == null && ends == before && isAlive.getAsBoolean()) {
            var listening = new ServerSocket(port, BACKLOG, InetAddress.getLoopbackAddress());
            server = listening;
            accepting =
                    Thread.ofVirtual().name("link-accept-" + port).start(() -> accept(listening));
        }
    }

    private void accept(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                Socket near = server.accept();
                Thread.ofVirtual().name("link-hello").start(() -> leadOn(near));
            } catch (IOException e) {
                // Closed, or a caller that was gone already.
            }
        }
    }

    private void leadOn(Socket near) {
        var far = new Socket();
        try {
            var hello = new byte[HELLO_BYTES];
            near.setSoTimeout(HELLO_MS_MAX);
            new DataInputStream(near.getInputStream()).readFully(hello);
            near.setSoTimeout(0);
            near.setTcpNoDelay(true);
            far.setTcpNoDelay(true);
            far.connect(target, CONNECT_MS_MAX);
            var connection =
                    new LinkConnection(
                            near, far, uuid(hello, DIALLER_AT), uuid(hello, MEANT_AT), network);
            network.add(connection);
            connection.start(hello);
        } catch (IOException e) {
            // As without us: who dials sees its connection end, and dials again.
            LinkConnection.closeQuietly(near);
            LinkConnection.closeQuietly(far);
        }
    }

    private static UUID uuid(byte[] hello, int at) {
        var bytes = ByteBuffer.wrap(hello);
        return new UUID(bytes.getLong(at), bytes.getLong(at + Long.BYTES));
    }
}
