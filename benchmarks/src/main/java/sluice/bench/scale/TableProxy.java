package sluice.bench.scale;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Leads connections on to a DynamoDB-compatible server and counts what is asked of it. */
final class TableProxy implements AutoCloseable {

    private static final int PIECE_BYTES = 16 << 10;

    private final ServerSocket server;
    private final TableCalls calls = new TableCalls();
    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
    private volatile @Nullable InetSocketAddress target;

    private TableProxy(ServerSocket server) {
        this.server = server;
    }

    /** Listens on a port that is free; the caller owns what is returned. */
    static TableProxy open() throws IOException {
        var proxy = new TableProxy(new ServerSocket(0, 64, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().name("table-accept").start(proxy::accept);
        return proxy;
    }

    String url() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    /** From now on; before, and while nobody listens there, connections are closed at once. */
    void leadTo(InetSocketAddress address) {
        target = address;
    }

    TableCalls calls() {
        return calls;
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                lead(server.accept());
            } catch (IOException e) {
                // Closed, or the one who called is gone already.
            }
        }
    }

    private void lead(Socket from) throws IOException {
        InetSocketAddress known = target;
        Socket to = new Socket();
        sockets.add(from);
        sockets.add(to);
        try {
            if (known == null) {
                throw new IOException("no target yet");
            }
            to.connect(known);
            from.setTcpNoDelay(true);
            to.setTcpNoDelay(true);
        } catch (IOException e) {
            close(from, to);
            throw e;
        }
        Thread.ofVirtual().name("table-calls").start(() -> copy(from, to, calls.stream()));
        Thread.ofVirtual().name("table-answers").start(() -> copy(to, from, null));
    }

    private void copy(Socket from, Socket to, TableCalls.@Nullable Stream counted) {
        var piece = new byte[PIECE_BYTES];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int length = in.read(piece); length >= 0; length = in.read(piece)) {
                if (counted != null) {
                    counted.read(piece, length);
                }
                out.write(piece, 0, length);
            }
        } catch (IOException e) {
            // Either side is gone, and so is the connection.
        } finally {
            close(from, to);
        }
    }

    private void close(Socket... both) {
        for (Socket each : both) {
            sockets.remove(each);
            try {
                each.close();
            } catch (IOException e) {
                // It is not used any more, and that is all that is wanted.
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
        sockets.forEach(this::close);
    }
}
