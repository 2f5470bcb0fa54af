package sluice.bench.links;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * One proxied connection: for each direction a thread that reads and one that writes what is due.
 *
 * <p>The end of one side is told to the other only by the direction that leads there, so that a cut
 * hides it. What waits is bounded; behind that the sender's own socket fills up.
 */
final class LinkConnection {

    private static final int CHUNK_BYTES = 16 << 10;
    private static final int CHUNKS_MAX = 64;

    /** How finely a throttled way is measured out. */
    private static final int STEPS_PER_SECOND = 20;

    private final Socket near;
    private final Socket far;
    private final UUID dialler;
    private final UUID meant;
    private final LinkNetwork network;
    private volatile boolean closed;

    /** Empty bytes are the end. */
    private record Chunk(long dueNs, byte[] bytes) {}

    LinkConnection(Socket near, Socket far, UUID dialler, UUID meant, LinkNetwork network) {
        this.near = near;
        this.far = far;
        this.dialler = dialler;
        this.meant = meant;
        this.network = network;
    }

    UUID dialler() {
        return dialler;
    }

    UUID meant() {
        return meant;
    }

    /**
     * @param first bytes that were read from the dialler already
     */
    void start(byte[] first) {
        carry(near, far, dialler, meant, first);
        carry(far, near, meant, dialler, new byte[0]);
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        closed = true;
        closeQuietly(near);
        closeQuietly(far);
        network.remove(this);
        network.changed();
    }

    static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // There is nothing more to be done with it.
        }
    }

    private void carry(Socket source, Socket target, UUID from, UUID to, byte[] first) {
        var waiting = new ArrayBlockingQueue<Chunk>(CHUNKS_MAX);
        Thread.ofVirtual()
                .name("link-read")
                .start(() -> {
                    try {
                        read(source, from, to, first, waiting);
                    } catch (InterruptedException e) {
                        close();
                    }
                });
        Thread.ofVirtual()
                .name("link-write")
                .start(() -> {
                    try {
                        write(source, target, from, to, waiting);
                    } catch (InterruptedException e) {
                        close();
                    }
                });
    }

    private void read(
            Socket source, UUID from, UUID to, byte[] first, ArrayBlockingQueue<Chunk> waiting)
            throws InterruptedException {
        if (first.length > 0) {
            put(waiting, from, to, first);
        }
        try {
            InputStream in = source.getInputStream();
            var buffer = new byte[CHUNK_BYTES];
            for (int n = in.read(buffer); n > 0; n = in.read(buffer)) {
                put(waiting, from, to, Arrays.copyOf(buffer, n));
            }
        } catch (IOException e) {
            // An end like any other.
        }
        put(waiting, from, to, new byte[0]);
    }

    private void put(ArrayBlockingQueue<Chunk> waiting, UUID from, UUID to, byte[] bytes)
            throws InterruptedException {
        long dueNs = System.nanoTime() + network.state(from, to).delay().toNanos();
        // What nobody takes any more must not keep this thread.
        while (!waiting.offer(new Chunk(dueNs, bytes), 1, TimeUnit.SECONDS) && !closed) {}
    }

    private void write(
            Socket source, Socket target, UUID from, UUID to, ArrayBlockingQueue<Chunk> waiting)
            throws InterruptedException {
        boolean targetIsGone = false;
        while (!closed) {
            Chunk chunk = waiting.take();
            TimeUnit.NANOSECONDS.sleep(Math.max(0, chunk.dueNs() - System.nanoTime()));
            network.awaitOpen(from, to, this);
            if (chunk.bytes().length == 0) {
                // The sender's end arrives: both sides are over.
                close();
                return;
            }
            if (!targetIsGone) {
                try {
                    write(target.getOutputStream(), from, to, chunk.bytes());
                } catch (IOException e) {
                    // The sender learns it by what comes the other way, or not at all if that is
                    // cut.
                    targetIsGone = true;
                    closeQuietly(target);
                }
            }
        }
        closeQuietly(source);
    }

    private void write(OutputStream out, UUID from, UUID to, byte[] bytes)
            throws IOException, InterruptedException {
        int at = 0;
        while (at < bytes.length) {
            int perSecond = network.state(from, to).bytesPerSecondMax();
            int step = perSecond == 0 ? bytes.length : Math.max(1, perSecond / STEPS_PER_SECOND);
            int n = Math.min(step, bytes.length - at);
            out.write(bytes, at, n);
            at += n;
            if (perSecond > 0) {
                TimeUnit.NANOSECONDS.sleep(n * 1_000_000_000L / perSecond);
            }
        }
    }
}
