package sluice.log.peer.tcp;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sluice.log.peer.PeerTransport.Link;
import sluice.log.peer.PeerTransport.Listener;

/**
 * One link to ourselves. Frames arrive on its own thread, so that a send never calls the listener;
 * they arrive as copies, since the receiver may write into what it got.
 */
final class Loopback {

    private static final Logger LOGGER = LoggerFactory.getLogger(Loopback.class);

    private final UUID self;
    private final Link link;
    private final Listener listener;
    private final FrameQueue queue;

    Loopback(UUID self, Link link, Listener listener, TcpLimits limits) {
        this.self = self;
        this.link = link;
        this.listener = listener;
        this.queue = new FrameQueue(limits.queueBytesMax(link));
    }

    Thread start() {
        Thread thread =
                Thread.ofPlatform()
                        .daemon()
                        .name("sluice-peer-loopback-" + link)
                        .unstarted(this::deliverAll);
        queue.takenBy(thread);
        thread.start();
        return thread;
    }

    boolean offer(ByteBuffer[] frame, long bytes) {
        return queue.offer(frame, bytes);
    }

    void close() {
        queue.end();
    }

    private void deliverAll() {
        guarded(() -> listener.connected(self, link));
        while (!queue.hasEnded()) {
            ByteBuffer @Nullable [] frame = queue.poll();
            if (frame == null) {
                queue.sleep();
                continue;
            }
            ByteBuffer copy = joined(frame);
            int length = copy.remaining();
            guarded(() -> listener.received(self, link, copy));
            queue.release(length);
        }
        guarded(() -> listener.disconnected(self, link));
    }

    private static ByteBuffer joined(ByteBuffer[] frame) {
        int length = 0;
        for (ByteBuffer part : frame) {
            length += part.remaining();
        }
        ByteBuffer copy = ByteBuffer.allocate(length);
        for (ByteBuffer part : frame) {
            copy.put(part);
        }
        return copy.flip();
    }

    @SuppressWarnings("CatchThrowable") // the link to ourselves cannot be cut off
    private void guarded(Runnable call) {
        try {
            call.run();
        } catch (Throwable e) {
            LOGGER.atError().addKeyValue("link", link).setCause(e).log("the listener failed");
        }
    }
}
