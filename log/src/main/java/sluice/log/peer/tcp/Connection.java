package sluice.log.peer.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.lane.Turn;
import sluice.log.peer.PeerTransport.Link;

/**
 * One connection after its handshake: a thread that reads, a thread that writes, and ticks that
 * keep it alive or find it dead.
 *
 * <p>Who sends a little while nobody writes hands it to the kernel itself, since to wake a thread
 * costs more, at the end of its {@link Turn}; the channel never blocks, so a peer that takes
 * nothing holds up nobody. What is more, and what the kernel did not take, is left to the writer's
 * thread.
 */
final class Connection {

    private static final Logger LOGGER = LoggerFactory.getLogger(Connection.class);

    /** A sender writes itself while no more than this waits. */
    private static final int WRITTEN_HERE_BYTES_MAX = 32 << 10;

    private final UUID peer;
    private final Link link;
    private final SocketChannel channel;
    private final TcpLimits limits;
    private final FrameQueue queue;
    private final ReentrantLock writing = new ReentrantLock();
    private final FrameWriter frames;
    private final Runnable writeHere = this::writeHere;

    private volatile boolean carrying;
    private volatile boolean stuck;
    private volatile boolean pingDue;
    private volatile boolean wroteSinceTick;
    private volatile boolean readSinceTick;
    private volatile @Nullable Selector readable;
    private volatile @Nullable Selector writable;
    private int silentTicks;
    private volatile String endedBecause = "";

    Connection(UUID peer, Link link, SocketChannel channel, TcpLimits limits) {
        this.peer = peer;
        this.link = link;
        this.channel = channel;
        this.limits = limits;
        this.queue = new FrameQueue(limits.queueBytesMax(link));
        this.frames = new FrameWriter(channel, queue, limits.writeBytesMax());
    }

    UUID peer() {
        return peer;
    }

    Link link() {
        return link;
    }

    /** Queues one frame; false if the queue is full or the connection has ended. */
    boolean offer(ByteBuffer[] frame, long bytes) {
        if (!queue.add(frame, bytes)) {
            return false;
        }
        if (!carrying || stuck || queue.waitingBytes() > WRITTEN_HERE_BYTES_MAX) {
            queue.wake();
        } else if (!Turn.atEnd(writeHere)) {
            writeHere.run();
        }
        return true;
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
        try (Selector reads = Selector.open();
                Selector writes = Selector.open()) {
            channel.configureBlocking(false);
            channel.register(reads, SelectionKey.OP_READ);
            channel.register(writes, SelectionKey.OP_WRITE);
            readable = reads;
            writable = writes;
            carrying = true;
            writer.start();
            readAll(new WaitingSource(channel, reads), onFrame);
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

    /** Ends the connection before its selectors go. */
    private void readAll(ReadableByteChannel source, Consumer<ByteBuffer> onFrame) {
        var reader =
                new FrameReader(
                        source,
                        limits.frameBytesMax(),
                        () -> readSinceTick = true,
                        onFrame,
                        link == Link.CALL);
        try {
            reader.readAll();
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        } finally {
            close("the reader ended");
        }
    }

    /** Bytes of a channel that does not block; waits for them. */
    private record WaitingSource(SocketChannel channel, Selector readable)
            implements ReadableByteChannel {

        @Override
        public int read(ByteBuffer into) throws IOException {
            int count;
            while ((count = channel.read(into)) == 0) {
                readable.select();
                readable.selectedKeys().clear();
            }
            return count;
        }

        @Override
        public boolean isOpen() {
            return channel.isOpen();
        }

        @Override
        public void close() throws IOException {
            channel.close();
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
        try {
            while (!queue.hasEnded()) {
                writing.lock();
                try {
                    write();
                } finally {
                    writing.unlock();
                }
                if (stuck) {
                    awaitRoom();
                } else {
                    queue.sleep(() -> stuck || pingDue);
                }
            }
        } catch (IOException e) {
            close(String.valueOf(e.getMessage()));
        }
    }

    /**
     * Who finds another writing leaves its frame to it: that one looks again after it has let go.
     */
    private void writeHere() {
        while (!queue.isEmpty() && writing.tryLock()) {
            try {
                write();
            } catch (IOException e) {
                close(String.valueOf(e.getMessage()));
            } finally {
                writing.unlock();
            }
            if (stuck || queue.waitingBytes() > WRITTEN_HERE_BYTES_MAX) {
                queue.wake();
                return;
            }
        }
    }

    private void write() throws IOException {
        if (pingDue) {
            pingDue = false;
            frames.ping();
        }
        long before = frames.bytesTaken();
        stuck = !frames.writeWaiting();
        if (frames.bytesTaken() != before) {
            wroteSinceTick = true;
        }
    }

    private void awaitRoom() throws IOException {
        Selector selector = writable;
        if (selector == null) {
            return;
        }
        try {
            selector.select();
            selector.selectedKeys().clear();
        } catch (ClosedSelectorException e) {
            close("its selector was closed");
        }
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
        wake(readable);
        wake(writable);
    }

    private static void wake(@Nullable Selector selector) {
        if (selector != null) {
            selector.wakeup();
        }
    }
}
