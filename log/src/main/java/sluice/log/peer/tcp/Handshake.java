package sluice.log.peer.tcp;

import java.io.EOFException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import sluice.log.lane.Clock;
import sluice.log.peer.PeerTransport.Link;
import sluice.log.peer.tcp.Answer.Verdict;

/** How two gateways learn who the other is. Reads a few hundred bytes at most. */
final class Handshake {

    private final UUID self;
    private final String clusterId;
    private final TcpLimits limits;
    private final Clock clock;

    /** Connections in a handshake, with their deadlines in nanoseconds. */
    private final Map<SocketChannel, Long> deadlines = new ConcurrentHashMap<>();

    private volatile boolean closed;

    Handshake(UUID self, String clusterId, TcpLimits limits, Clock clock) {
        this.self = self;
        this.clusterId = new Hello(Link.WAL, self, self, clusterId).clusterId();
        this.limits = limits;
        this.clock = clock;
    }

    /** Introduces ourselves to who was dialled. */
    void dial(SocketChannel channel, UUID peer, Link link) throws IOException {
        begin(channel);
        try {
            writeAll(channel, new Hello(link, self, peer, clusterId).encode());
            ByteBuffer bytes = readFully(channel, ByteBuffer.allocate(Answer.BYTES));
            Answer answer =
                    Answer.decode(bytes)
                            .orElseThrow(() -> new IOException("no gateway answers there"));
            if (answer.verdict() != Verdict.ACCEPTED || !answer.from().equals(peer)) {
                throw new RefusedException(
                        "the peer refused: verdict="
                                + answer.verdict()
                                + " expectedPeer="
                                + peer
                                + " actualPeer="
                                + answer.from());
            }
        } finally {
            deadlines.remove(channel);
        }
    }

    /** Learns who dials, and accepts it or not. */
    Hello accept(SocketChannel channel) throws IOException {
        begin(channel);
        try {
            ByteBuffer head = readFully(channel, ByteBuffer.allocate(Hello.HEAD_BYTES));
            int rest = Hello.bytesAfter(head);
            if (rest < 0) {
                throw new RefusedException("no gateway of ours dialled: first bytes are wrong");
            }
            if (Hello.version(head) != Hello.VERSION) {
                throw refused(channel, Verdict.OTHER_VERSION, "version=" + Hello.version(head));
            }
            ByteBuffer bytes = ByteBuffer.allocate(Hello.HEAD_BYTES + rest).put(head);
            Hello hello = Hello.decode(readFully(channel, bytes)).orElse(null);
            if (hello == null) {
                throw refused(channel, Verdict.DAMAGED, "the hello is damaged");
            }
            check(channel, hello);
            writeAll(channel, new Answer(Verdict.ACCEPTED, self).encode());
            return hello;
        } finally {
            deadlines.remove(channel);
        }
    }

    private void check(SocketChannel channel, Hello hello) throws IOException {
        if (!hello.clusterId().equals(clusterId)) {
            throw refused(channel, Verdict.OTHER_CLUSTER, "clusterId=" + hello.clusterId());
        }
        if (!hello.to().equals(self)) {
            throw refused(channel, Verdict.NOT_ME, "expectedPeer=" + hello.to());
        }
        if (!dials(hello.from(), self)) {
            throw refused(channel, Verdict.NOT_YOURS_TO_DIAL, "from=" + hello.from());
        }
    }

    /** Of two gateways, the one with the smaller id dials. */
    static boolean dials(UUID one, UUID other) {
        return one.compareTo(other) < 0;
    }

    private RefusedException refused(SocketChannel channel, Verdict verdict, String found)
            throws IOException {
        writeAll(channel, new Answer(verdict, self).encode());
        return new RefusedException("a connection was refused: verdict=" + verdict + " " + found);
    }

    private void begin(SocketChannel channel) throws IOException {
        deadlines.put(channel, clock.nowNs() + limits.handshakeMax().toNanos());
        if (closed) {
            channel.close();
        }
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
    }

    /** Closes connections that have not told in time who they are. */
    void closeLate() throws IOException {
        long nowNs = clock.nowNs();
        for (Map.Entry<SocketChannel, Long> entry : deadlines.entrySet()) {
            if (entry.getValue() - nowNs <= 0) {
                entry.getKey().close();
            }
        }
    }

    /** Closes connections in a handshake, also those that come later. */
    void closeAll() throws IOException {
        closed = true;
        for (SocketChannel channel : deadlines.keySet()) {
            channel.close();
        }
    }

    private static void writeAll(SocketChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    private static ByteBuffer readFully(SocketChannel channel, ByteBuffer into) throws IOException {
        while (into.hasRemaining()) {
            if (channel.read(into) < 0) {
                throw new EOFException("closed during the handshake");
            }
        }
        return into.flip();
    }

    /** One side does not want the other; trying again soon will not help. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;

        RefusedException(String message) {
            super(message);
        }
    }
}
