package sluice.log.peer.tcp;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.peer.PeerTransport.Link;

/**
 * One connection after its handshake: a thread that reads, a thread that writes, and ticks that
 * keep it alive or find it dead.
 *
 * <p>The writer copies what waits into one buffer outside the heap, as the JDK would for each array
 * by itself, and hands the kernel many frames at once.
 */
final class Connection {

    private static final Logger LOGGER = LoggerFactory.getLogger(Connection.class);

    private final UUID peer;
    private final Link link;
    private final SocketChannel channel;
    private final TcpLimits limits;
    private final FrameQueue queue;

    private volatile boolean pingDue;
    private volatile boolean wroteSinceTick;
    private volatile boolean readSinceTick;
    private int silentTicks;
    private volatile String endedBecause = "";

    Connection(UUID peer, Link link, SocketChannel channel, TcpLimits limits) {
        this.peer = peer;
        this.link = link;
        this.channel = channel;
        this.limits = limits;
        this.queue = new FrameQueue(limits.queueBytesMax(link));
    }

    UUID peer() {
        return peer;
    }

    Link link() {
        return link;
    }

    /** Queues one frame; false if the queue is full or the connection has ended. */
    boolean offer(ByteBuffer[] frame, long bytes) {
        return queue.offer(frame, bytes);
    }

    boolean isClosed() {
        return queue.hasEnded();
    }

    /** Reads on the calling thread, and writes on another, until the connection ends. */
    void carry(Consumer<ByteBuffer> onFrame) {
        Thread writer =
                Thread.ofPlatform()
                        .daemon()
                        .name("sluice-peer-write-" + link + "-" + peer)
                        .unstarted(this::writeAll);
        queue.takenBy(writer);
        writer.start();
        var reader =
                new FrameReader(
                        channel, limits.frameBytesMax(), () -> readSinceTick = true, onFrame);
        try {
            reader.readAll();
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        } finally {
            close("the reader ended");
            join(writer);
            LOGGER.atInfo()
                    .addKeyValue("peer", peer)
                    .addKeyValue("link", link)
                    .addKeyValue("reason", endedBecause)
                    .log("link down");
        }
    }

    private static void join(Thread writer) {
        boolean interrupted = false;
        while (true) {
            try {
                writer.join();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void writeAll() {
        try (var arena = Arena.ofConfined()) {
            ByteBuffer out = arena.allocate(limits.writeBytesMax()).asByteBuffer();
            while (!queue.hasEnded()) {
                if (!writeWaiting(out)) {
                    queue.sleep();
                }
            }
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        }
    }

    /** Writes what waits; false if nothing did. */
    private boolean writeWaiting(ByteBuffer out) throws IOException {
        ByteBuffer @Nullable [] frame;
        while ((frame = queue.poll()) != null) {
            put(frame, out);
        }
        if (pingDue) {
            pingDue = false;
            putInt(FrameReader.PING, out);
        }
        if (out.position() == 0) {
            return false;
        }
        flush(out);
        return true;
    }

    private void put(ByteBuffer[] frame, ByteBuffer out) throws IOException {
        int length = 0;
        for (ByteBuffer part : frame) {
            length += part.remaining();
        }
        putInt(length, out);
        for (ByteBuffer part : frame) {
            while (part.hasRemaining()) {
                if (!out.hasRemaining()) {
                    flush(out);
                }
                int count = Math.min(part.remaining(), out.remaining());
                out.put(out.position(), part, part.position(), count);
                out.position(out.position() + count);
                part.position(part.position() + count);
            }
        }
        queue.release(length);
    }

    private void putInt(int value, ByteBuffer out) throws IOException {
        if (out.remaining() < Integer.BYTES) {
            flush(out);
        }
        out.putInt(value);
    }

    private void flush(ByteBuffer out) throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
        wroteSinceTick = true;
    }

    /**
     * Called every {@link TcpLimits#pingEvery}. Silence is counted in ticks, not in time, so that a
     * process that was stopped for a while does not take its own pause for its peers' silence.
     */
    void tick() {
        if (!wroteSinceTick) {
            pingDue = true;
            queue.wake();
        }
        wroteSinceTick = false;
        silentTicks = readSinceTick ? 0 : silentTicks + 1;
        readSinceTick = false;
        Duration silent = limits.pingEvery().multipliedBy(silentTicks);
        if (silent.compareTo(limits.silenceMax()) >= 0) {
            close("nothing came for " + silent.toMillis() + " ms");
        }
    }

    /** Ends the connection; the first reason is the one that is told. */
    void close(String reason) {
        synchronized (this) {
            if (endedBecause.isEmpty()) {
                endedBecause = reason;
            }
        }
        queue.end();
        try {
            channel.close();
        } catch (IOException e) {
            LOGGER.atDebug().addKeyValue("peer", peer).setCause(e).log("closing a socket failed");
        }
    }
}
