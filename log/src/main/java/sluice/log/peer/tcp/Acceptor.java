package sluice.log.peer.tcp;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes connections in: a bounded number, and of those that are not known yet a smaller one. */
final class Acceptor {

    private static final Logger LOGGER = LoggerFactory.getLogger(Acceptor.class);
    private static final long PAUSE_AFTER_FAILURE_NS = 100_000_000;

    private final ServerSocketChannel server;
    private final TcpLimits limits;
    private final Handshake handshake;
    private final Consumer<Connection> carry;
    private final AtomicInteger handshakes = new AtomicInteger();
    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    Acceptor(
            ServerSocketChannel server,
            TcpLimits limits,
            Handshake handshake,
            Consumer<Connection> carry) {
        this.server = server;
        this.limits = limits;
        this.handshake = handshake;
        this.carry = carry;
    }

    Thread start() {
        return Thread.ofPlatform().daemon().name("sluice-peer-accept").start(this::acceptAll);
    }

    /** Threads of connections that were accepted and have not ended. */
    Set<Thread> threads() {
        return threads;
    }

    private void acceptAll() {
        while (server.isOpen()) {
            try {
                take(server.accept());
            } catch (IOException e) {
                if (server.isOpen()) {
                    LOGGER.atWarn().setCause(e).log("a connection could not be accepted");
                    LockSupport.parkNanos(this, PAUSE_AFTER_FAILURE_NS);
                }
            }
        }
    }

    private void take(SocketChannel socket) throws IOException {
        boolean tooMany =
                handshakes.get() >= limits.handshakesMax()
                        || threads.size() >= limits.connectionsMax();
        if (tooMany) {
            socket.close();
            LOGGER.atDebug().log("a connection was refused: too many already");
            return;
        }
        handshakes.incrementAndGet();
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("sluice-peer-accepted")
                        .unstarted(() -> serve(socket));
        threads.add(thread);
        thread.start();
    }

    @SuppressWarnings("CatchThrowable") // whatever a listener throws ends one connection
    private void serve(SocketChannel socket) {
        try (socket) {
            Hello hello = greet(socket);
            Thread.currentThread().setName("sluice-peer-read-" + hello.link() + "-" + hello.from());
            carry.accept(new Connection(hello.from(), hello.link(), socket, limits));
        } catch (IOException e) {
            LOGGER.atInfo()
                    .addKeyValue("reason", e.getMessage())
                    .log("a connection ended before it was a link");
        } catch (Throwable e) {
            LOGGER.atError().setCause(e).log("the listener of a link failed; it was closed");
        } finally {
            threads.remove(Thread.currentThread());
        }
    }

    private Hello greet(SocketChannel socket) throws IOException {
        try {
            return handshake.accept(socket);
        } finally {
            handshakes.decrementAndGet();
        }
    }
}
